"""Expressions answer as the JMESPath library does, whichever way they are evaluated."""

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.expressions import (
    NotAnExpression,
    compile_condition,
    compile_expression,
    is_true,
)

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["", "a", "x y"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
LITERALS = st.sampled_from(["'a'", "''", "`0`", "`1`", "`true`", "`false`", "`null`", "`[]`"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
# Compiled here, besides two forms that are left to the library.
SIMPLE = PATHS | LITERALS | st.sampled_from(["a[0]", "length('ab')"])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "&&", "||"])
    pairs = st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})")
    return pairs | inner.map("!{}".format)


@given(st.recursive(SIMPLE, combined, max_leaves=5), st.dictionaries(NAMES, VALUES, max_size=3))
def test_every_form_answers_as_the_library_does(text: str, document: dict[str, Any]) -> None:
    assert outcome(compile_expression(text), document) == outcome(
        jmespath.compile(text).search, document
    )


def outcome(evaluate: Any, document: dict[str, Any]) -> tuple[str, str]:
    """With the type, because to Python 1 is True."""
    try:
        value = evaluate(document)
    except TypeError:
        return "TypeError", ""
    return type(value).__name__, repr(value)


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (None, False),
        (False, False),
        ("", False),
        ([], False),
        ({}, False),
        (True, True),
        (0, True),
        (1, True),
        ("0", True),
        ([0], True),
        ({"a": None}, True),
    ],
)
def test_truth_is_as_jmespath_defines_it(value: object, truth: bool) -> None:
    assert is_true(value) is truth


@pytest.mark.parametrize(
    "text",
    [
        "name > `5`",
        "starts_with(nothing, 'a')",
        "max([name, `5`])",
        "name[0] > `5` || (name > `5`)",
    ],
)
def test_a_condition_that_does_not_fit_does_not_hold_and_raises_nothing(text: str) -> None:
    assert compile_condition(text)({"name": "studio"}) is False


@pytest.mark.parametrize("text", ["", "[", "channel.", "channel ==", "a b"])
def test_what_is_no_expression_is_refused_with_where_it_is_wrong(text: str) -> None:
    with pytest.raises(NotAnExpression, match=r"not a JMESPath expression: .+"):
        compile_expression(text)
