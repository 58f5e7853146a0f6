"""`on_repeat`: so many streams in breach within a while have more done, at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import OnRepeat, Policy
from streamwarden.domain.verdicts import Mode, PlannedAction
from testbed.builders import (
    STOP,
    at,
    channel_listed,
    compiled_rule,
    policy_of,
    state_from,
    step,
    stream_end,
    stream_start,
)

QUARANTINE = PlannedAction(kind="quarantine")
REPEAT = OnRepeat(times=3, within=timedelta(minutes=10), do=(QUARANTINE,))
LISTED = channel_listed(at())


def policy(mode: Mode = Mode.ENFORCE, repeat: OnRepeat = REPEAT) -> Policy:
    return policy_of(
        compiled_rule("max_duration", {"limit": "PT1S"}, STOP, mode=mode, on_repeat=repeat)
    )


def played(moments: Sequence[datetime], rules: Policy | None = None) -> list[list[str]]:
    """What is asked for of one stream after the other, each of them five seconds long."""
    rules, standing, asked = rules or policy(), Standing(), []
    inputs: list[Input] = [LISTED]
    for number, moment in enumerate(moments):
        stream = f"st-{number:06}"
        inputs.append(stream_start(moment, stream))
        decision = decided(inputs, standing, moment + timedelta(seconds=2), rules)
        again = decided(inputs, decision.standing, moment + timedelta(seconds=3), rules)
        asked.append([each.kind for each in (*decision.actions, *again.actions)])
        inputs.append(stream_end(moment + timedelta(seconds=5), stream))
        over = decided(inputs, again.standing, moment + timedelta(seconds=6), rules)
        standing = over.standing
    return asked


def decided(inputs: list[Input], before: Standing, now: datetime, rules: Policy) -> Decision:
    return decide(state_from(*inputs), before, rules, now)


@pytest.mark.parametrize(
    ("moments", "asked"),
    [
        ([at(), at(minutes=1), at(minutes=2)], [["stop"], ["stop"], ["quarantine"]]),
        ([at(), at(minutes=9), at(minutes=11)], [["stop"], ["stop"], ["stop"]]),
        (
            [at(), at(minutes=9), at(minutes=11), at(minutes=12)],
            [["stop"], ["stop"], ["stop"], ["quarantine"]],
        ),
    ],
)
def test_streams_count_within_the_window(moments: list[datetime], asked: list[list[str]]) -> None:
    assert played(moments) == asked


def test_streams_that_are_decided_late_count_by_when_they_began() -> None:
    """After an outage, the starts of a day may be decided before their ends, within minutes."""
    standing = Standing()
    inputs: list[Input] = [LISTED]
    for number in range(3):
        inputs.append(stream_start(at(5 * number), f"st-{number:06}"))
        decision = decided(inputs, standing, at(12, minutes=number), policy())
        standing = decision.standing

    assert [each.kind for each in decision.actions] == ["stop"]


def test_a_rule_that_only_tells_does_nothing_on_repetition() -> None:
    assert played([at(), at(minutes=1), at(minutes=2)], policy(Mode.NOTIFY)) == [[], [], []]


def test_the_actions_come_before_later_steps_and_no_step_is_told_for_them() -> None:
    repeat = OnRepeat(times=2, within=timedelta(hours=1), do=(STOP,))
    late = (step(STOP, minutes=30),)
    rule = compiled_rule("max_duration", {"limit": "PT1S"}, steps=late, on_repeat=repeat)

    assert played([at(), at(minutes=1)], policy_of(rule)) == [[], ["stop"]]


def test_no_more_is_remembered_than_the_rule_asks_for() -> None:
    standing, rules = Standing(), policy(Mode.NOTIFY)
    for number in range(9):
        start = stream_start(at(seconds=10 * number), f"st-{number:06}")
        now = at(seconds=10 * number + 5)
        standing = decided([LISTED, start], standing, now, rules).standing
    after = decided([LISTED], standing, at(25), rules)

    assert [each.stream for each in standing.repetitions["max-duration"]] == [
        "000006",
        "000007",
        "000008",
    ]
    assert after.standing.repetitions == {}


@pytest.mark.parametrize(
    ("mode", "texts"),
    [
        # A quarantine tells of itself.
        (Mode.ENFORCE, []),
        (
            Mode.NOTIFY,
            [
                "The rule was broken 3 times within 10m. Nothing is done, because the rule is in "
                "mode notify (mode enforce quarantines the channel)."
            ],
        ),
    ],
)
def test_people_are_told_once_in_an_incident(mode: Mode, texts: list[str]) -> None:
    rule = compiled_rule(
        "max_duration",
        {"limit": "PT1S"},
        STOP,
        mode=mode,
        on_repeat=REPEAT,
        keep=timedelta(minutes=10),
    )
    standing, found = Standing(), []
    for number in range(5):
        start = stream_start(at(minutes=number), f"st-{number:06}")
        now = at(minutes=number, seconds=2)
        decision = decided([LISTED, start], standing, now, policy_of(rule))
        standing = decision.standing
        found += [
            each.text for each in decision.notifications if "The rule was broken" in each.text
        ]

    assert [text.partition("allowed. ")[2] for text in found] == texts
