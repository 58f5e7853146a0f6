"""A pattern that may be slow or that no tag matches is refused; its neighbour is not."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden_cli.policy.patterns.automaton import LONGEST, Automaton, automaton_of
from streamwarden_cli.policy.patterns.backtracking import may_be_slow
from streamwarden_cli.policy.patterns.checking import fault_of_pattern
from streamwarden_cli.policy.patterns.rewriting import rewrite
from tests.unit.cli.policy.documents import errors_of, load

# Each with what matches the same and is not slow; empty where no rewriting is known.
SLOW = [
    ("([a-z]+-?)+", "[a-z]+(-[a-z]+)*-?"),
    ("^(?:[a-z0-9]+[._-]?)*$", "^([a-z0-9]+([._-][a-z0-9]+)*[._-]?)?$"),
    (r"(\w+\s?)+", r"\w+(\s\w+)*\s?"),
    ("([a-z]+-*)+", "[a-z]([a-z]|-)*"),
    ("(a+)+b", "a+b"),
    ("([a-z]*)*", "[a-z]*"),
    ("([a-z]+|[0-9]+)+", "([a-z]|[0-9])+"),
    (r"(\w+|-)*", r"(\w|-)*"),
    ("(.|-)+x", ""),
    ("(a|ab|b)*c", ""),
    ("(?:.*,)*x", ""),
    ("(a?){30}a{30}", ""),
    ("a?" * 30 + "a" * 30, ""),
    ("(a{1,10}){1,10}", ""),
    ("(?:a(b?)?)*c", ""),
    ("(?:(a?)*b)*c", ""),
    (".*-.*-.*-.*", ""),
    ("(?=(a+)+b)a*", ""),
]
FAST = [
    "",
    "prod|test|dev",
    "CC-[0-9]{4}",
    r"[A-Z]{2,5}-\d{3,6}",
    "[a-z]+(-[a-z]+)*",
    "^[a-z0-9]+(?:[._-][a-z0-9]+)*$",
    "(news|sport|film)(-(news|sport|film))*",
    r".+@.+\..+",
    r"[^@]+@example\.(com|org)",
    "(?i)(free|trial|paid)",
    "(?i)(a|A)+",
    "(a|b|c)+",
    "(ab|ac)*",
    "(?!test).*",
    "(?=.*[A-Z])(?=.*[0-9])(?=.*[a-z]).+",
    "([0-9a-f]{2}){3}",
    "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?",
    r"[a-z]{1,63}(\.[a-z]{1,63}){0,3}",
    r"v?\d+(\.\d+){0,2}",
    r"(\w+ )*\w+",
    "team-.*",
    ".*-prod",
    ".*-.*-.*",
    "colou?r",
    "[^-]*-",
    "(?>[a-z]+)-x",
    "a*+b",
]


@pytest.mark.parametrize(("pattern", "rewritten"), SLOW)
def test_a_pattern_that_may_be_slow_is_refused_with_another_one(
    pattern: str, rewritten: str
) -> None:
    fault = fault_of_pattern(pattern)

    assert fault.startswith(f"'{pattern}' may take seconds for a long value, and hold up all")
    assert (f"write '{rewritten}', which matches the same" in fault) is bool(rewritten)
    assert not rewritten or fault_of_pattern(rewritten) == ""


@pytest.mark.parametrize("pattern", FAST)
def test_a_pattern_that_is_fast_is_taken(pattern: str) -> None:
    assert fault_of_pattern(pattern) == ""


REWRITTEN = [pattern for pattern, rewritten in SLOW if rewritten]


@given(st.sampled_from(REWRITTEN), st.text("ab-_ 1", max_size=7))
def test_what_is_proposed_matches_the_same(pattern: str, text: str) -> None:
    rewritten = rewrite(pattern)

    assert bool(re.fullmatch(pattern, text)) is bool(re.fullmatch(rewritten, text))


def count_ways(automaton: Automaton, text: str) -> int:
    """How many ways through the automaton there are for the beginnings of a text."""
    found, reached = 0, Counter(automaton.whole.first)
    for character in text:
        bit = automaton.alphabet.characters.index(character)
        taken = {part: count for part, count in reached.items() if automaton.takes[part] >> bit & 1}
        found = max(found, sum(taken.values()))
        reached = Counter()
        for part, count in taken.items():
            for after in automaton.follows[part]:
                reached[after] += count
    return found


def _patterns() -> st.SearchStrategy[str]:
    signs = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}"])
    return st.recursive(
        st.sampled_from(["a", "b", "[ab]", ".", "[^a]"]),
        lambda inner: st.one_of(
            st.builds("{}{}".format, inner, inner),
            st.builds("({}|{}){}".format, inner, inner, signs),
            st.builds("({}){}".format, inner, signs),
        ),
        max_leaves=6,
    )


@given(_patterns(), st.text("ab", min_size=1, max_size=4))
def test_no_text_has_many_ways_through_a_pattern_that_is_taken(pattern: str, unit: str) -> None:
    automaton = automaton_of(pattern)
    if not may_be_slow(automaton):
        assert count_ways(automaton, (unit * LONGEST)[:LONGEST]) <= 2 * LONGEST**2


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("team-*", "'team-*' is a glob, not a regular expression; write 'team-.*', or `values`"),
        (
            "/^team-[a-z]+$/i",
            "no value of a tag matches '/^team-[a-z]+$/i'; write it without slashes: "
            "'(?i)team-[a-z]+'",
        ),
        (
            "team-[[:alpha:]]+",
            "no value of a tag matches 'team-[[:alpha:]]+'; Python has no classes such as "
            "[:alpha:]: write 'team-[A-Za-z]+'",
        ),
        (
            "#[0-9]+",
            "no value of a tag matches '#[0-9]+' (expected letters, digits, spaces and "
            "_ . : / = + - @, matched from end to end)",
        ),
        ("a^b", "no value of a tag matches 'a^b' (expected "),
        (
            r"(a|b)\1",
            r"'(a|b)\1' cannot be matched in a bounded time: it refers back to a group, which may "
            "take for ever",
        ),
        (
            "([a-z]{0,100}){0,100}",
            "'([a-z]{0,100}){0,100}' cannot be matched in a bounded time: it has more than 600 "
            "parts when repetitions are written out",
        ),
    ],
)
def test_a_pattern_of_another_language_or_that_no_tag_matches(pattern: str, why: str) -> None:
    assert fault_of_pattern(pattern).startswith(why)


@pytest.mark.parametrize("pattern", ["^a$", "(^a|b)$", "a|^b", "/a/b", "Bühne.*", "a#|b"])
def test_a_pattern_that_some_tag_matches(pattern: str) -> None:
    assert fault_of_pattern(pattern) == ""


REQUIRED = """\
version: 1
rules:
  - {id: a, kind: required_tags, params: {tags: {team: {pattern: '([a-z]+-?)+'}}}}
"""


def test_the_place_of_the_pattern_is_named() -> None:
    assert errors_of(REQUIRED) == [
        "x.yaml:3:66: rules[0].params.tags.team.pattern: '([a-z]+-?)+' may take seconds for a long "
        "value, and hold up all channels; write '[a-z]+(-[a-z]+)*-?', which matches the same"
    ]
    load(REQUIRED.replace("([a-z]+-?)+", "[a-z]+(-[a-z]+)*-?"))
