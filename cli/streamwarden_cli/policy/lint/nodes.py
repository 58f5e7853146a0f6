"""What the linter asks of the syntax tree of an expression."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from streamwarden.domain.expressions.closures import Node, children_of

type Path = tuple[str, ...]

JOINED: Final = frozenset({"and_expression", "or_expression"})
TAGS: Final = (("channel", "tags"), ("resource", "tags"))


def path_of(node: Node) -> Path | None:
    """`channel.tags.tier` as its names; None for anything but names."""
    match node["type"]:
        case "field":
            return (node["value"],)
        case "subexpression":
            parts = [path_of(child) for child in node["children"]]
            return None if None in parts else tuple(name for part in parts for name in part or ())
        case _:
            return None


def is_tag(node: Node) -> bool:
    """Whether it is the value of a tag: a text that is not blank, or null."""
    path = path_of(node)
    return path is not None and len(path) > 2 and path[:2] in TAGS


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children_of(node):
        yield from nodes(child)


def parts_of(node: Node, *joined: str) -> Iterator[Node]:
    """What such operators join, in the order in which it is evaluated."""
    if node["type"] not in joined:
        yield node
        return
    for child in node["children"]:
        yield from parts_of(child, *joined)


def literals_in(whole: Node) -> Sequence[Any]:
    """The values of a list that is written out; none of anything else."""
    match whole["type"]:
        case "literal" if isinstance(whole["value"], list):
            return whole["value"]
        case "multi_select_list" if all(each["type"] == "literal" for each in whole["children"]):
            return [each["value"] for each in whole["children"]]
        case _:
            return ()


def is_constant(node: Node) -> bool:
    return node["type"] == "literal" or bool(literals_in(node))


def compared(node: Node) -> Sequence[Any]:
    """The values with which another one is compared, by a sign or as elements of a list."""
    if node["type"] == "comparator":
        return [each["value"] for each in node["children"] if each["type"] == "literal"]
    is_call = node["type"] == "function_expression" and node["value"] == "contains"
    return literals_in(node["children"][0]) if is_call else ()


def is_comparison(node: Node) -> bool:
    return node["type"] == "comparator" or bool(compared(node))


def is_opaque(node: Node) -> bool:
    """Whether there is something in it of which little is certain: a call, or an order."""
    comparisons = {"eq", "ne", "contains"}
    kinds = {"function_expression", "comparator"}
    return any(
        each["type"] in kinds and not (is_comparison(each) and each["value"] in comparisons)
        for each in nodes(node)
    )
