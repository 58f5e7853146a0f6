"""`quiet`: the hours in which a route tells only what is critical."""

import re
from datetime import time
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from streamwarden.domain.calendar import WEEK, Weekday, zone_named
from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden_cli.documents.spellings import spell_time
from streamwarden_cli.documents.suggestion import did_you_mean_zone

_CLOCK: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS: Final = re.compile(f"({_CLOCK})-({_CLOCK})")
_LOOSE: Final = re.compile(r"(.+?)\s*(?:-|\u2013|\bto\b|\buntil\b)\s*(.+)")
_EXPECTED: Final = 'hours such as "22:00-07:00"'
_ZONE: Final = "the IANA name of a time zone such as Europe/Berlin"
_HOURS_FIELD: Final = {"pattern": f"^{_HOURS.pattern}$"}


def _check_hours(text: object) -> str:
    if isinstance(text, str) and _HOURS.fullmatch(text):
        return text
    raise ValueError(f"expected {_EXPECTED}, found {text!r}{_remedy(str(text))}")


def _remedy(text: str) -> str:
    parts = _LOOSE.fullmatch(text.strip().lower())
    if parts is None:
        return ""
    spelled = [spell_time(each).strip('"') for each in parts.groups()]
    return f'; write "{"-".join(spelled)}"' if all(spelled) else ""


def _existing_zone(name: str) -> str:
    try:
        zone_named(name)
    except ValueError as error:
        # Here it is said of the zone itself, and not of a parameter beside others.
        message = str(error).removeprefix("`zone`: ")
        raise ValueError(f"{message}{did_you_mean_zone(name)}") from None
    return name


def _some(days: object) -> object:
    if days == []:
        raise ValueError("expected at least one day, found an empty list; leave it out for all")
    return days


class QuietDocument(BaseModel):
    """From the first to the second of `hours`, by the clock of `zone`, on the `days` on which they
    begin. What is not critical is told when they end.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: Annotated[
        str,
        BeforeValidator(_check_hours),
        Field(description=_EXPECTED, json_schema_extra=_HOURS_FIELD),
    ]
    days: Annotated[tuple[Weekday, ...], BeforeValidator(_some)] = WEEK
    zone: Annotated[str, AfterValidator(_existing_zone), Field(description=_ZONE)] = "UTC"

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        if self.start == self.end and set(self.days) == set(WEEK):
            raise ValueError(
                "`hours`: these are all hours of all days, so that only what is critical is ever "
                "told; write `severity: critical` into the route if that is meant"
            )
        return self

    @property
    def start(self) -> time:
        return time.fromisoformat(self.hours.partition("-")[0])

    @property
    def end(self) -> time:
        return time.fromisoformat(self.hours.partition("-")[2])

    def compiled(self) -> QuietHours:
        return QuietHours(start=self.start, end=self.end, zone=self.zone, days=self.days)
