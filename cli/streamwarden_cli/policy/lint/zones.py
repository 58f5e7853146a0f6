"""Time zones that are valid and are an hour off in summer, or on the other side of UTC."""

import re
from collections.abc import Iterator
from typing import Final

from streamwarden.domain.expressions.expressions import calls_in
from streamwarden.domain.expressions.time_functions import zones_in
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.selection import conditions_of
from streamwarden_cli.policy.lint.warnings import Fault
from streamwarden_cli.policy.parsed import ParsedRule

_WITHOUT_SUMMER_TIME: Final = {
    "EST": "America/New_York",
    "MST": "America/Denver",
    "HST": "Pacific/Honolulu",
    "GMT": "Europe/London, or UTC if no summer time is meant",
}
# The names of POSIX: Etc/GMT+2 is two hours behind UTC.
_REVERSED: Final = re.compile(r"Etc/GMT([+-])([1-9][0-9]?)")


def misleading_zones(rule: ParsedRule) -> Iterator[Fault]:
    for key, zone in dict.fromkeys(_zones(rule)):
        if fault := fault_of_zone(zone):
            yield key, *fault


def fault_of_zone(zone: str) -> tuple[str, str] | None:
    """What is misleading about a zone, and what to write instead."""
    if place := _WITHOUT_SUMMER_TIME.get(zone):
        return f"the time zone {zone!r} has no summer time", f"write {place}"
    if found := _REVERSED.fullmatch(zone):
        sign, hours = found.groups()
        means = f"UTC{'-' if sign == '+' else '+'}{hours}"
        text = f"the sign of {zone!r} is reversed: it is {means}, without summer time"
        return text, "write the name of a place, such as Europe/Berlin"
    return None


def _zones(rule: ParsedRule) -> Iterator[tuple[str, str]]:
    """With the key under which the rule says it."""
    yield "params", getattr(rule.params, "zone", "")
    for key, condition in conditions_of(rule.document):
        yield from ((key, zone) for zone in zones_in(calls_in(parse(condition))))
