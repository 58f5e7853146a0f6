"""The channels of a case: written as in a fleet file of `streamwarden replay`, but shorter.

An ARN, the id of what is on the air and full times may be left out.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from streamwarden_cli.documents.explanations import explain_all
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.policy.cases.faults import Fault
from streamwarden_cli.policy.cases.moments import Calendar
from streamwarden_cli.replay.fleet import FleetChannel, channel_schema_at

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
FIRST_STREAM: Final = "st-1"

_TIMES: Final = ("startTime", "endedAt")


def read_channels(
    given: Sequence[Mapping[str, Any]],
    calendar: Calendar,
    source: Source,
    places: Sequence[Location],
) -> tuple[FleetChannel, ...]:
    """Raises Fault, and DocumentErrors. `places` say where each is written."""
    channels: list[FleetChannel] = []
    for index, (members, here) in enumerate(zip(given, places, strict=True)):
        channel = _read(_filled_in(members, calendar, here, index), source, here)
        if any(channel.arn == other.arn for other in channels):
            raise Fault(here, "the channel is given twice; give each a name or an arn of its own")
        channels.append(channel)
    return tuple(channels)


def _read(members: Mapping[str, Any], source: Source, place: Location) -> FleetChannel:
    try:
        return FleetChannel.model_validate(members)
    except ValidationError as error:
        raise DocumentErrors(explain_all(error, source, channel_schema_at, place)) from error


def _filled_in(
    members: Mapping[str, Any], calendar: Calendar, place: Location, index: int
) -> dict[str, Any]:
    filled_in = {"name": f"channel-{index + 1}" if index else "channel", **members}
    filled_in.setdefault("arn", _arn(str(filled_in["name"])))
    if isinstance(members.get("live"), Mapping):
        filled_in["live"] = _live(members["live"], calendar, (*place, "live"))
    return filled_in


def _arn(name: str) -> str:
    identifier = re.sub(r"[^A-Za-z0-9-]", "-", name) or "channel"
    return f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{identifier}"


def _live(live: Mapping[str, Any], calendar: Calendar, place: Location) -> dict[str, Any]:
    filled_in = {"streamId": FIRST_STREAM, **live}
    for key in _TIMES:
        if isinstance(filled_in.get(key), str):
            try:
                filled_in[key] = calendar.time(filled_in[key])
            except ValueError as error:
                raise Fault((*place, key), str(error)) from error
    return filled_in
