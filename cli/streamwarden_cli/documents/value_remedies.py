"""What to write instead of a value that cannot stand where it stands."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from streamwarden.domain.calendar import EXPECTED_TIME, WEEK
from streamwarden.domain.duration import EXPECTED as EXPECTED_DURATION
from streamwarden.domain.share import EXPECTED as EXPECTED_SHARE
from streamwarden_cli.documents.expectations import Schema, expected
from streamwarden_cli.documents.numbers import OtherNumber, is_decimal
from streamwarden_cli.documents.spellings import (
    spell_duration,
    spell_number,
    spell_share,
    spell_time,
    spell_weekdays,
)

_NUMBER: Final = re.compile(r"\d[\d_]*(\.\d+)?", re.ASCII)
_DAYS: Final = [str(day) for day in WEEK]
_SPELLINGS: Final[Mapping[str, Callable[[str], str]]] = {
    EXPECTED_DURATION: spell_duration,
    EXPECTED_SHARE: spell_share,
    EXPECTED_TIME: spell_time,
}


def remedy_for(given: object, schema: Schema, of_entries: Schema) -> str:
    """`; write 90m`; empty where nothing better can be said than what is expected.

    `of_entries` is the schema of what stands in a list, or behind each key of a mapping.
    """
    wanted = schema.get("type")
    if _is_text(schema) and isinstance(given, bool | int | float | OtherNumber):
        return _in_quotes(str(given), schema)
    match given:
        case str() if _is_only_quoted(given, wanted):
            return "; write it without quotes"
        case str() | int() | float() | OtherNumber() if not isinstance(given, bool):
            return _instead(str(given), schema, of_entries)
        case Mapping() if wanted == "array":
            return "; begin each entry with a dash"
        case list() if wanted == "object":
            return _as_mapping(given, schema, of_entries)
        case None if wanted == "object" and not schema.get("required", not _members(schema)):
            return "; write {}"
        case _:
            return ""


def _in_quotes(text: str, schema: Schema) -> str:
    spell = _SPELLINGS.get(str(schema.get("description")))
    spelled = spell(text) if spell else ""
    return "; put it in quotes" if spelled in ("", f'"{text}"') else f"; write {spelled}"


def _is_text(schema: Schema) -> bool:
    description = schema.get("description")
    if description in _SPELLINGS:
        return description == EXPECTED_TIME
    is_text = schema.get("type") == "string" and "enum" not in schema
    return is_text or expected(schema).startswith("text")


def _members(schema: Schema) -> object:
    return schema.get("properties")


def _is_only_quoted(text: str, wanted: object) -> bool:
    """Whether it would be right as a number, or as true or false."""
    if wanted == "boolean":
        return text in ("true", "false")
    is_number = _NUMBER.fullmatch(text) is not None and is_decimal(text)
    return is_number and wanted in ("integer", "number")


def _instead(text: str, schema: Schema, of_entries: Schema) -> str:
    wanted = schema.get("type")
    if schema.get("enum") == _DAYS:
        return _written(", ".join(spell_weekdays(text)), text)
    if wanted == "array" and text:
        is_days = of_entries.get("enum") == _DAYS
        return _written(f"[{', '.join(spell_weekdays(text) if is_days else ()) or text}]", text)
    if wanted == "object" and text:
        return _as_mapping([text], schema, of_entries)
    if wanted in ("integer", "number"):
        spelled = spell_number(text)
        is_part = "." in spelled or "%" in text
        return "" if wanted == "integer" and is_part else _written(spelled, text)
    spell = _SPELLINGS.get(str(schema.get("description")))
    return _written(spell(text), text) if spell else ""


def _written(spelled: str, given: str) -> str:
    return f"; write {spelled}" if spelled not in ("", given) else ""


def _as_mapping(given: list[object], schema: Schema, of_entries: Schema) -> str:
    """For names where a mapping of names is expected, and for values where they have a key."""
    # An address is no name, and may be a secret.
    if given and all(isinstance(each, Mapping) for each in given):
        return "; write one mapping, without dashes or brackets around its entries"
    texts = [each for each in given if isinstance(each, str) and "://" not in each]
    if not texts or len(texts) < len(given):
        return ""
    if "values" in (schema.get("properties") or {}):
        return f"; write {{values: [{', '.join(texts)}]}}"
    if of_entries.get("type") == "object":
        return f"; write {{{', '.join(f'{each}: {{}}' for each in texts)}}}"
    if of_entries.get("type") == "string":
        return "; write each entry as KEY: VALUE"  # A header may be a secret, and is not repeated.
    if _is_text(of_entries):  # They are globs where several may stand.
        entries = (each.partition("=") for each in texts)
        pairs = (f"{key}: {value if sign else '"*"'}" for key, sign, value in entries)
        return f"; write {{{', '.join(pairs)}}}"
    return ""
