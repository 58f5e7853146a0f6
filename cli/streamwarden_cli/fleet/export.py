"""Reads what an account has and writes it as a scenario: channels, and what is on the air.

The members are those of ListChannels and ListStreams. What a listing does not say, such as the
ingest of a stream, is asked for in single calls only if somebody wants it. What has been, only the
records of a stack say.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import yaml

from streamwarden.domain.redaction import redacted
from streamwarden.domain.state.controls import AccountControls
from streamwarden.services.records import Record
from streamwarden_cli.fleet.members import Members, as_time, without_empty
from streamwarden_cli.fleet.records import account_of, record_of


class Remembered(Protocol):
    """What a deployed stack remembers. Raises TemporaryError, PermanentError."""

    def records(self, arns: Sequence[str]) -> Iterable[Record]: ...
    def controls(self) -> AccountControls: ...


def export(
    ivs: Any, now: datetime, *, with_ingest: bool = False, stack: Remembered | None = None
) -> Members:
    """The scenario at this moment; with what a stack remembers, if one is given.

    Raises ClientError, BotoCoreError, and what the stack raises.
    """
    live = {each["channelArn"]: each for each in _pages(ivs, "list_streams", "streams")}
    channels = [
        _channel(each, _live(ivs, live.get(each["arn"]), with_ingest=with_ingest))
        for each in _pages(ivs, "list_channels", "channels")
    ]
    scenario: Members = {"from": as_time(now), "channels": channels}
    if stack is None:
        return scenario
    _add_records(channels, stack.records([each["arn"] for each in channels]), now)
    return scenario | {"account": account_of(stack.controls())}


def _add_records(channels: Sequence[Members], records: Iterable[Record], now: datetime) -> None:
    """An empty one says that the stack has none: nothing has been there, as far as it knows."""
    by_arn = {each.state.arn: each for each in records}
    for channel in channels:
        found = by_arn.get(channel["arn"])
        channel["record"] = record_of(found, channel.get("live"), now) if found else {}


def rendered(scenario: Members, *, as_json: bool = False) -> str:
    """As YAML, or as JSON, which is read three times as fast; without stream keys."""
    if as_json:
        return f"{json.dumps(redacted(scenario), indent=1, ensure_ascii=False)}\n"
    text = yaml.dump(redacted(scenario), Dumper=_DUMPER, sort_keys=False, allow_unicode=True)
    return f"# The channels of an account, by `streamwarden fleet export`.\n{text}"


# libyaml is ten times faster; it is there in every wheel of PyYAML.
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _pages(ivs: Any, operation: str, member: str) -> Iterator[Mapping[str, Any]]:
    for page in ivs.get_paginator(operation).paginate(PaginationConfig={"PageSize": 100}):
        yield from page[member]


def _channel(summary: Mapping[str, Any], live: Members | None) -> Members:
    return without_empty(summary) | ({"live": live} if live is not None else {})


def _live(ivs: Any, stream: Mapping[str, Any] | None, *, with_ingest: bool) -> Members | None:
    if stream is None:
        return None
    live: Members = {
        "streamId": stream["streamId"],
        "startTime": as_time(stream["startTime"]),
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
