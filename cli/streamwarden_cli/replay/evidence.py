"""What the simulated world is shown of an event, so that it knows what the services conclude.

The world understands the events that change it. Records of CloudTrail differ in where and how
they name a channel, and a timeline may begin in the middle of a stream.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from ivs_simulator.events.envelopes import DetailType, EventName
from streamwarden.domain.arn import parse_arn
from streamwarden.domain.events import (
    AdBreakStateChange,
    ApiCall,
    StreamStateChange,
    StreamStateName,
)
from streamwarden.domain.events.members import HIDDEN
from streamwarden_cli.replay.timeline import Entry

_ARNS: Final = frozenset({"arn", "channelArn", "resourceArn"})
# Only a stream that is on the air has these; when its start was not seen, they show it.
_ON_AIR: Final = frozenset(
    {StreamStateName.STREAM_TAKEOVER, StreamStateName.STREAM_TAKEOVER_FAILURE}
)


def evidence_of(entry: Entry) -> Mapping[str, Any]:
    """The envelope that the world mirrors."""
    match entry.event:
        case ApiCall():
            return _call(entry.raw, entry.channel_arn)
        case StreamStateChange(name=name) if name in _ON_AIR:
            return _start(entry.raw)
        case AdBreakStateChange():
            return _start(entry.raw)
        case _:
            return entry.raw


def _call(raw: Mapping[str, Any], channel_arn: str | None) -> Mapping[str, Any]:
    """In the account and region of its channel, if it has one, and without what is hidden."""
    owner = parse_arn(channel_arn) if channel_arn is not None else None
    place = {"account": owner.account, "region": owner.region} if owner is not None else {}
    detail = _shown(raw["detail"])
    detail["eventTime"] = detail.get("eventTime") or raw["time"]
    if channel_arn is not None:
        detail["requestParameters"] = _decoded(detail.get("requestParameters") or {})
    return {**raw, **place, "detail": detail}


def _shown(members: Mapping[str, Any]) -> dict[str, Any]:
    """With nulls in place of what is hidden."""
    return {
        name: _shown(value) if isinstance(value, dict) else None if value == HIDDEN else value
        for name, value in members.items()
    }


def _decoded(request: Mapping[str, Any]) -> dict[str, Any]:
    """With ARNs that are not percent-encoded."""
    return {
        name: unquote(value) if name in _ARNS and isinstance(value, str) else value
        for name, value in request.items()
    }


def _start(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    detail = {**raw["detail"], "event_name": str(EventName.STREAM_START)}
    return {**raw, "detail-type": str(DetailType.STREAM_STATE), "detail": detail}
