"""What a message repeats of a condition is that condition: a remedy can be pasted in."""

import pytest

from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.conditions.wording import render


@pytest.mark.parametrize(
    "condition",
    [
        "(a || b) == 'c'",
        "'c' != (a && b)",
        "(a == b) == `true`",
        "(a | b) == c",
        "(a | b) && c || d",
        "a || (b | c)",
        "(a || b) && c",
        "a || b && c",
        "!(a | b)",
        "!(a == b)",
        "!(a.b)",
        "!a.b",
        "(!a)[0]",
        "(a || b).c.d",
        "(a == b).c",
        "(a || b)[0]",
        "(a || b)[*].c",
        "(a || b)[?c]",
        "(a && b)[]",
        "(a || b).*",
        "(a[*].b)[0]",
        "(a[*].b).c",
        "(a[?b].c)[*]",
        "a[*].b[0]",
        "a[].b[]",
        "a.b[*].c.d",
        "a.b.*.c",
        "f(a || b, &(b || c))",
        "[a || b, {c: d | e}]",
        r"a == 'it\'s'",
        'a."it\'s"',
    ],
)
def test_a_condition_is_written_out_as_it_is(condition: str) -> None:
    assert parse(render(parse(condition))) == parse(condition)
