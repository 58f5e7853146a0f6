"""What an expression must come to, whatever it is evaluated on; and what in it can come to nothing.

It follows JMESPath's own rules of evaluation, on shapes in the place of values. Refused is only
what is wrong for every document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from streamwarden.domain.expressions.closures import Node
from streamwarden.domain.expressions.shape import Kind, Member
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.conditions.calls import check_name, result_of
from streamwarden_cli.policy.conditions.comparisons import check_comparison
from streamwarden_cli.policy.conditions.shapes import (
    BOOLEAN,
    MAPPING,
    Inferred,
    either,
    list_of,
    of_literal,
)
from streamwarden_cli.policy.conditions.wording import render

_MOST_NAMES: Final = 8
_JSON_WORDS: Final = frozenset({"true", "false", "null"})


@dataclass(frozen=True)
class Place:
    """What names are looked up in, and how the expression says it; nothing for the whole."""

    shape: Inferred
    text: str = ""


def infer(node: Node, place: Place) -> Inferred:
    """What is known of the expression's value. Raises ValueError, saying what is wrong."""
    return _FORMS[node["type"]](node, place)


def _field(node: Node, place: Place) -> Inferred:
    shape, name = place.shape, node["value"]
    if shape is None:
        return None
    if shape.kind is not Kind.MAPPING:
        raise ValueError(f"{place.text} is {shape.kind} and has no member {name!r}")
    if shape.members is None:
        return shape.items
    if name not in shape.members:
        raise ValueError(_describe_unknown(name, place.text, shape.members))
    return shape.members[name].shape


def _describe_unknown(name: str, owner: str, members: Mapping[str, Member]) -> str:
    hint, expected = did_you_mean(name, members), f" (expected {format_list(members)})"
    if not owner:
        hint = _describe_owner(name, members) or hint or _describe_literal(name)
        return f"nothing is called {name!r}{hint}{expected}"
    # A long list helps only where no name of it is near.
    hint += expected if not hint or len(members) <= _MOST_NAMES else ""
    return f"{owner} has no member {name!r}{hint}"


def _describe_owner(name: str, members: Mapping[str, Member]) -> str:
    """Somebody may have left out what it is part of."""
    owners = (root for root, member in members.items() if name in (member.shape.members or ()))
    owner = next(owners, None)
    return f"; did you mean {owner}.{name}?" if owner else ""


def _describe_literal(name: str) -> str:
    """Somebody may have meant no name at all."""
    if name in _JSON_WORDS:
        return f"; {name} stands in backquotes"
    return "; text stands in single quotes"


def _chain(node: Node, place: Place) -> Inferred:
    """Each part is looked up in what the ones before it came to."""
    _check_negation(node)
    for part in node["children"]:
        place = Place(infer(part, place), _format(place, part))
    return place.shape


def _check_negation(node: Node) -> None:
    """jmespath reads `!a.b` as `(!a).b`, which is null."""
    first, *others = node["children"]
    if node["type"] == "subexpression" and first["type"] == "not_expression":
        meant = ".".join(render(part) for part in (first["children"][0], *others))
        raise ValueError(f"{render(node)} negates {render(first)[1:]} alone; write !({meant})")


def _format(place: Place, node: Node) -> str:
    return f"{place.text}{'.' if place.text and node['type'] != 'index' else ''}{render(node)}"


def _current(_: Node, place: Place) -> Inferred:
    return place.shape


def _index(_: Node, place: Place) -> Inferred:
    return _items(place.shape, place.text)


def _slice(_: Node, place: Place) -> Inferred:
    _items(place.shape, place.text)
    return place.shape


def _items(shape: Inferred, text: str) -> Inferred:
    if shape is None:
        return None
    if shape.kind is not Kind.LIST:
        raise ValueError(f"{text} is {shape.kind}, not a list")
    return shape.items


def _projection(node: Node, place: Place) -> Inferred:
    listed = node["children"][0]
    text = _format(place, listed)
    element = text if listed["type"] == "flatten" else f"{text}[]"
    return _each(node, Place(_items(infer(listed, place), text), element))


def _each(node: Node, element: Place) -> Inferred:
    """`[*].right`, or `[?condition].right`: of each element."""
    _, right, *conditions = node["children"]
    for condition in conditions:
        infer(condition, element)
    return list_of([infer(right, element)])


def _value_projection(node: Node, place: Place) -> Inferred:
    mapped = node["children"][0]
    shape, text = infer(mapped, place), _format(place, mapped)
    if shape is not None and shape.kind is not Kind.MAPPING:
        raise ValueError(f"{text} is {shape.kind}, not a mapping")
    return _each(node, Place(shape and shape.items, f"{text}.*"))


def _flatten(node: Node, place: Place) -> Inferred:
    listed = node["children"][0]
    items = _items(infer(listed, place), _format(place, listed))
    return list_of([items.items]) if items and items.kind is Kind.LIST else list_of([items])


def _literal(node: Node, _: Place) -> Inferred:
    return of_literal(node["value"])


def _comparator(node: Node, place: Place) -> Inferred:
    left, right = (infer(child, place) for child in node["children"])
    check_comparison(node, left, right)
    return BOOLEAN


def _not(node: Node, place: Place) -> Inferred:
    infer(node["children"][0], place)
    return BOOLEAN


def _either_side(node: Node, place: Place) -> Inferred:
    return either([infer(child, place) for child in node["children"]])


def _call(node: Node, place: Place) -> Inferred:
    check_name(node)
    return result_of(node, [infer(child, place) for child in node["children"]])


def _expression(node: Node, _: Place) -> Inferred:
    """`&name`: what it is looked up in is the function's affair."""
    return infer(node["children"][0], Place(None))


def _list(node: Node, place: Place) -> Inferred:
    return list_of([infer(child, place) for child in node["children"]])


def _mapping(node: Node, place: Place) -> Inferred:
    for pair in node["children"]:
        infer(pair["children"][0], place)
    return MAPPING


_FORMS: Final[Mapping[str, Callable[[Node, Place], Inferred]]] = {
    "field": _field,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "current": _current,
    "identity": _current,
    "index": _index,
    "slice": _slice,
    "projection": _projection,
    "filter_projection": _projection,
    "value_projection": _value_projection,
    "flatten": _flatten,
    "literal": _literal,
    "comparator": _comparator,
    "not_expression": _not,
    "and_expression": _either_side,
    "or_expression": _either_side,
    "function_expression": _call,
    "expref": _expression,
    "multi_select_list": _list,
    "multi_select_dict": _mapping,
}
