"""The grounds of a decision in words: what a rule compared and allows, what conditions read."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from streamwarden.domain.duration import format_duration
from streamwarden.domain.ledger.entry import Grounds
from streamwarden_cli.operate.wording import format_moment

# As a ledger has them. A text of a tag that looks like one reads like one.
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T[0-9:.]+Z")
_DURATION: Final = re.compile(r"PT?[0-9][0-9DTHMS.]*")


def grounds_lines(grounds: Grounds) -> Iterator[str]:
    """A line for each part that there is."""
    parts = {
        "facts": grounds.facts,
        "parameters": grounds.parameters,
        "conditions read": grounds.conditions,
    }
    yield from (f"{name}: {_members(part)}" for name, part in parts.items() if part)
    if grounds.left_out:
        yield f"and {grounds.left_out:,} values more, which did not fit"


def format_facts(grounds: Grounds) -> str:
    """`lasted 4h, on_air_at 2026-03-14 12:00:00`; empty where none are known."""
    return _members(grounds.facts)


def _members(part: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in part.items())


def _value(value: object) -> str:
    match value:
        case Mapping():
            return f"({_members(value)})"
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case str():
            return _text(value)
        case _:
            return msgspec.json.encode(value).decode()


def _text(text: str) -> str:
    """A tag may say `P1`, which only looks like a duration."""
    with suppress(msgspec.ValidationError):
        if _MOMENT.fullmatch(text):
            return format_moment(msgspec.convert(text, datetime))
        if _DURATION.fullmatch(text):
            return format_duration(msgspec.convert(text, timedelta))
    return repr(text)
