"""What may stand at a place of the document: read off the JSON Schemas of the models."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.policy.actions import model_of
from streamwarden_cli.policy.document import PolicyDocument, params_of
from streamwarden_cli.policy.source import Location
from streamwarden_cli.policy.suggestion import format_list

type Schema = Mapping[str, Any]

TYPES: Final = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def known_keys(schema: Schema) -> tuple[str, ...]:
    """The keys of a mapping."""
    return tuple(schema.get("properties", ()))


def expected(schema: Schema) -> str:
    """What is expected, in words; empty where it is not known."""
    if "enum" in schema:
        return format_list([str(each) for each in schema["enum"]])
    if "const" in schema:
        return str(schema["const"])
    kind_of_value = schema.get("type", "")
    if kind_of_value == "object":
        return TYPES[kind_of_value]
    return str(schema.get("description") or TYPES.get(kind_of_value, ""))


def schema_at(location: Location, kind: object) -> Schema:
    """What may stand at a place of a policy; `kind` is that of the rule it is in."""
    match location:
        case ("rules", int(), "params", *rest) if kind in RULE_KINDS:
            root = _schema_of_params(str(kind))
        case ("rules", int(), "actions", int(), *rest) | (
            "rules",
            int(),
            "steps",
            int(),
            "do",
            int(),
            *rest,
        ):
            root = _schema_of_action(rest[0]) if rest else {}
        case _:
            root, rest = _schema_of_document(), list(location)
    return within(root, rest)


def within(root: Schema, location: Iterable[str | int]) -> Schema:
    """The part of a schema that is about a place; empty where it says nothing of it."""
    schema = _resolved(root, root)
    for part in location:
        schema = _resolved(_part(schema, part), root)
    return schema


def _part(schema: Schema, part: str | int) -> Schema:
    if isinstance(part, int):
        found = schema.get("items", {})
    else:
        found = schema.get("properties", {}).get(part, schema.get("additionalProperties"))
    return found if isinstance(found, Mapping) else {}


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema behind a reference, or the first of several choices."""
    if "anyOf" in schema:
        schema = schema["anyOf"][0]
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found: Schema = root["$defs"][name]
        return _resolved(found, root)
    return schema


@cache
def _schema_of_document() -> Schema:
    return PolicyDocument.model_json_schema()


@cache
def _schema_of_params(kind: str) -> Schema:
    return params_of(kind).json_schema()


@cache
def _schema_of_action(word: str | int) -> Schema:
    model = model_of(str(word)) if word in ACTION_KINDS else None
    return {} if model is None else model.model_json_schema()
