"""The channels of a scenario, read with the place of each, which later errors name.

An ARN, the id of what is on the air and full times may be left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from streamwarden_cli.scenario.recorded import AccountRecord
from streamwarden_cli.scenario.times import Calendar

# Wherever these stand in what is on the air, or in a record, they are times.
_TIMES: Final = frozenset(
    {
        *("startTime", "endTime", "endedAt", "firstSeenAt", "lastOnAirAt", "createdAt"),
        "keylessSince",
        *("until", "since", "actedAt", "openedAt", "at"),
    }
)
# Members of GetChannel that IVS chooses: accepted, and of no consequence.
_CHOSEN_BY_IVS: Final = frozenset({"ingestEndpoint", "playbackUrl", "srt"})
_TWICE: Final = "the channel is given twice; give each a name or an arn of its own"
DEFAULT_NAME: Final = "channel"


@dataclass(frozen=True, slots=True)
class Fleet:
    """The channels there are at first, and where each is written, which later errors name.

    `account` is what is set for their account, where a stack was asked.
    """

    channels: tuple[Channel, ...] = ()
    source: Source | None = None
    places: tuple[Location, ...] = ()
    account: AccountRecord | None = None

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
        live = {"streamId": f"st-{index + 1}", **members["live"]}
        filled_in["live"] = _with_times(live, calendar, (*place, "live"))
    if "record" in members:
        filled_in["record"] = _with_times(members["record"], calendar, (*place, "record"))
    return filled_in


def _arn(name: str) -> str:
    identifier = re.sub(r"[^A-Za-z0-9-]", "-", name) or DEFAULT_NAME
    return f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/{identifier}"


def _with_times(value: Any, calendar: Calendar, place: Location) -> Any:
    """The same with whole times in place of short ones. Raises Fault."""
    match value:
        case Mapping():
            return {
                key: _time(each, calendar, (*place, key))
                if key in _TIMES and isinstance(each, str)
                else _with_times(each, calendar, (*place, key))
                for key, each in value.items()
            }
        case list():
            return [
                _with_times(each, calendar, (*place, index)) for index, each in enumerate(value)
            ]
        case _:
            return value


def _time(text: str, calendar: Calendar, place: Location) -> datetime:
    try:
        return calendar.time(text)
    except ValueError as error:
        raise Fault(place, str(error)) from error


def check_records(fleet: Fleet, starts_at: datetime) -> None:
    """Raises DocumentErrors for records of what would come after the scenario has begun."""
    for index, channel in enumerate(fleet.channels):
        latest = channel.record.latest if channel.record is not None else None
        if latest is not None and latest > starts_at:
            message = f"record: {latest:%Y-%m-%d %H:%M:%S} is after the scenario has begun"
            raise fleet.error(index, f"{message}, at {starts_at:%Y-%m-%d %H:%M:%S}")


_channel_schema_at: Final[SchemaAt] = partial(within, Channel.model_json_schema())
