"""What pydantic finds wrong, in words: where, what, and instead of what."""

from collections.abc import Callable, Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cli.policy.expectations import Schema, expected, known_keys
from cli.policy.nearest import did_you_mean, say_list
from cli.policy.problems import Problem
from cli.policy.source import NOTHING, Location, Source

# The JSON Schema of what may stand at a place of the document.
type SchemaAt = Callable[[Location], Schema]


def explain_all(error: ValidationError, source: Source, schema_at: SchemaAt) -> Iterator[Problem]:
    for each in error.errors():
        if not _is_consequence(each):
            yield explain(each, source, schema_at)


def _is_consequence(error: ErrorDetails) -> bool:
    """Of a list with wrong entries pydantic also says that it is too short: it counts the right."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def explain(error: ErrorDetails, source: Source, schema_at: SchemaAt) -> Problem:
    location = error["loc"]
    if location and location[-1] == "[key]":
        return source.problem(location[:-1], _own_words(error), at_key=True)
    match error["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return _unknown_key(location, source, schema_at)
        case "missing":
            return source.problem(location, _missing(schema_at(location)))
        case "value_error":
            return source.problem(location, _own_words(error))
        case "too_short" | "too_long":
            return source.problem(location, _wrong_length(error))
        case _:
            return source.problem(location, _wrong_value(error, source, schema_at(location)))


def _wrong_value(error: ErrorDetails, source: Source, schema: Schema) -> str:
    wanted = expected(schema)
    found = source.found(error["loc"])
    if found == NOTHING and isinstance(error["input"], str):
        found = repr(error["input"])  # What is written shorter has no place of its own.
    if not wanted:
        return _own_words(error)
    is_text = error["type"] == "string_type" or wanted.startswith("text")
    is_unquoted = is_text and isinstance(error["input"], bool | int | float)
    hint = "; put it in quotes" if is_unquoted else ""
    return f"expected {wanted}, found {found}{hint}"


def _own_words(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("error", error["msg"]))


def _unknown_key(location: Location, source: Source, schema_at: SchemaAt) -> Problem:
    *parent, key = location
    known = known_keys(schema_at(tuple(parent)))
    wanted = f"expected {say_list(known)}" if known else "expected no keys here"
    message = f"unknown key {key!r}{did_you_mean(str(key), known)} ({wanted})"
    return source.problem(location, message, at_key=True)


def _missing(schema: Schema) -> str:
    wanted = expected(schema)
    return f"missing (expected {wanted})" if wanted else "missing"


def _wrong_length(error: ErrorDetails) -> str:
    limits, given = error.get("ctx", {}), len(error["input"])
    if "min_length" in limits:
        return f"expected at least {limits['min_length']} entry, found {given}"
    return f"expected at most {limits['max_length']} entries, found {given}"
