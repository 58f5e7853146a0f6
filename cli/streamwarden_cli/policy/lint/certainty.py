"""What an expression can only be, given the little that a policy itself says of a channel.

`match` says something of the channels that a rule is about, and so does each condition that must
hold. From that an expression is certainly true, certainly false, or neither.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, Final

from streamwarden_cli.policy.lint.values import (
    ANYTHING,
    FAILS,
    HOLDS,
    NULL,
    Constant,
    Truth,
    Value,
    are_equal,
    meet,
    truth,
)

type Path = tuple[str, ...]
type Node = Mapping[str, Any]

TAGS: Final = (("channel", "tags"), ("resource", "tags"))
_EQUALITIES: Final = frozenset({"eq", "ne"})


@dataclass(slots=True)
class Assumptions:
    """What is known of the values at some paths of the document."""

    values: dict[Path, Value] = field(default_factory=dict)
    is_contradictory: bool = False

    def note(self, path: Path, value: Value) -> None:
        met = meet(self.at(path), value)
        if met is None:
            self.is_contradictory = True
        else:
            self.values[path] = met

    def at(self, path: Path) -> Value:
        for length in range(1, len(path)):
            if truth(self.values.get(path[:length], ANYTHING)) is False:
                return NULL  # Nothing is within what is null or empty.
        if path in self.values:
            return self.values[path]
        within = (value for known, value in self.values.items() if known[: len(path)] == path)
        return HOLDS if any(truth(value) for value in within) else ANYTHING

    def refute(self, node: Node, *, holds: bool = True) -> bool:
        """Whether a condition certainly does not hold; or with `holds=False`, whether it does."""
        supposed = Assumptions(dict(self.values), self.is_contradictory)
        supposed.assume(node, holds=holds)
        return supposed.is_contradictory

    def assume(self, node: Node, *, holds: bool = True) -> None:
        """Note what follows from a condition that holds, or does not.

        One that raises counts as one that does not hold. Nothing follows for its parts.
        """
        if holds or not may_fail(node):
            self._conclude(node, holds=holds)

    def _conclude(self, node: Node, *, holds: bool) -> None:
        node = _spelled_out(node)
        children = node["children"]
        match node["type"]:
            case "not_expression":
                self._conclude(children[0], holds=not holds)
            case "and_expression" | "or_expression" as joined if holds is _needs_all(joined):
                for child in children:
                    self._conclude(child, holds=holds)
            case "and_expression" | "or_expression":  # One of them is enough.
                self.is_contradictory |= all(self.refute(each, holds=holds) for each in children)
            case "comparator" if node["value"] in _EQUALITIES:
                if holds is (node["value"] == "eq"):
                    self._equate(*children)
            case _:
                path = path_of(node)
                if path is not None:
                    self.note(path, HOLDS if holds else FAILS)
        if truth(self.evaluate(node)) is (not holds):
            self.is_contradictory = True

    def _equate(self, left: Node, right: Node) -> None:
        for place, other in ((left, right), (right, left)):
            path, value = path_of(place), self.evaluate(other)
            if path is not None and isinstance(value, Constant):
                self.note(path, value)

    def evaluate(self, node: Node) -> Value:
        path = path_of(node)
        if path is not None:
            return self.at(path)
        node = _spelled_out(node)
        children = node["children"]
        match node["type"]:
            case "literal":
                return Constant(node["value"])
            case "subexpression" if children[0]["type"] == "not_expression":
                return NULL  # `!a.b` is `(!a).b`, and nothing is within true or false.
            case "not_expression":
                held = truth(self.evaluate(children[0]))
                return ANYTHING if held is None else Constant(not held)
            case "and_expression" | "or_expression":
                return self._joined(node)
            case "comparator" if node["value"] in _EQUALITIES:
                is_itself = children[0] == children[1]
                same = is_itself or are_equal(*map(self.evaluate, children))
                return ANYTHING if same is None else Constant(same is (node["value"] == "eq"))
            case _:
                return ANYTHING

    def _joined(self, node: Node) -> Value:
        """`&&` gives its first part that fails, `||` its first that holds, or else the last."""
        ending = not _needs_all(node["type"])
        first, second = map(self.evaluate, node["children"])
        if truth(first) is None:
            return Truth(ending) if truth(second) is ending else ANYTHING
        return first if truth(first) is ending else second


def _needs_all(joined: str) -> bool:
    return joined == "and_expression"


def _spelled_out(node: Node) -> Node:
    """`contains(['a', 'b'], x)` as `x == 'a' || x == 'b'`; any other node as it is."""
    if node["type"] != "function_expression" or node["value"] != "contains":
        return node
    whole, part = node["children"]
    texts = literals_in(whole)
    if not texts or not all(isinstance(each, str) for each in texts):
        return node
    same = [_node("comparator", part, _node("literal", value=each), value="eq") for each in texts]
    return reduce(partial(_node, "or_expression"), same)


def literals_in(whole: Node) -> Sequence[Any]:
    """The values of a list that is written out; none of anything else."""
    match whole["type"]:
        case "literal" if isinstance(whole["value"], list):
            return whole["value"]
        case "multi_select_list" if all(each["type"] == "literal" for each in whole["children"]):
            return [each["value"] for each in whole["children"]]
        case _:
            return ()


def _node(kind: str, *children: Node, **more: Any) -> Node:
    return {"type": kind, "children": children, **more}


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


def parts_of(node: Node, *joined: str) -> Iterator[Node]:
    """What such operators join, in the order in which it is evaluated."""
    if node["type"] not in joined:
        yield node
        return
    for child in node["children"]:
        yield from parts_of(child, *joined)


def is_tag(node: Node) -> bool:
    """Whether it is the value of a tag: a text that is not blank, or null."""
    path = path_of(node)
    return path is not None and len(path) > 2 and path[:2] in TAGS


def may_fail(node: Node) -> bool:
    """Whether evaluating it may raise."""
    node = _spelled_out(node)
    is_call = node["type"] == "function_expression"
    is_order = node["type"] == "comparator" and node["value"] not in _EQUALITIES
    return is_call or is_order or any(map(may_fail, _within(node)))


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in _within(node):
        yield from nodes(child)


def _within(node: Node) -> Iterator[Node]:
    """Those of a slice are numbers."""
    return (child for child in node["children"] if isinstance(child, Mapping))
