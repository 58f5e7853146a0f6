"""A warning is right: what it takes for certain holds for whatever can be known of a channel."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from typing import Any

import jmespath
import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import assess
from streamwarden.domain.expressions.closures import is_true
from streamwarden.domain.expressions.expressions import compile_condition
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Status, Verdict
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.certainty import Assumptions
from streamwarden_cli.policy.lint.decided import decided_parts
from streamwarden_cli.policy.lint.nodes import is_opaque, path_of
from testbed.builders import every_kind, facts_from
from tests.unit.domain.rules.cases import Case
from tests.unit.domain.rules.every_case import every_case
from tests.unit.domain.strategies import moments, states

EVERY_KIND = every_kind().about(ResourceType.CHANNEL)
BREACHED_ONLY_WHERE = {
    word: kind.breached_only_where for word, kind in RULE_KINDS.items() if kind.breached_only_where
}
LIMITS = {
    word: kind.upper_limit or kind.lower_limit
    for word, kind in RULE_KINDS.items()
    if kind.upper_limit or kind.lower_limit
}
HOLDS = {word: compile_condition(wanted) for word, wanted in BREACHED_ONLY_WHERE.items()}


def breaches(state: Resource, now: datetime) -> list[Verdict]:
    verdicts = assess(Facts(state), EVERY_KIND, now)
    return [each for each in verdicts if each.status is Status.BREACH]


@given(states, moments)
def test_a_breach_is_found_only_where_its_kind_is_said_to_find_one(
    state: Resource, now: datetime
) -> None:
    for verdict in breaches(state, now):
        holds = HOLDS.get(verdict.kind)
        assert holds is None or holds(Facts(state).document, now), verdict


WORDS = {check: word for word, check in RULE_KINDS.items()}
# Every breach in the tables of the rule kinds, with the word for its kind.
BREACHES = [
    (WORDS[type(case.check)], case) for case in every_case() if case.found.status is Status.BREACH
]


def breaches_of(kinds: Mapping[str, str]) -> list[Any]:
    return [pytest.param(word, case, id=case.title) for word, case in BREACHES if word in kinds]


def test_every_kind_that_is_spoken_of_has_a_breach() -> None:
    assert {*BREACHED_ONLY_WHERE, *LIMITS} <= {word for word, _ in BREACHES}


@pytest.mark.parametrize(("kind", "case"), breaches_of(BREACHED_ONLY_WHERE))
def test_where_a_kind_finds_a_breach(kind: str, case: Case) -> None:
    assert HOLDS[kind](facts_from(*case.given).document, case.now)


@pytest.mark.parametrize(("kind", "case"), breaches_of(LIMITS))
def test_a_breach_of_a_limit_is_one_of_a_stricter_limit(kind: str, case: Case) -> None:
    limit = getattr(case.check, LIMITS[kind])
    stricter = (1 + limit) / 2 if case.check.lower_limit else limit // 2 or 1
    check = replace(case.check, **{LIMITS[kind]: stricter})

    assert (
        check.prepare()(facts_from(*case.given, arn=case.about), case.now).status is Status.BREACH
    )


SIGNS = ("&&", "||")
NAMES = ("a", "b", "a.x", "a.y")
LITERALS = (
    "'s'",
    "'t'",
    "`true`",
    "`false`",
    "`null`",
    "`1`",
    "''",
    "[a]",
    "{x: b}",
    "a.[x]",
    "['s']",
    '`{"x": "s"}`',
)
EDGES = ("`0`", "`1`", "`1.5`", "'s'", "'sa'")
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ("s", "t", True, False, None, 1, "", [], {}, ["s"])
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "a": VALUES | st.fixed_dictionaries({}, optional={"x": VALUES, "y": VALUES}),
        "b": VALUES,
    },
)


def _expressions() -> st.SearchStrategy[str]:
    names, literals = st.sampled_from(NAMES), st.sampled_from(LITERALS)
    compared = st.builds("{} {} {}".format, names, st.sampled_from(("==", "!=")), literals | names)
    ordered = st.builds(
        "{} {} {}".format, names, st.sampled_from(("<", "<=", ">", ">=")), st.sampled_from(EDGES)
    )
    found = st.builds("contains(['s', 't'], {})".format, names)
    chosen = st.builds("({} {} {}) == {}".format, names, st.sampled_from(SIGNS), literals, literals)
    leaves = names | literals | compared | ordered | found | chosen
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds("({} && {})".format, inner, inner),
            st.builds("({} || {})".format, inner, inner),
            st.builds("!({})".format, inner),
            st.builds("!{}".format, names),
        ),
        max_leaves=5,
    )


def searched(expression: str, document: dict[str, Any]) -> Any:
    """What an observer gets. The library fails where a text is compared with a number by size; such
    an example says nothing."""
    try:
        return jmespath.search(expression, document)
    except TypeError:
        reject()


@given(_expressions(), _expressions(), DOCUMENTS)
def test_what_is_certain_is_so(condition: str, expression: str, document: dict[str, Any]) -> None:
    state = Assumptions().suppose(condition)
    if not is_true(searched(condition, document)):
        return

    assert not state.is_contradictory
    assert state.outcome(parse(expression)) in (None, is_true(searched(expression, document)))


@example("a.[x]", {})
@given(_expressions(), DOCUMENTS)
def test_what_is_decided_comes_out_so(expression: str, document: dict[str, Any]) -> None:
    node = parse(expression)
    for part, holds, _ in decided_parts(node):
        if part is node:
            assert is_true(searched(expression, document)) is holds


@pytest.mark.parametrize(
    ("condition", "expression", "certain"),
    [
        ("a", "a", True),
        ("a.x", "a", True),
        ("!a", "a.x", False),
        ("a == 's'", "a != 't'", True),
        ("a == 's' && b", "b && a == 's'", True),
        ("!(a || b)", "b", False),
        ("a == b", "a", None),
        ("a != 's'", "a == 's'", False),
        ("a == 's'", "(a || 't') == 't'", False),
        ("!a", "('s' || a) == 's' && (a && 's') == 't'", False),
        ("a", "contains(a, 's')", None),
    ],
)
def test_what_can_be_concluded(condition: str, expression: str, certain: bool | None) -> None:
    assert Assumptions().suppose(condition).outcome(parse(expression)) is certain


@pytest.mark.parametrize(
    ("expression", "is_unclear"),
    [
        ("a.b && !c", False),
        ("a == 's'", False),
        ("a > `1`", True),
        ("!length(a)", True),
        ("contains(['s'], a)", False),
        ("contains(a, ['s'])", True),
        ("a[1:]", False),
    ],
)
def test_of_what_little_is_certain(expression: str, is_unclear: bool) -> None:
    assert is_opaque(parse(expression)) is is_unclear


@pytest.mark.parametrize(
    ("expression", "path"),
    [("a", ("a",)), ('a."b-c".d', ("a", "b-c", "d")), ("a[0]", None), ("(!a).b", None)],
)
def test_only_names_are_paths(expression: str, path: tuple[str, ...] | None) -> None:
    assert path_of(parse(expression)) == path
