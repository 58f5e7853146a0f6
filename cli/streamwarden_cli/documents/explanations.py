"""What pydantic finds wrong, in words: where, what, and instead of what."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streamwarden_cli.documents.expectations import Schema, allowed_keys, expected
from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import NOTHING, Location, Source
from streamwarden_cli.documents.suggestion import did_you_mean, did_you_mean_zone, format_list
from streamwarden_cli.documents.value_remedies import remedy_for

# The JSON Schema of what may stand at a place of the document.
type SchemaAt = Callable[[Location], Schema]

# A fault of all parameters together that is one of a single parameter.
_OF_ONE: Final = re.compile(r"`(\w+)`: (.*)", re.DOTALL)
_HINTS: Final[Mapping[str, Callable[[str], str]]] = {"zone": did_you_mean_zone}
# What a kind asks for stands within these, and what every kind has beside them.
_WITHIN: Final = {"params": "a parameter", "options": "an option"}
# Within braces, a comma ends a text without quotes, and what follows is a key without a value.
_CUT_AT_A_COMMA: Final = "; if it is the rest of a text with a comma, put the text in quotes"
_IN_QUOTES: Final = re.compile("'([^']*)'")


def explain_all(
    error: ValidationError, source: Source, schema_at: SchemaAt, within: Location = ()
) -> Iterator[Problem]:
    """`within` says which part of the document the model, and so its schema, is about."""

    def schema_from_there(location: Location) -> Schema:
        return schema_at(location[len(within) :])

    for each in error.errors():
        if not _is_consequence(each):
            yield explain({**each, "loc": (*within, *each["loc"])}, source, schema_from_there)


def _is_consequence(error: ErrorDetails) -> bool:
    """Of a list with wrong entries pydantic also says that it is too short: it counts the right."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def explain(error: ErrorDetails, source: Source, schema_at: SchemaAt) -> Problem:
    location = error["loc"]
    if location and location[-1] == "[key]":
        return source.problem(location[:-1], _wrong_key(error), at_key=True)
    match error["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return _unknown_key(location, source, schema_at)
        case "missing":
            return source.problem(location, _missing(schema_at(location)))
        case "value_error":
            return _own_fault(error, source, schema_at)
        case "too_short" | "too_long":
            return source.problem(location, _wrong_length(error))
        case _:
            return source.problem(location, _wrong_value(error, source, schema_at))


def _wrong_value(error: ErrorDetails, source: Source, schema_at: SchemaAt) -> str:
    schema = schema_at(error["loc"])
    wanted = expected(schema)
    found = source.found(error["loc"])
    if found == NOTHING and isinstance(error["input"], str):
        found = repr(error["input"])  # What is written shorter has no place of its own.
    if not wanted:
        return _own_words(error)
    if not error["loc"]:
        return _wrong_document(found, wanted, schema)
    return f"expected {wanted}, found {found}{_remedy(error['input'], error['loc'], schema_at)}"


def _wrong_document(found: str, wanted: str, schema: Schema) -> str:
    members = schema.get("required") or allowed_keys(schema)
    wanted = f"{wanted} with {format_list(members, last='and')}"
    return (
        f"the file is empty; expected {wanted}"
        if found == NOTHING
        else f"expected {wanted}, found {found}"
    )


def _remedy(given: object, location: Location, schema_at: SchemaAt) -> str:
    schema = schema_at(location)
    is_list = schema.get("type") == "array"
    return remedy_for(given, schema, schema_at((*location, 0 if is_list else "")))


def _own_words(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("error", error["msg"]))


def _own_fault(error: ErrorDetails, source: Source, schema_at: SchemaAt) -> Problem:
    """Told where the one parameter stands that it is about, if it is about one."""
    location, given, message = error["loc"], error["input"], _own_words(error)
    about = _OF_ONE.fullmatch(message)
    hint = ""
    if about is not None:
        name, message = about.groups()
        location = (*location, name)
        given = given.get(name) if isinstance(given, Mapping) else None
        hint = _HINTS[name](given) if name in _HINTS and isinstance(given, str) else ""
    hint = hint or _remedy(given, location, schema_at)
    return source.problem(location, f"{_as_written(message, given, location, source)}{hint}")


def _as_written(message: str, given: object, location: Location, source: Source) -> str:
    """The message, in which `found yes` stands where Python says `found True`."""
    found = source.found(location)
    return message if found == NOTHING else message.replace(f"found {given!r}", f"found {found}")


def _wrong_key(error: ErrorDetails) -> str:
    if error["type"] in ("enum", "literal_error"):
        return _describe_unknown(error["input"], _IN_QUOTES.findall(error["ctx"]["expected"]))
    return _own_words(error)


def _unknown_key(location: Location, source: Source, schema_at: SchemaAt) -> Problem:
    *parent, key = location
    message = _describe_moved(key, tuple(parent), schema_at)
    message = message or _describe_unknown(key, allowed_keys(schema_at(tuple(parent))))
    if " " in str(key) and source.found(location) == NOTHING:
        message = f"{message}{_CUT_AT_A_COMMA}"
    return source.problem(location, message, at_key=True)


def _describe_moved(key: str | int, parent: Location, schema_at: SchemaAt) -> str:
    """What is written beside `params` or `options` belongs into them, or the other way round."""
    for within, noun in _WITHIN.items():
        if key in allowed_keys(schema_at((*parent, within))):
            return f"{key!r} is {noun}; write it within `{within}`"
        if parent[-1:] == (within,) and key in allowed_keys(schema_at(parent[:-1])):
            return f"{key!r} is not {noun}; write it beside `{within}`, not within"
    return ""


def _describe_unknown(key: object, choices: Collection[str]) -> str:
    wanted = f"expected {format_list(choices)}" if choices else "expected no keys here"
    return f"unknown key {key!r}{did_you_mean(str(key), choices)} ({wanted})"


def _missing(schema: Schema) -> str:
    wanted = expected(schema)
    return f"missing (expected {wanted})" if wanted else "missing"


def _wrong_length(error: ErrorDetails) -> str:
    limits, given = error.get("ctx", {}), len(error["input"])
    if "min_length" in limits:
        return f"expected at least {limits['min_length']} entry, found {given}"
    return f"expected at most {limits['max_length']} entries, found {given}"
