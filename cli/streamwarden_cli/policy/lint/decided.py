"""Conditions that always hold, or never, whatever they are asked about: they select nothing.

JMESPath takes every text, list and number for true, unless it is null or empty.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from streamwarden.domain.expressions.closures import Node, children_of
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.conditions.expressions import check_expression
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.conditions.wording import render
from streamwarden_cli.policy.lint.certainty import Assumptions
from streamwarden_cli.policy.lint.nodes import JOINED, is_tag, parts_of, path_of
from streamwarden_cli.policy.lint.selection import conditions_of
from streamwarden_cli.policy.lint.warnings import Fault, LintWarning
from streamwarden_cli.policy.parsed import ParsedRule

_NUMBERS: Final = frozenset({"length", "hour", "age", "abs", "ceil", "floor", "sum"})
_TEXTS: Final = frozenset({"type", "weekday", "date"})
# What they give for null.
_OF_ANYTHING: Final = {"to_string": "'null'", "to_array": "[null]"}
# No number is empty, and this one is there as long as there is a session.
_COUNT: Final = ("session", "takeovers")
_NEVER_NULL: Final = ("channel", "channel.tags", "resource", "resource.tags", "account", "@")
_ROOTS: Final = ("channel.", "session.", "resource.", "account.", "!")
_CORRECT: Final = "correct it, or leave it out"


# A part of a condition that comes out one way, whether it holds, and what to write instead.
type Decided = tuple[Node, bool, str]


def decided_conditions(rule: ParsedRule) -> Iterator[Fault]:
    for key, text in conditions_of(rule.document):
        yield from ((key, *fault) for fault in _faults_of(text))


def decided_beside(place: Location, rule: Mapping[Any, Any]) -> Iterator[LintWarning]:
    """Of a rule of which something else is wrong, on which this does not depend."""
    for key in ("when", "unless"):
        said = rule.get(key)
        text = said.get("condition") if isinstance(said, Mapping) else said
        with suppress(ValueError):  # The models say it.
            faults = _faults_of(check_expression(text)) if isinstance(text, str) else ()
            for message, remedy in faults:
                yield LintWarning((*place, key), f"{rule.get('id', 'no id')}: {message}", remedy)


def _faults_of(text: str) -> Iterator[tuple[str, str]]:
    for node, holds, remedy in decided_parts(parse(text)):
        yield f"{render(node)} {'always holds' if holds else 'can never hold'}", remedy


def decided_parts(node: Node, *, is_condition: bool = True) -> Iterator[Decided]:
    """From the whole to its smallest parts; of what is decided, no part is looked at."""
    holds = _outcome(node) if is_condition else None
    if holds is not None:
        yield node, holds, _never_empty(node) or _remedy(node)
        return
    is_joined = is_condition and node["type"] in (*JOINED, "not_expression")
    for position, child in enumerate(children_of(node)):
        is_filter = node["type"] == "filter_projection" and position == 2
        yield from decided_parts(child, is_condition=is_joined or is_filter)


def _outcome(node: Node) -> bool | None:
    return True if _never_empty(node) else Assumptions().outcome(node)


def _never_empty(node: Node) -> str:
    """What to write instead of a value that is never empty, whatever is in it."""
    match node["type"], node["children"]:
        case "multi_select_list", [only]:
            return f"a list in brackets is never empty; write {render(only)}"
        case "multi_select_list" | "multi_select_dict", _:
            return "it is never empty, even if all in it is null; join conditions with && and ||"
        case "function_expression" | "subexpression", _ if (
            node.get("value") in _NUMBERS or path_of(node) == _COUNT
        ):
            return f"every number holds, also 0; compare it, such as {render(node)} > `0`"
        case "subexpression" | "pipe", [*whole, part]:  # Of null it is null.
            is_there = ".".join(map(render, whole)) in _NEVER_NULL
            return _CORRECT if is_there and _never_empty(part) else ""
        case "function_expression", [tag] if node["value"] in _OF_ANYTHING and is_tag(tag):
            return f"of no tag it is {_OF_ANYTHING[node['value']]}; write {render(tag)}"
        case "function_expression", choices if node["value"] == "not_null":  # No tag is blank.
            last = next((each for each in choices if not is_tag(each)), None)
            return _CORRECT if last and _outcome(last) else ""
        case "function_expression", _ if node["value"] in _TEXTS:
            return "a text that is not empty always holds; compare it with something"
        case _:
            return ""


def _remedy(node: Node) -> str:
    """What was probably meant."""
    match node["type"], node["children"]:
        case "literal", _ if str(node["value"]).startswith(_ROOTS):
            return f"it is a text; take the single quotes away: {node['value']}"
        case "literal", _ if isinstance(node["value"], str) and node["value"]:
            return "a text by itself always holds; compare it with something"
        case "or_expression", [left, {"type": "literal"} as right] if (
            last := [*parts_of(left, "or_expression")][-1]
        )["type"] == "comparator":
            rest = f"{render(left)} || {render({**last, 'children': [last['children'][0], right]})}"
            return f"{render(right)} alone always holds; write {rest}"
        case joined, [left, right] if _compared(left) and _compared(left) == _compared(right):
            remedy = f"write {'&&' if joined == 'or_expression' else '||'} between them"
            is_order = not {left["value"], right["value"]} <= {"eq", "ne"}
            return f"{remedy}, or exchange the two values" if is_order else remedy
        case _:
            return _CORRECT


def _compared(node: Node) -> str:
    """What is compared with a literal; empty where nothing is."""
    sides = node["children"] if node["type"] == "comparator" else ()
    compared = [render(each) for each in sides if each["type"] != "literal"]
    return compared[0] if len(compared) == 1 else ""
