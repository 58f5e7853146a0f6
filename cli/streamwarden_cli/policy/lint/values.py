"""What may be known of a value in the document that expressions see, short of the value itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from streamwarden.domain.expressions.closures import is_true

type Accepts = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Constant:
    """Exactly this JSON value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Text:
    """Some text that all of these accept."""

    accepts: tuple[Accepts, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """Anything that JMESPath takes for true: not null, false or empty."""


@dataclass(frozen=True, slots=True)
class Failing:
    """Null, false or something empty."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Nothing is known of it."""


type Value = Constant | Text | Holding | Failing | Anything

ANYTHING: Final = Anything()
HOLDS: Final = Holding()
FAILS: Final = Failing()
NULL: Final = Constant(None)


def truth(value: Value) -> bool | None:
    """Whether it holds; None where that is not certain."""
    match value:
        case Constant(value=exact):
            return is_true(exact)
        case Holding():
            return True
        case Failing():
            return False
        case Text(accepts=accepts):
            return None if all(accept("") for accept in accepts) else True
        case Anything():
            return None


def meet(one: Value, other: Value) -> Value | None:
    """What is known when both are right; None when they cannot both be."""
    match one, other:
        case (Anything(), _):
            return other
        case (_, Anything()):
            return one
        case (Constant(), Constant()):
            return one if _are_same(one.value, other.value) else None
        case (Constant(value=exact), Text(accepts=accepts)) | (
            Text(accepts=accepts),
            Constant(value=exact),
        ):
            is_accepted = isinstance(exact, str) and all(accept(exact) for accept in accepts)
            return Constant(exact) if is_accepted else None
        case (Text(), Text()):
            return Text((*one.accepts, *other.accepts))
        case _:
            return _meet_by_truth(one, other)


def _meet_by_truth(one: Value, other: Value) -> Value | None:
    """Of at least one, only the truth is known; what says more than that is kept."""
    truths = {truth(one), truth(other)}
    if truths == {True, False}:
        return None
    return one if isinstance(one, Constant | Text) else other


def are_equal(one: Value, other: Value) -> bool | None:
    """Whether they are the same value; None where that is not certain."""
    match one, other:
        case (Constant(), Constant()):
            return _are_same(one.value, other.value)
        case _:
            return False if meet(one, other) is None else None


def _are_same(one: object, other: object) -> bool:
    """As for JMESPath, which tells 1 from true."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
