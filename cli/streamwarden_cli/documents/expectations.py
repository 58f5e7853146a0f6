"""What may stand at a place of a document: read off the JSON Schema of its model."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from streamwarden_cli.documents.suggestion import format_list

type Schema = Mapping[str, Any]

TYPES: Final = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def allowed_keys(schema: Schema) -> tuple[str, ...]:
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
    description = str(schema.get("description", ""))
    # A whole sentence says what the value means, and not what is expected.
    if description[:1].isupper() and kind_of_value in TYPES:
        return TYPES[kind_of_value]
    return description or TYPES.get(kind_of_value, "")


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
    """The schema behind a reference, or the first of several choices, with the keys of any."""
    first, *others = _choices(schema, root)
    keys = next((each["properties"] for each in others if "properties" in each), None)
    return first if keys is None or "properties" in first else {**first, "properties": keys}


def _choices(schema: Schema, root: Schema) -> list[Schema]:
    if "anyOf" in schema:
        return [found for each in schema["anyOf"] for found in _choices(each, root)]
    if "$ref" in schema:
        return _choices(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    return [schema]
