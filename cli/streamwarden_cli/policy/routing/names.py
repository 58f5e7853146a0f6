"""Names of destinations that routes give and that no destination has.

They are looked for in the document as it is written, so that they are found whatever else is wrong.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from streamwarden.domain.notifications.routing import DEFAULT_DESTINATION
from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.documents.suggestion import did_you_mean, format_list

# Somebody may have pasted an address or a key, which no message repeats.
_QUOTABLE: Final = re.compile(r"[A-Za-z][A-Za-z_ -]{0,40}[0-9]{0,4}")


def destinations_in(data: object) -> Mapping[str, Any]:
    """As they are written. Without any, there is the topic of the stack."""
    found = data.get("destinations") if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def unknown_destinations(source: Source) -> Iterator[Problem]:
    names = [*destinations_in(source.data)] or [DEFAULT_DESTINATION]
    for place, name in _named(source.data):
        if name not in names:
            yield source.problem(place, _describe_unknown(name, names))


def _describe_unknown(name: str, names: list[str]) -> str:
    hint = did_you_mean(name, names) or f" (expected {format_list(names)})"
    found = f"has the name {name!r}" if is_quotable(name) else "has this name"
    return f"no destination {found}{hint}"


def is_quotable(name: str) -> bool:
    """Whether somebody may have thought of it as a name."""
    return _QUOTABLE.fullmatch(name) is not None


def _named(data: object) -> Iterator[tuple[Location, str]]:
    routes = data.get("routes") if isinstance(data, Mapping) else None
    for index, route in enumerate(routes if isinstance(routes, list) else ()):
        given = route.get("to") if isinstance(route, Mapping) else None
        if isinstance(given, str):
            yield ("routes", index, "to"), given
        for number, name in enumerate(given if isinstance(given, list) else ()):
            if isinstance(name, str):
                yield ("routes", index, "to", number), name
