"""What an expression can only come to, given the little that a policy says of a channel.

`match` says something of the channels that a rule is about, and so does each condition that must
hold. A condition is followed through all the ways in which it may come out, as an observer
evaluates it. Ways that no value can take are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any, Final, cast

from streamwarden.domain.expressions.closures import Evaluate, Node, closure_of, is_true
from streamwarden.domain.expressions.expressions import UNFIT
from streamwarden_cli.policy.conditions.comparisons import is_constant
from streamwarden_cli.policy.conditions.shapes import HOUR, WEEKDAY
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.nodes import (
    JOINED,
    TAGS,
    Path,
    compared,
    is_comparison,
    is_opaque,
    is_ordered,
    path_of,
)
from streamwarden_cli.policy.lint.values import Demand, are_met, mappings, samples

# What is asked of the values at some paths, and of what some calls give.
type Case = Mapping[Path, Sequence[Demand]]
# Whether something holds; None where it raises.
type Answer = bool | None

# Of a condition that may come out in so many ways, nothing is certain.
_MOST: Final = 100
# A comparison does not look at the clock.
_EVER: Final = datetime(2020, 1, 1, tzinfo=UTC)
# Stands for the one value in a condition that is not known.
_NAME: Final = "value"
_UNKNOWN: Final[Node] = {"type": "field", "value": _NAME, "children": []}
# By the clock of a zone that is written out.
_CLOCKS: Final[Mapping[str, Sequence[Demand]]] = {
    "hour": [Demand(lambda value: type(value) is int and value in HOUR.values, HOUR.values)],
    "weekday": [Demand(lambda value: value in WEEKDAY.values, WEEKDAY.values)],
    "date": [Demand(lambda value: isinstance(value, str) and value)],
}
_COUNT: Final = [Demand(lambda value: type(value) in (int, float) and value >= 0, (0,))]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed of a document, case by case; there is no case if it contradicts itself."""

    cases: Sequence[Case] = ({},)

    @property
    def is_contradictory(self) -> bool:
        return not self.cases

    def demand(self, path: Path, *demands: Demand) -> "Assumptions":
        narrowed = (_narrowed(each, path, *demands) for each in self.cases)
        return Assumptions([each for each in narrowed if each is not None])

    def suppose(self, condition: str | None, *, holds: bool = True) -> "Assumptions":
        """That a condition holds, or does not; one that raises does not hold."""
        answers = self._answers(parse(condition)) if condition else []
        if not condition or len(answers) == _MOST:
            return self
        return Assumptions([case for answer, case in answers if (answer is True) is holds])

    def outcome(self, node: Node) -> bool | None:
        """Whether a condition holds in all cases, or in none; None if neither is certain."""
        answers = self._answers(node)
        holds = {answer is True for answer, _ in answers}
        return holds.pop() if len(holds) == 1 and len(answers) < _MOST else None

    def _answers(self, node: Node) -> Sequence[tuple[Answer, Case]]:
        found = (answer for each in self.cases for answer in _answers(node, each))
        return [*islice(found, _MOST)]


def _narrowed(case: Case, path: Path, *more: Demand) -> Case | None:
    """The case with what is asked in addition; None if no value is like that."""
    demands = (*more, *case.get(path, ()))
    is_possible = any(are_met(demands, each) for each in _candidates(case, path, demands))
    return {**case, path: demands} if is_possible else None


def _candidates(case: Case, path: Path, demands: Sequence[Demand]) -> Iterator[Any]:
    """Nothing is within anything but a mapping."""
    around = (case[path[:length]] for length in range(1, len(path)) if path[:length] in case)
    if not all(any(are_met(each, value) for value in mappings(each)) for each in around):
        return iter([None])
    within = (known for known in case if len(known) > len(path) and known[: len(path)] == path)
    is_mapping = any(not are_met(case[known], None) for known in within)
    return mappings(demands) if is_mapping else samples(demands)


def _answers(node: Node, case: Case) -> Iterator[tuple[Answer, Case]]:
    """The ways in which it may come out, each with what this says of the values in it."""
    children = node["children"]
    match node["type"]:
        case "and_expression" | "or_expression" as joined:
            for answer, known in _answers(children[0], case):
                goes_on = answer is (joined == "and_expression")
                yield from _answers(children[1], known) if goes_on else [(answer, known)]
        case "not_expression":
            for answer, known in _answers(children[0], case):
                yield None if answer is None else not answer, known
        case _ if is_comparison(node) and any(each["type"] in JOINED for each in children):
            yield from _answers_of_chosen(node, case)
        case _:
            yield from _answers_of_one(node, case)


def _answers_of_chosen(node: Node, case: Case) -> Iterator[tuple[Answer, Case]]:
    """Of `(a || b) == c`, which is `a == c` or `b == c`."""
    side = next(each for each in node["children"] if each["type"] in JOINED)
    for answer, known in _answers(side["children"][0], case):
        chosen = side["children"][answer is (side["type"] == "and_expression")]
        sides = [chosen if each is side else each for each in node["children"]]
        rest = {**node, "children": sides}
        yield from [(None, known)] if answer is None else _answers(rest, known)


def _answers_of_one(node: Node, case: Case) -> Iterator[tuple[Answer, Case]]:
    """Of a condition without operators. Of two unknown values, only the comparison is known."""
    sides = node["children"] if is_comparison(node) else [node]
    if len({_key(each) for each in sides if not is_constant(each)}) > 1:
        sides = [node]
    unknown = {_key(each): each for each in sides if not is_constant(each)} or {(): node}
    places = [each if is_constant(each) else _UNKNOWN for each in sides]
    form = {**node, "children": places} if sides[1:] else places[0]
    evaluate = cast("Evaluate", closure_of(form))
    # Of a number and a text, neither comes first.
    answers = (True, False, None) if is_ordered(node) else (True, False)
    for key, each in unknown.items():
        always = () if key in case else _always(each)
        is_new = bool(key) and key not in case  # What is known did not raise.
        if is_new and is_opaque(each) and not always:
            yield None, case
        for answer in answers:
            demand = Demand(partial(_is_answered, evaluate, answer), compared(node))
            narrowed = _narrowed(case, key, demand, *always)
            if narrowed is not None:
                yield answer, narrowed


def _is_answered(evaluate: Evaluate, answer: Answer, value: object) -> bool:
    try:
        return is_true(evaluate({_NAME: value}, _EVER)) is answer
    except UNFIT:
        return answer is None


def _always(node: Node) -> Sequence[Demand]:
    """What a call that cannot raise gives, whatever it is asked about."""
    if node["type"] != "function_expression":
        return ()
    argument = node["children"][0]
    if argument["type"] == "literal" and isinstance(argument["value"], str):
        return _CLOCKS.get(node["value"], ())
    return _COUNT if node["value"] == "length" and path_of(argument) in TAGS else ()


def _key(node: Node) -> Path:
    return path_of(node) or (str(node),)
