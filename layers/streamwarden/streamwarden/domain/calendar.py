"""Times of day and dates as operators write them: 09:00, 2026-12-25."""

import re
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

from streamwarden.domain.parameters import ReadBy

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
# What is a zone on one machine, and on another none, or another one.
_OF_ONE_MACHINE: Final = re.compile(r"localtime|posixrules|(?:posix|right)/.*", re.DOTALL)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# YAML reads 17:30 without quotes as the number 1050.
EXPECTED_TIME: Final = 'a time of day in quotes such as "09:00"'
EXPECTED_DATE: Final = "a date such as 2026-12-25"


class Weekday(StrEnum):
    """The days of the week, in the order of `date.weekday`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK: Final = tuple(Weekday)


def weekday_of(day: date) -> Weekday:
    return WEEK[day.weekday()]


def zone_named(name: str) -> "ZoneInfo":
    """Raises ValueError, about the parameter `zone`."""
    zone = find_zone(name)
    if zone is None:
        raise ValueError(
            f"`zone`: expected the IANA name of a time zone such as Europe/Berlin, found {name!r}"
        )
    return zone


def find_zone(name: str) -> "ZoneInfo | None":
    """None for what is no IANA name."""
    # Few policies have a zone, and every cold start would wait for what is loaded.
    from zoneinfo import ZoneInfo

    if _OF_ONE_MACHINE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


def _read_time(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and _TIME.fullmatch(value):
        return time.fromisoformat(value)
    raise ValueError(f"expected {EXPECTED_TIME}, found {value!r}")


def _read_date(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"expected {EXPECTED_DATE}, found {value!r}") from error
    raise ValueError(f"expected {EXPECTED_DATE}, found {value!r}")


_TIMES: Final = {
    "type": "string",
    "description": EXPECTED_TIME,
    "pattern": f"^(?:{_TIME.pattern})$",
}
_DATES: Final = {
    "type": "string",
    "description": EXPECTED_DATE,
    "pattern": f"^(?:{_DATE.pattern})$",
}
ClockTime = Annotated[time, ReadBy(_read_time, _TIMES)]
CalendarDate = Annotated[date, ReadBy(_read_date, _DATES)]
