"""What the linter asks of the syntax tree of an expression."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from streamwarden.domain.expressions.closures import Node, children_of, nodes_of
from streamwarden.domain.expressions.expressions import calls_in
from streamwarden_cli.policy.conditions.comparisons import is_constant, is_literal

type Path = tuple[str, ...]

JOINED: Final = frozenset({"and_expression", "or_expression"})
TAGS: Final = (("channel", "tags"), ("resource", "tags"))


def path_of(node: Node) -> Path | None:
    """`channel.tags.tier` as its names; None for anything but names."""
    parts = node["children"] if node["type"] == "subexpression" else [node]
    is_path = all(each["type"] == "field" for each in parts)
    return tuple(each["value"] for each in parts) if is_path else None


def is_tag(node: Node) -> bool:
    """Whether it is the value of a tag: a text that is not blank, or null."""
    path = path_of(node)
    return path is not None and len(path) > 2 and path[:2] in TAGS


def parts_of(node: Node, *joined: str) -> Iterator[Node]:
    """What such operators join, in the order in which it is evaluated."""
    if node["type"] not in joined:
        yield node
        return
    for child in node["children"]:
        yield from parts_of(child, *joined)


def compared(node: Node) -> Sequence[Any]:
    """The values with which another one is compared, by a sign or as elements of a list."""
    values = [_value_of(each) for each in children_of(node) if is_constant(each)]
    if node["type"] == "comparator":
        return values
    is_call = node["type"] == "function_expression" and node["value"] == "contains"
    is_listed = is_call and is_constant(node["children"][0]) and isinstance(values[0], list)
    return values[0] if is_listed else ()


def _value_of(constant: Node) -> Any:
    if is_literal(constant):
        return constant["value"]
    return [each["value"] for each in constant["children"]]


def is_comparison(node: Node) -> bool:
    return node["type"] == "comparator" or bool(compared(node))


def is_ordered(node: Node) -> bool:
    return node["type"] == "comparator" and node["value"] not in ("eq", "ne")


def is_opaque(node: Node) -> bool:
    """Whether there is something in it of which little is certain: a call, or an order."""
    return any(map(is_ordered, nodes_of(node))) or not all(map(compared, calls_in(node)))
