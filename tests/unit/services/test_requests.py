"""A record holds an action as requested from its decision until it is over or given up."""

from datetime import timedelta

import pytest

from streamwarden.domain.inputs import Input, Recheck
from streamwarden.domain.policy import Policy
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.requests import request_of
from tests.unit.domain import builders
from tests.unit.domain.builders import CHANNEL, at
from tests.unit.services.fakes import Scene

STOPS = builders.policy_of(builders.compiled_rule("max_duration", {"limit": "PT4H"}, builders.STOP))
WARNS = builders.policy_of(
    builders.compiled_rule("max_duration", {"limit": "PT4H", "warnings": ["PT30M"]}, builders.WARN)
)


def observing(policy: Policy, until: timedelta) -> Scene:
    """A stream that began at noon, as it is known after so long."""
    scene = Scene(policy)
    scene.observer().observe(CHANNEL, [builders.stream_start(at())])
    scene.time.now = at() + until
    look(scene)
    return scene


def look(scene: Scene, *inputs: Input, max_mode: Mode = Mode.ENFORCE) -> None:
    recheck = Recheck(resource_arn=CHANNEL, time=scene.time.now)
    scene.observer(max_mode=max_mode).observe(CHANNEL, [recheck, *inputs])


def is_held(scene: Scene, action: Action) -> bool:
    return scene.store.load(CHANNEL).requested.get(action.id) == request_of(action)


@pytest.mark.parametrize(
    ("policy", "until"), [(STOPS, timedelta(hours=4)), (WARNS, timedelta(hours=3, minutes=30))]
)
def test_an_action_is_held_until_its_outcome_is_known(policy: Policy, until: timedelta) -> None:
    scene = observing(policy, until)
    (asked,) = scene.outbox.actions
    assert is_held(scene, asked)

    scene.time.later(seconds=2)
    look(scene)
    assert is_held(scene, asked)

    look(scene, builders.action_finished(scene.time.now, asked.id))
    assert not scene.store.load(CHANNEL).requested


def test_an_action_is_given_up_with_its_breach() -> None:
    scene = observing(STOPS, timedelta(hours=4))

    look(scene, builders.stream_end(scene.time.now))

    assert not scene.store.load(CHANNEL).requested


def test_an_action_is_given_up_where_the_stack_no_longer_enforces() -> None:
    scene = observing(STOPS, timedelta(hours=4))

    look(scene, max_mode=Mode.NOTIFY)

    assert not scene.store.load(CHANNEL).requested


def test_the_last_attempt_of_an_action_is_the_one_that_is_held() -> None:
    scene = observing(STOPS, timedelta(hours=4))
    scene.time.later(minutes=5)

    look(scene)

    first, second = scene.outbox.actions
    assert first.id == second.id
    assert not is_held(scene, first)
    assert is_held(scene, second)


def test_an_early_warning_that_was_never_carried_out_is_not_held_for_ever() -> None:
    scene = observing(WARNS, timedelta(hours=3, minutes=30))
    scene.time.later(minutes=11)

    look(scene)

    assert not scene.store.load(CHANNEL).requested
