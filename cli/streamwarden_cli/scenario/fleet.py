"""The channels of a scenario, read with the place of each, which later errors name.

An ARN, the id of what is on the air and full times may be left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pydantic import ValidationError

from streamwarden_cli.documents.expectations import within
from streamwarden_cli.documents.explanations import SchemaAt, explain_all
from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from streamwarden_cli.scenario.channels import Channel
from streamwarden_cli.scenario.faults import Fault
from streamwarden_cli.scenario.times import Calendar

_TIMES: Final = ("startTime", "endedAt")
# Members of GetChannel that IVS chooses: accepted, and of no consequence.
_CHOSEN_BY_IVS: Final = frozenset({"ingestEndpoint", "playbackUrl", "srt"})
_TWICE: Final = "the channel is given twice; give each a name or an arn of its own"
DEFAULT_NAME: Final = "channel"


@dataclass(frozen=True, slots=True)
class Fleet:
    """The channels there are at first, and where each is written, which later errors name."""

    channels: tuple[Channel, ...] = ()
    source: Source | None = None
    places: tuple[Location, ...] = ()

    def error(self, index: int, message: str) -> DocumentErrors:
        problems = [self.source.problem(self.places[index], message)] if self.source else []
        return DocumentErrors(problems)


def read_channels(
    given: Sequence[Mapping[str, Any]],
    calendar: Calendar,
    source: Source,
    places: Sequence[Location],
) -> tuple[Channel, ...]:
    """Raises DocumentErrors with all that is wrong. `places` say where each is written."""
    channels: dict[str, Channel] = {}
    problems: list[Problem] = []
    for index, (members, here) in enumerate(zip(given, places, strict=True)):
        try:
            channel = _read(_filled_in(members, calendar, here, index), source, here)
            if channel.arn in channels:
                raise Fault(here, _TWICE)
            channels[channel.arn] = channel
        except Fault as fault:
            problems.append(fault.problem(source))
        except DocumentErrors as errors:
            problems += errors.problems
    if problems:
        raise DocumentErrors(problems)
    return tuple(channels.values())


def _read(members: Mapping[str, Any], source: Source, place: Location) -> Channel:
    try:
        return Channel.model_validate(members)
    except ValidationError as error:
        raise DocumentErrors(explain_all(error, source, _channel_schema_at, place)) from error


def _filled_in(
    members: Mapping[str, Any], calendar: Calendar, place: Location, index: int
) -> dict[str, Any]:
    own = {name: members[name] for name in members if name not in _CHOSEN_BY_IVS}
    filled_in = {"name": f"{DEFAULT_NAME}-{index + 1}" if index else DEFAULT_NAME, **own}
    filled_in.setdefault("arn", _arn(str(filled_in["name"])))
    if isinstance(members.get("live"), Mapping):
        filled_in["live"] = _live(members["live"], calendar, (*place, "live"), index)
    return filled_in


def _arn(name: str) -> str:
    identifier = re.sub(r"[^A-Za-z0-9-]", "-", name) or DEFAULT_NAME
    return f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/{identifier}"


def _live(
    live: Mapping[str, Any], calendar: Calendar, place: Location, index: int
) -> dict[str, Any]:
    filled_in = {"streamId": f"st-{index + 1}", **live}
    for key in _TIMES:
        if isinstance(filled_in.get(key), str):
            try:
                filled_in[key] = calendar.time(filled_in[key])
            except ValueError as error:
                raise Fault((*place, key), str(error)) from error
    return filled_in


_channel_schema_at: Final[SchemaAt] = partial(within, Channel.model_json_schema())
