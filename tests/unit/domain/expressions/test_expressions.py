"""Expressions answer as the JMESPath library does, whichever way they are evaluated."""

from datetime import UTC, datetime
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.expressions.closures import is_true
from streamwarden.domain.expressions.expressions import (
    NotAnExpression,
    compile_condition,
    compile_expression,
    intervals_of,
    may_read,
)
from streamwarden.domain.expressions.recheck_interval import RecheckInterval
from streamwarden.domain.expressions.time_functions import TimeFunctions

NOW = datetime(2026, 3, 14, 12, 34, 56, 789, tzinfo=UTC)

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 2)
    | st.sampled_from(["", "a", "x y", "UTC", "inf", "2026-03-14"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=3)
LITERALS = st.sampled_from(["'a'", "''", "`0`", "`1`", "`true`", "`false`", "`null`", "`[]`"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join) | st.just("@")
# Compiled here, besides forms that are left to the library.
SIMPLE = PATHS | LITERALS | st.sampled_from(["a[0]", "a[?b]", "hour('Asia/Kathmandu')"])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "&&", "||"])
    pairs = st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})")
    lists = st.lists(inner, min_size=1, max_size=2).map(lambda parts: f"[{', '.join(parts)}]")
    calls = called(("age", "floor", "length", "to_number", "type"), inner)
    clocks = called(("date", "hour", "weekday"), PATHS)
    contained = st.tuples(inner, inner).map(lambda parts: f"contains({', '.join(parts)})")
    return pairs | inner.map("!({})".format) | lists | calls | clocks | contained


def called(functions: tuple[str, ...], argument: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(functions), argument).map(lambda call: f"{call[0]}({call[1]})")


EXPRESSIONS = st.recursive(SIMPLE, combined, max_leaves=5)


@given(EXPRESSIONS, DOCUMENTS)
def test_every_form_answers_as_the_library_does(text: str, document: dict[str, Any]) -> None:
    def by_the_library() -> Any:
        options = jmespath.Options(custom_functions=TimeFunctions(NOW))
        return jmespath.compile(text).search(document, options)

    evaluate = compile_expression(text)

    assert outcome(lambda: evaluate(document, NOW)) == outcome(by_the_library)


def outcome(evaluate: Any) -> tuple[str, str]:
    """With the type, because to Python 1 is True."""
    try:
        value = evaluate()
    except (ValueError, TypeError, ArithmeticError) as error:
        return type(error).__name__, ""
    return type(value).__name__, repr(value)


@given(EXPRESSIONS, DOCUMENTS)
def test_a_condition_raises_on_no_document(text: str, document: dict[str, Any]) -> None:
    assert compile_condition(text)(document, NOW) in (True, False)


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
        "floor(to_number(infinity)) > `1`",
        "ceil(to_number(undefined)) > `1`",
        "list[::0]",
        "hour(list) > `1`",
        "age(number) > `1`",
        "later(name)",
    ],
)
def test_a_condition_that_does_not_fit_does_not_hold_and_raises_nothing(text: str) -> None:
    document = {"name": "studio", "infinity": "inf", "undefined": "nan", "list": [1], "number": 1}

    assert compile_condition(text)(document, NOW) is False


@pytest.mark.parametrize("text", ["", "[", "channel.", "channel ==", "a b", "(" * 5000])
def test_what_is_no_expression_is_refused_with_where_it_is_wrong(text: str) -> None:
    with pytest.raises(NotAnExpression, match=r"not a JMESPath expression: .+"):
        compile_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "hour('Europe/Berlim') > `8`",
        "a && !(weekday('') == 'sat')",
        "a[?date('Mars') > '2026']",
        "map(&hour('../UTC'), a)",
    ],
)
def test_a_zone_that_does_not_exist_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(NotAnExpression, match=r"expected the IANA name of a time zone .*, found"):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("a.age > `5` && contains(hour, 'date')", set()),
        ("age(a) > `5`", {RecheckInterval.AGE}),
        ("a[?weekday('UTC') == 'sat']", {RecheckInterval.CLOCK}),
        ("sort_by(a, &age(b))[1:2]", {RecheckInterval.AGE}),
        ("{a: [date('UTC')], b: !(age(b) < `3`)}", {RecheckInterval.AGE, RecheckInterval.CLOCK}),
    ],
)
def test_an_expression_says_how_it_depends_on_time(
    text: str, intervals: set[RecheckInterval]
) -> None:
    assert intervals_of(text) == intervals


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("session.viewers > `10`", True),
        ('!(session."view\\u0065rs")', True),
        ("session.{count: viewers}.count == `0`", True),
        ("session | viewers", True),
        ("values(session)", True),
        ("session.*", True),
        ("*.viewers", True),
        ("contains(values(@), 'x')", True),
        ("session.on_air && length(session.limit_hits[?@ == 'x']) > `0`", True),
        ("session.on_air && session.limit_hits[0] == 'x'", False),
        ("channel.tags.team == 'viewers'", False),
    ],
)
def test_what_may_read_a_member_of_the_session_is_known(expression: str, *, expected: bool) -> None:
    assert may_read(expression, "viewers") is expected
