"""`streamwarden review` says what each rule would do if it were enforced."""

from copy import replace

from streamwarden.domain.inputs import Input
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.operate.policy import PolicyInUse
from streamwarden_cli.operate.review import Found, found_in, review_sections
from testbed import builders as build
from testbed.builders import at
from tests.unit.cli.operate.records import COMPILED, recheck, record_after

LISTED = build.channel_listed(at(), name="studio", tags={})
LIVE = (LISTED, build.stream_start(at()), recheck(4))
IN_USE = PolicyInUse(COMPILED, "the policy of the test", Mode.NOTIFY)


def reviewed(*inputs: Input, hours: float = 5) -> dict[str, Found]:
    record = record_after(*inputs, max_mode=Mode.NOTIFY)
    found = found_in([record], COMPILED.rules, IN_USE.enforced(), at(hours))
    return {each.rule.id: each for each in found}


def test_rules_that_only_observe_or_notify_say_what_they_would_do() -> None:
    found = reviewed(*LIVE)

    assert {rule: dict(each.actions) for rule, each in found.items()} == {
        "no-marathons": {"stop": 1},
        "fresh-keys": {},
        "owned": {"tag": 1},
    }
    assert [each.breaches for each in found.values()] == [1, 0, 1]


def test_a_key_that_is_due_would_be_replaced() -> None:
    assert dict(reviewed(LISTED, hours=24 * 31)["fresh-keys"].actions) == {"rotate_key": 1}


def test_what_was_requested_already_counts_all_the_same() -> None:
    record = record_after(*LIVE)
    (found, *_) = found_in([record], COMPILED.rules, IN_USE.enforced(), at(4, 1))

    assert (found.rule.id, dict(found.actions)) == ("no-marathons", {"stop": 1})


def test_the_worst_are_those_in_breach_for_longest() -> None:
    longest, shorter = (
        replace(record_after(listed, build.stream_start(listed.time), max_mode=Mode.NOTIFY))
        for listed in (
            build.channel_listed(at(), name="first", tags={}),
            build.channel_listed(at(0.5), name="second", tags={}),
        )
    )
    found = found_in([shorter, longest], COMPILED.rules, IN_USE.enforced(), at(5))

    assert [each.name for each in found[0].worst] == ["first", "second"]
    summary, worst = review_sections(found, IN_USE.source)
    assert summary.rows[0] == ("no-marathons", ("high", "red"), "enforce", "2", ("stop 2", "red"))
    assert worst.rows[0][:2] == ("no-marathons", "first")
