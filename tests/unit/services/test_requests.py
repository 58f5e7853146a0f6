"""A record holds an action as requested from its decision until it is over or given up."""

from datetime import datetime, timedelta

import pytest

from streamwarden.domain.inputs import ActionFinished, Input, Recheck
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.requests import request_of
from testbed import builders
from testbed.builders import CHANNEL, at
from tests.unit.services.fakes import Harness

STOPS = builders.policy_of(builders.compiled_rule("max_duration", {"limit": "PT4H"}, builders.STOP))
WARNS = builders.policy_of(
    builders.compiled_rule("max_duration", {"limit": "PT4H", "warnings": ["PT30M"]}, builders.WARN)
)


def observing(policy: Policy, until: timedelta) -> Harness:
    """A stream that began at noon, as it is known after so long."""
    harness = Harness(policy)
    harness.observer().observe(CHANNEL, [builders.stream_start(at())])
    harness.time.now = at() + until
    look(harness)
    return harness


def look(harness: Harness, *inputs: Input, max_mode: Mode = Mode.ENFORCE) -> None:
    recheck = Recheck(resource_arn=CHANNEL, time=harness.time.now)
    harness.observer(max_mode=max_mode).observe(CHANNEL, [recheck, *inputs])


def is_held(harness: Harness, action: Action) -> bool:
    return harness.store.load(CHANNEL).requested.get(action.id) == request_of(action)


def outcome_of(action: Action, when: datetime) -> ActionFinished:
    return builders.action_finished(
        when, action.id, OutcomeStatus.NOTHING_TO_DO, decided_at=action.decided_at
    )


@pytest.mark.parametrize(
    ("policy", "until"), [(STOPS, timedelta(hours=4)), (WARNS, timedelta(hours=3, minutes=30))]
)
def test_an_action_is_held_until_its_outcome_is_known(policy: Policy, until: timedelta) -> None:
    harness = observing(policy, until)
    (asked,) = harness.outbox.actions
    assert is_held(harness, asked)

    harness.time.later(seconds=2)
    look(harness)
    assert is_held(harness, asked)

    look(harness, outcome_of(asked, harness.time.now))
    assert not harness.store.load(CHANNEL).requested


def test_an_action_is_given_up_with_its_breach() -> None:
    harness = observing(STOPS, timedelta(hours=4))

    look(harness, builders.stream_end(harness.time.now))

    assert not harness.store.load(CHANNEL).requested


def test_an_action_is_given_up_where_the_stack_no_longer_enforces() -> None:
    harness = observing(STOPS, timedelta(hours=4))

    look(harness, max_mode=Mode.NOTIFY)

    assert not harness.store.load(CHANNEL).requested


def test_the_last_attempt_of_an_action_is_the_one_that_is_held() -> None:
    harness = observing(STOPS, timedelta(hours=4))
    harness.time.later(minutes=5)

    look(harness)

    first, second = harness.outbox.actions
    assert first.id == second.id
    assert not is_held(harness, first)
    assert is_held(harness, second)


def test_a_late_outcome_of_one_attempt_does_not_end_the_next_one() -> None:
    harness = observing(STOPS, timedelta(hours=4))
    harness.time.later(minutes=5)
    look(harness)
    first, second = harness.outbox.actions
    harness.time.later(seconds=1)

    look(harness, outcome_of(first, harness.time.now))
    assert is_held(harness, second)

    look(harness, outcome_of(second, harness.time.now))
    assert not harness.store.load(CHANNEL).requested


def test_an_early_warning_that_was_never_carried_out_is_not_held_for_ever() -> None:
    harness = observing(WARNS, timedelta(hours=3, minutes=30))
    harness.time.later(minutes=11)

    look(harness)

    assert not harness.store.load(CHANNEL).requested
