"""Time zones that are valid and are an hour off in summer, or on the other side of UTC."""

import re
from collections.abc import Iterator
from typing import Final

from streamwarden.domain.expressions.recheck_interval import RecheckInterval
from streamwarden.domain.expressions.time_functions import FUNCTIONS
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.nodes import nodes
from streamwarden_cli.policy.lint.selection import conditions_of
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_WITHOUT_SUMMER_TIME: Final = {
    "EST": "America/New_York",
    "MST": "America/Denver",
    "HST": "Pacific/Honolulu",
    "GMT": "Europe/London, or UTC if no summer time is meant",
}
_ASK_FOR_ZONE: Final = {
    name for name, each in FUNCTIONS.items() if each.interval is RecheckInterval.CLOCK
}
# The names of POSIX: Etc/GMT+2 is two hours behind UTC.
_REVERSED: Final = re.compile(r"Etc/GMT([+-])([1-9][0-9]?)")


def misleading_zones(rule: ParsedRule) -> Iterator[LintWarning]:
    for key, zone in _zones(rule):
        if fault := fault_of_zone(zone):
            yield about(rule, key, *fault)


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
    """Each once, with the key under which the rule says it."""
    if zone := getattr(rule.document.params, "zone", ""):
        yield "params", zone
    for key, condition in conditions_of(rule.document):
        yield from dict.fromkeys((key, zone) for zone in _zones_of(condition))


def _zones_of(condition: str) -> Iterator[str]:
    for node in nodes(parse(condition)):
        if node["type"] == "function_expression" and node["value"] in _ASK_FOR_ZONE:
            argument = node["children"][0]
            if argument["type"] == "literal" and isinstance(argument["value"], str):
                yield argument["value"]
