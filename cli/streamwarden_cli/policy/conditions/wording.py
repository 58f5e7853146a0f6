"""JMESPath written out again: error messages name the part of an expression that is wrong."""

import json
import re
from collections.abc import Mapping
from typing import Final

from streamwarden.domain.expressions.closures import Node

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIGNS: Final = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

# What stands before, between and after the parts.
_FORMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "current": ("@", "", ""),
    "identity": ("@", "", ""),
    "subexpression": ("", ".", ""),
    "index_expression": ("", "", ""),
    "pipe": ("", " | ", ""),
    "multi_select_list": ("[", ", ", "]"),
    "multi_select_dict": ("{", ", ", "}"),
    "not_expression": ("!", "", ""),
    "and_expression": ("", " && ", ""),
    "or_expression": ("", " || ", ""),
    "expref": ("&", "", ""),
    "flatten": ("", "", "[]"),
}

# What needs parentheses within what binds tighter.
_LOOSER: Final[Mapping[str, frozenset[str]]] = {
    "and_expression": frozenset({"or_expression"}),
    "not_expression": frozenset({"or_expression", "and_expression", "comparator", "subexpression"}),
}


def render(node: Node) -> str:
    """The expression, as far as it is made of common forms; `…` for others."""
    match node["type"]:
        case "field":
            return _describe_name(node["value"])
        case "literal":
            return format_literal(node["value"])
        case "index":
            return f"[{node['value']}]"
        case "key_val_pair":
            before, between, after = f"{_describe_name(node['value'])}: ", "", ""
        case "comparator":
            before, between, after = "", f" {_SIGNS[node['value']]} ", ""
        case "function_expression":
            before, between, after = f"{node['value']}(", ", ", ")"
        case "projection" | "filter_projection" | "value_projection":
            return _describe_projection(node)
        case kind if kind in _FORMS:
            before, between, after = _FORMS[kind]
        case _:
            return "…"
    looser = _LOOSER.get(node["type"], frozenset())
    parts = [
        f"({render(child)})" if child["type"] in looser else render(child)
        for child in node["children"]
    ]
    return f"{before}{between.join(parts)}{after}"


def _describe_projection(node: Node) -> str:
    listed, right, *conditions = node["children"]
    sign = ".*" if node["type"] == "value_projection" else "[*]"
    if conditions or listed["type"] == "flatten":
        sign = "".join(f"[?{render(condition)}]" for condition in conditions)
    return f"{render(listed)}{sign}{'' if right['type'] == 'identity' else f'.{render(right)}'}"


def format_literal(value: object) -> str:
    """Text in quotes, all else as JSON in backquotes."""
    return f"'{value}'" if isinstance(value, str) else f"`{_json(value)}`"


def _describe_name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else _json(name)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
