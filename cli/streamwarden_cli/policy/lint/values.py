"""What may be known of a value in the document that expressions see, short of the value itself."""

from dataclasses import dataclass
from typing import Any, Final

from streamwarden.domain.expressions.closures import is_true
from streamwarden.domain.globs import Accepts


@dataclass(frozen=True, slots=True)
class Constant:
    """Exactly this JSON value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Text:
    """Some text that is accepted."""

    accepts: Accepts


@dataclass(frozen=True, slots=True)
class Truth:
    """What JMESPath takes for true, or else null, false or something empty; None if unknown."""

    holds: bool | None


type Value = Constant | Text | Truth

ANYTHING: Final = Truth(None)
HOLDS: Final = Truth(True)
FAILS: Final = Truth(False)
NULL: Final = Constant(None)


def truth(value: Value) -> bool | None:
    """Whether it holds; None where that is not certain."""
    match value:
        case Constant(value=exact):
            return is_true(exact)
        case Text(accepts=accepts):
            return None if accepts("") else True
        case Truth(holds=holds):
            return holds


def meet(one: Value, other: Value) -> Value | None:
    """What is known when both are right; None when they cannot both be."""
    match one, other:
        case (Constant(), Constant()):
            return one if _are_same(one.value, other.value) else None
        case (Constant(value=exact), Text(accepts=accepts)) | (
            Text(accepts=accepts),
            Constant(value=exact),
        ):
            return Constant(exact) if isinstance(exact, str) and accepts(exact) else None
        case (Text(accepts=mine), Text(accepts=its)):
            return Text(lambda text: mine(text) and its(text))
        case _ if {truth(one), truth(other)} == {True, False}:
            return None
        case _:  # What says more than the truth is kept.
            return other if isinstance(one, Truth) and other != ANYTHING else one


def are_equal(one: Value, other: Value) -> bool | None:
    """Whether they are the same value; None where that is not certain."""
    if meet(one, other) is None:
        return False
    return True if isinstance(one, Constant) and isinstance(other, Constant) else None


def _are_same(one: object, other: object) -> bool:
    """As for JMESPath, which tells 1 from true."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
