"""What the demo prints: one line a rule and one a thing that happened, within 100 columns."""

from collections.abc import Callable
from copy import replace
from datetime import timedelta
from unittest.mock import MagicMock

import pytest

from streamwarden_cli.demo.checks import Check, checks
from streamwarden_cli.demo.printing import print_channel, print_claims, print_rules, together
from streamwarden_cli.demo.stack import POLICY
from streamwarden_cli.demo.watch import Line
from streamwarden_cli.policy.compilation import load_policy_file
from testbed.builders import at

COLUMNS = 100

type Printed = Callable[[], list[str]]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    return lambda: capsys.readouterr().out.splitlines()


def line(seconds: float, word: str, text: str, channel: str = "hall-1") -> Line:
    return Line(at() + timedelta(seconds=seconds), word, channel, text)


def test_each_rule_of_the_demo_says_in_one_line_what_it_is_for(printed: Printed) -> None:
    policy = load_policy_file(POLICY)

    print_rules(policy)

    lines = printed()
    assert [each.split()[0] for each in lines] == [rule.id for rule in policy.rules]
    assert all(len(each.split()) > 2 and len(each) <= COLUMNS for each in lines)


def test_a_story_has_its_channel_once_and_ends_with_what_is_true(printed: Printed) -> None:
    claims = [Check("it is off the air", lambda: True), Check("it has no key", lambda: False)]

    failed = print_channel(
        "hall-1", [line(0, "breach", "too long"), line(1, "held", "x" * 99)], claims
    )

    heading, breach, held, *ends = printed()
    assert (heading, breach.split()[1:]) == ("hall-1", ["breach", "too", "long"])
    assert len(held) == COLUMNS
    assert held.endswith("…")
    assert [each.split(maxsplit=1) for each in ends] == [
        ["yes", "it is off the air"],
        ["NO", "it has no key"],
    ]
    assert failed == claims[1:]


def test_each_claim_of_the_demo_fits_its_line(printed: Printed) -> None:
    claims = checks(MagicMock(), MagicMock(), MagicMock(), MagicMock())

    for about, ends in claims.items():
        print_claims(about, [replace(each, holds=lambda: True) for each in ends])

    assert [each for each in printed() if len(each) > COLUMNS] == []


def test_a_claim_beside_the_stories_says_what_it_is_about(printed: Printed) -> None:
    assert print_claims("last-minute", [Check("it was stopped", lambda: True)]) == []

    assert printed()[0].split() == ["yes", "last-minute", "it", "was", "stopped"]


def test_what_befell_several_channels_is_one_line_in_the_order_of_time() -> None:
    halls = [f"hall-{number}" for number in (1, 2, 3)]
    lines = [
        *(line(0, "breach", f"concerts-end: {hall}", hall) for hall in halls),
        *(line(1, "ivs call", "StopStream → ok", hall) for hall in halls[:2]),
        line(2, "held", "stop: the breaker has tripped", halls[2]),
    ]

    assert [each.text for each in together(lines)] == [
        "all of them: concerts-end: hall-1",
        "hall-1, hall-2: StopStream → ok",
        "hall-3: stop: the breaker has tripped",
    ]
