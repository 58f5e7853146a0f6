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
_JOINED: Final = frozenset({"pipe", "or_expression", "and_expression", "comparator"})
_PROJECTIONS: Final = frozenset({"projection", "filter_projection", "value_projection"})
_READING: Final = ("subexpression", "index_expression", *_PROJECTIONS)
_LOOSER: Final[Mapping[str, frozenset[str]]] = {
    "or_expression": frozenset({"pipe"}),
    "and_expression": frozenset({"pipe", "or_expression"}),
    "comparator": _JOINED,
    "not_expression": _JOINED | {"subexpression"},
    "flatten": _JOINED | {"not_expression"},
    # Without them it would read each element in place of the whole.
    **dict.fromkeys(_READING, _JOINED | _PROJECTIONS | {"not_expression"}),
    "subexpression": _JOINED | _PROJECTIONS,  # `!a.b` is `(!a).b`.
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
    return f"{before}{between.join(_within(node, each) for each in node['children'])}{after}"


def _within(node: Node, child: Node) -> str:
    is_right = node["type"] in _READING and child is not node["children"][0]
    is_looser = child["type"] in _LOOSER.get(node["type"], ())
    return f"({render(child)})" if is_looser and not is_right else render(child)


def _describe_projection(node: Node) -> str:
    listed, right, *conditions = node["children"]
    sign = ".*" if node["type"] == "value_projection" else "[*]"
    if conditions or listed["type"] == "flatten":
        sign = "".join(f"[?{render(condition)}]" for condition in conditions)
    rest = "" if right["type"] == "identity" else f".{render(right)}"
    return f"{_within(node, listed)}{sign}{rest}"


def format_literal(value: object) -> str:
    """Text in quotes, all else as JSON in backquotes."""
    if not isinstance(value, str):
        return f"`{_json(value)}`"
    text = value.replace("'", r"\'")
    return f"'{text}'"


def _describe_name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else _json(name)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
