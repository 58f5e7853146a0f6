"""The types of parameters in words, read off the JSON Schemas of the rule kinds."""

from typing import Any

from streamwarden_cli.documents.expectations import TYPES, Schema
from streamwarden_cli.documents.suggestion import format_list


def format_type(schema: Schema, root: Schema) -> str:
    """`a duration`, `text or a list of texts`, `a list, each mon or tue`."""
    schema = _resolved(schema, root)
    if "enum" in schema:
        return format_list([str(each) for each in schema["enum"]])
    if "description" in schema and schema.get("type") != "object":
        return str(schema["description"]).partition(" such as ")[0]
    match schema.get("type"):
        case "array":
            return f"a list, each {format_type(schema.get('items', {}), root)}"
        case "object":
            return _describe_mapping(schema, root)
        case word:
            return TYPES.get(str(word), "any value")


def _describe_mapping(schema: Schema, root: Schema) -> str:
    if "properties" in schema:
        return f"a mapping with {format_list(schema['properties'], last='and')}"
    values = schema.get("additionalProperties")
    if not values or values is True:  # true: whatever there is
        return "a mapping"
    return f"a mapping of names to {format_type(values, root)}"


def _resolved(schema: Schema, root: Schema) -> Schema:
    if "anyOf" in schema:
        choices: list[Any] = [each for each in schema["anyOf"] if each != {"type": "null"}]
        return _resolved(choices[0], root) if len(choices) == 1 else schema
    if "$ref" in schema:
        found: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
        return _resolved(found, root)
    return schema
