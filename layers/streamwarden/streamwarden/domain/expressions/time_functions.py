"""What expressions can ask of time: functions beside those that JMESPath brings."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jmespath.functions import Functions, signature

from streamwarden.domain.calendar import find_zone, weekday_of
from streamwarden.domain.expressions.recheck_interval import RecheckInterval

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Function(NamedTuple):
    """One function in words, and what moves its answer. `example` is a whole condition."""

    signature: str
    description: str
    example: str
    interval: RecheckInterval


FUNCTIONS: Final[Mapping[str, Function]] = {
    "age": Function(
        "age(moment)",
        "The seconds since a moment in ISO 8601, negative for one to come; a moment without an "
        "offset is in UTC. Null for null and for a text that is no moment.",
        "age(channel.first_seen_at) < `86400`",
        RecheckInterval.AGE,
    ),
    "hour": Function(
        "hour(zone)",
        "The hour of the day, from 0 to 23, by the clock of an IANA time zone.",
        "hour('Europe/Berlin') >= `9` && hour('Europe/Berlin') < `17`",
        RecheckInterval.CLOCK,
    ),
    "weekday": Function(
        "weekday(zone)",
        "The day of the week by the clock of an IANA time zone: "
        "mon, tue, wed, thu, fri, sat or sun.",
        "contains(['sat', 'sun'], weekday('America/New_York'))",
        RecheckInterval.CLOCK,
    ),
    "date": Function(
        "date(zone)",
        "The date by the clock of an IANA time zone, such as 2026-12-24; texts of this form have "
        "the order of dates.",
        "date('UTC') >= '2026-12-24' && date('UTC') <= '2026-12-26'",
        RecheckInterval.CLOCK,
    ),
}


class TimeFunctions(Functions):
    """All functions that an expression can call at one moment: JMESPath's own, and these."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    @signature({"types": ["string", "null"]})
    def _func_age(self, moment: str | None) -> float | None:
        at = None if moment is None else parse_moment(moment)
        return None if at is None else (self._now - at).total_seconds()

    @signature({"types": ["string", "null"]})
    def _func_hour(self, zone: str | None) -> int | None:
        local = self._in(zone)
        return None if local is None else local.hour

    @signature({"types": ["string", "null"]})
    def _func_weekday(self, zone: str | None) -> str | None:
        local = self._in(zone)
        return None if local is None else weekday_of(local.date()).value

    @signature({"types": ["string", "null"]})
    def _func_date(self, zone: str | None) -> str | None:
        local = self._in(zone)
        return None if local is None else local.date().isoformat()

    def _in(self, zone: str | None) -> datetime | None:
        """Null for a name that is no zone: it can come from a tag, which anybody may have set."""
        state = None if zone is None else _zone(zone)
        return None if state is None else self._now.astimezone(state)


def check_zones(calls: Iterable[Mapping[str, Any]]) -> None:
    """Raises ValueError for a literal that is no time zone; others are looked up when known."""
    for zone in zones_in(calls):
        check_zone(zone)


def zones_in(calls: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The time zones that are written out in calls of functions."""
    for call in calls:
        function = FUNCTIONS.get(call["value"])
        if function is not None and function.interval is RecheckInterval.CLOCK:
            for argument in call["children"]:
                if argument["type"] == "literal" and isinstance(argument["value"], str):
                    yield argument["value"]


def check_zone(name: str) -> None:
    """Raises ValueError for what is no time zone."""
    if _zone(name) is None:
        raise ValueError(
            f"expected the IANA name of a time zone such as Europe/Berlin, found {name!r}"
        )


def parse_moment(text: str) -> datetime | None:
    """An aware moment from ISO 8601, in UTC where it has no offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=256)
def _zone(name: str) -> "ZoneInfo | None":
    """Remembered, also what is no zone: finding that out reads the file system."""
    return find_zone(name)
