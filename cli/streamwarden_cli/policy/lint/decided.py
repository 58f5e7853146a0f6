"""Conditions that always hold, or never, whatever they are asked about: they select nothing.

JMESPath takes every text, list and number for true, unless it is null or empty.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from streamwarden.domain.expressions.closures import Node, children_of
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.conditions.wording import render
from streamwarden_cli.policy.lint.certainty import Assumptions
from streamwarden_cli.policy.lint.nodes import is_tag
from streamwarden_cli.policy.lint.selection import conditions_of
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_JOINED: Final = frozenset({"and_expression", "or_expression", "not_expression"})
_NUMBERS: Final = frozenset({"length", "hour", "age", "abs", "ceil", "floor", "sum"})
_TEXTS: Final = frozenset({"type", "weekday", "date"})
# What they give for null.
_OF_ANYTHING: Final = {"to_string": "'null'", "to_array": "[null]"}
_NEVER_NULL: Final = frozenset(
    {"channel", "channel.tags", "resource", "resource.tags", "account", "@"}
)
_ROOTS: Final = ("channel.", "session.", "resource.", "account.", "!")


class Decided(NamedTuple):
    """A part of a condition that comes out one way, and what to write instead."""

    node: Node
    holds: bool
    remedy: str


def decided_conditions(rule: ParsedRule) -> Iterator[LintWarning]:
    for key, text in conditions_of(rule.document):
        for each in decided_parts(parse(text)):
            outcome = "always holds" if each.holds else "can never hold"
            remedy = each.remedy or "correct it, or leave it out"
            yield about(rule, key, f"{render(each.node)} {outcome}", remedy)


def decided_parts(node: Node) -> Iterator[Decided]:
    """From the whole to its smallest parts; of what is decided, no part is looked at."""
    holds = _truth(node)
    if holds is not None:
        yield Decided(node, holds, _remedy(node))
    elif node["type"] in _JOINED:
        for child in node["children"]:
            yield from decided_parts(child)
    else:
        yield from _within(node)


def _within(node: Node) -> Iterator[Decided]:
    """The conditions within a value: those of `[?…]`."""
    is_filter = node["type"] == "filter_projection"
    for position, child in enumerate(children_of(node)):
        is_condition = is_filter and position == 2
        yield from decided_parts(child) if is_condition else _within(child)


def _truth(node: Node) -> bool | None:
    return True if _is_never_empty(node) else Assumptions().outcome(node)


def _is_never_empty(node: Node) -> bool:
    """Whether it is a value that cannot be empty, whatever is in it."""
    match node["type"]:
        case "multi_select_list" | "multi_select_dict":
            return True
        case "subexpression" | "pipe":  # Of null it is null.
            *whole, part = node["children"]
            return ".".join(map(render, whole)) in _NEVER_NULL and _is_never_empty(part)
        case "function_expression" if node["value"] in _OF_ANYTHING:
            return is_tag(node["children"][0])
        case "function_expression" if node["value"] == "not_null":
            return _is_true_if_any(node["children"])
        case "function_expression":
            return node["value"] in _NUMBERS | _TEXTS
        case _:
            return False


def _is_true_if_any(choices: Sequence[Node]) -> bool:
    """Whether the first that is not null is never empty. There are no blank tags."""
    certain = [bool(_truth(each)) for each in choices]
    before = choices[: certain.index(True)] if True in certain else choices
    return True in certain and all(map(is_tag, before))


def _remedy(node: Node) -> str:
    """What was probably meant; empty where that is not known."""
    match node["type"], node["children"]:
        case "literal", _ if str(node["value"]).startswith(_ROOTS):
            return f"it is a text; take the single quotes away: {node['value']}"
        case "literal", _ if isinstance(node["value"], str) and node["value"]:
            return "a text by itself always holds; compare it with something"
        case "or_expression" | "and_expression" as joined, [left, right]:
            return _remedy_of_joined(joined, left, right)
        case "multi_select_list", [only]:
            return f"a list in brackets is never empty; write {render(only)}"
        case "multi_select_list" | "multi_select_dict", _:
            return "it is never empty, even if all in it is null; join conditions with && and ||"
        case "function_expression", [tag] if node["value"] in _OF_ANYTHING:
            return f"of no tag it is {_OF_ANYTHING[node['value']]}; write {render(tag)}"
        case "function_expression", _ if node["value"] == "not_null":
            return ""
        case "function_expression", _ if node["value"] in _NUMBERS:
            return f"every number holds, also 0; compare it, such as {render(node)} > `0`"
        case "function_expression", _:
            return "a text that is not empty always holds; compare it with something"
        case _:
            return ""


def _remedy_of_joined(joined: str, left: Node, right: Node) -> str:
    """Of `x == 'a' || 'b'`, where `x == 'b'` was meant, and of the wrong sign between two."""
    if right["type"] == "literal" and joined == "or_expression":
        compared = left["children"][-1] if left["type"] == joined else left
        if compared["type"] == "comparator":
            compared = {**compared, "children": [compared["children"][0], right]}
            return f"{render(right)} alone always holds; write {render(left)} || {render(compared)}"
    elif _compared(left) and _compared(left) == _compared(right):
        is_order = not {left["value"], right["value"]} <= {"eq", "ne"}
        remedy = f"write {'&&' if joined == 'or_expression' else '||'} between them"
        return f"{remedy}, or exchange the two values" if is_order else remedy
    return ""


def _compared(node: Node) -> str:
    """What is compared with a literal; empty where nothing is."""
    sides = node["children"] if node["type"] == "comparator" else ()
    compared = [render(each) for each in sides if each["type"] != "literal"]
    return compared[0] if len(compared) == 1 else ""
