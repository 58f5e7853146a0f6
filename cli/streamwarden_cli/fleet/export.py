"""Reads what an account has and writes it as a scenario: channels, and what is on the air.

The members are those of ListChannels and ListStreams. What a listing does not say, such as the
ingest of a stream, is asked for in single calls only if somebody wants it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import yaml

from streamwarden.domain.redaction import redacted

type Members = dict[str, Any]


def export(ivs: Any, now: datetime, *, with_ingest: bool = False) -> Members:
    """The scenario at this moment. Raises ClientError, BotoCoreError."""
    live = {each["channelArn"]: each for each in _pages(ivs, "list_streams", "streams")}
    channels = [
        _channel(each, _live(ivs, live.get(each["arn"]), with_ingest=with_ingest))
        for each in _pages(ivs, "list_channels", "channels")
    ]
    return {"from": _time(now), "channels": channels}


def rendered(scenario: Members) -> str:
    """As YAML, without stream keys."""
    text = yaml.dump(redacted(scenario), Dumper=_DUMPER, sort_keys=False, allow_unicode=True)
    return f"# The channels of an account, by `streamwarden fleet export`.\n{text}"


# libyaml is ten times faster; it is there in every wheel of PyYAML.
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _pages(ivs: Any, operation: str, member: str) -> Iterator[Mapping[str, Any]]:
    for page in ivs.get_paginator(operation).paginate(PaginationConfig={"PageSize": 100}):
        yield from page[member]


def _channel(summary: Mapping[str, Any], live: Members | None) -> Members:
    given = {name: value for name, value in summary.items() if not _is_empty(value)}
    return given | ({"live": live} if live is not None else {})


def _is_empty(value: object) -> bool:
    """The API writes what is not set as an empty text or an empty mapping."""
    return value in ("", None) or value == {}


def _live(ivs: Any, stream: Mapping[str, Any] | None, *, with_ingest: bool) -> Members | None:
    if stream is None:
        return None
    live: Members = {
        "streamId": stream["streamId"],
        "startTime": _time(stream["startTime"]),
    }
    if stream.get("viewerCount", -1) >= 0:  # -1: the count is not known (API Reference)
        live["viewerCount"] = stream["viewerCount"]
    if with_ingest and (ingest := _ingest(ivs, stream)):
        live["ingestConfigurations"] = ingest
    return live


def _ingest(ivs: Any, stream: Mapping[str, Any]) -> Members:
    """What the encoder is set up to send; nothing where the stream has ended meanwhile."""
    try:
        answer = ivs.get_stream_session(
            channelArn=stream["channelArn"], streamId=stream["streamId"]
        )
    except ivs.exceptions.ResourceNotFoundException:
        return {}
    found: Members = answer["streamSession"].get("ingestConfigurations", {})
    return (
        {
            "videoConfigurations": [_known(each, _VIDEO) for each in found["videoConfigurations"]],
            "audioConfigurations": [_known(each, _AUDIO) for each in found["audioConfigurations"]],
        }
        if found
        else {}
    )


_VIDEO: Final = (
    "track",
    "videoWidth",
    "videoHeight",
    "targetFramerate",
    "targetBitrate",
    "codec",
)
_AUDIO: Final = ("track", "targetBitrate", "codec")


def _known(configuration: Mapping[str, Any], names: tuple[str, ...]) -> Members:
    """The members that a scenario has."""
    return {name: configuration[name] for name in names if configuration.get(name) is not None}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
