"""Whatever the order, the repetition and the batches, the same inputs lead to the same decision.

This is what makes lost order, doubles and lateness of IVS events harmless (design, section 1).
"""

from datetime import datetime
from itertools import batched
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.observations import apply_inputs, observation_of
from streamwarden.domain.state.resource import Resource, merge
from streamwarden.domain.verdicts import Mode
from testbed import builders as build
from testbed.builders import CHANNEL, OTHER_CHANNEL, at
from tests.unit.domain.other_strategies import timelines
from tests.unit.domain.strategies import histories, moments, states

NOW = at(hours=2, minutes=5)


@st.composite
def retellings(draw: st.DrawFn) -> tuple[list[Input], list[Input]]:
    """A history, and the same history in another order with some of it told again."""
    history = draw(histories)
    again = draw(st.lists(st.sampled_from(history), max_size=5)) if history else []
    return history, draw(st.permutations(history + again))


@st.composite
def other_retellings(draw: st.DrawFn) -> tuple[str, list[Input], list[Input]]:
    """The same of something that is no channel, after its ARN."""
    arn, timeline = draw(timelines)
    again = draw(st.lists(st.sampled_from(timeline), max_size=5)) if timeline else []
    return arn, timeline, draw(st.permutations(timeline + again))


def through_the_table(state: Resource) -> Resource:
    return msgspec.json.decode(msgspec.json.encode(state), type=Resource)


@given(states, states)
def test_merge_is_commutative(one: Resource, other: Resource) -> None:
    assert merge(one, other) == merge(other, one)


@given(states, states, states)
def test_merge_is_associative(one: Resource, two: Resource, three: Resource) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(states)
def test_merge_is_idempotent(state: Resource) -> None:
    assert merge(state, state) == state


@given(states, states)
def test_what_was_merged_once_adds_nothing_the_second_time(one: Resource, other: Resource) -> None:
    both = merge(one, other)

    assert merge(both, other) == both


@given(states)
def test_merging_with_knowing_nothing_changes_nothing(state: Resource) -> None:
    assert merge(Resource(arn=CHANNEL), state) == state
    assert merge(state, Resource(arn=CHANNEL)) is state


@given(states)
def test_a_state_survives_the_table(state: Resource) -> None:
    assert through_the_table(state) == state


@given(retellings())
def test_order_and_repetition_of_inputs_change_neither_state_nor_decision(
    notified: tuple[list[Input], list[Input]],
) -> None:
    history, retold = notified
    policy = build.every_kind()

    state, known_again = build.state_from(*history), build.state_from(*retold)

    assert known_again == state
    assert decide(known_again, Standing(), policy, NOW) == decide(state, Standing(), policy, NOW)


@given(retellings(), st.integers(min_value=1, max_value=4))
def test_batches_through_the_table_change_neither_state_nor_decision(
    notified: tuple[list[Input], list[Input]], batch_size: int
) -> None:
    history, retold = notified
    policy = build.every_kind()

    state = build.state_from(*history)
    stored = Resource(arn=CHANNEL)
    for batch in batched(retold, batch_size, strict=False):
        stored = through_the_table(apply_inputs(stored, batch))

    assert stored == state
    assert decide(stored, Standing(), policy, NOW) == decide(state, Standing(), policy, NOW)


@given(other_retellings(), st.integers(min_value=1, max_value=4))
def test_of_other_resources_neither_order_nor_repetition_changes_anything(
    notified: tuple[str, list[Input], list[Input]], batch_size: int
) -> None:
    arn, timeline, retold = notified
    policy = build.every_kind()

    state = build.state_from(*timeline, arn=arn)
    stored = Resource(arn=arn)
    for batch in batched(retold, batch_size, strict=False):
        stored = through_the_table(apply_inputs(stored, batch))

    assert stored == state
    assert decide(stored, Standing(), policy, NOW) == decide(state, Standing(), policy, NOW)


@given(retellings(), moments)
def test_breaches_left_open_before_lead_to_the_same_decision_in_any_order(
    notified: tuple[list[Input], list[Input]], earlier: datetime
) -> None:
    history, retold = notified
    policy = build.every_kind(Mode.NOTIFY)
    standing = decide(build.state_from(*history[:5]), Standing(), policy, earlier).standing

    decision = decide(build.state_from(*history), standing, policy, NOW)
    decision_again = decide(build.state_from(*retold), standing, policy, NOW)

    assert decision_again == decision


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_more_stalls_than_are_kept_merge_alike_in_any_order(random: Random) -> None:
    history = [build.starvation_start(at(seconds=count)) for count in range(120)]
    retold = [*history, *history[:40]]
    random.shuffle(retold)

    assert build.state_from(*retold) == build.state_from(*history)


def test_states_of_two_channels_do_not_merge() -> None:
    with pytest.raises(ValueError, match="cannot merge the state of"):
        merge(Resource(arn=CHANNEL), Resource(arn=OTHER_CHANNEL))


def test_an_input_about_something_else_is_refused() -> None:
    elsewhere = build.api_call("TagResource", at(), {"resourceArn": OTHER_CHANNEL, "tags": {}})

    with pytest.raises(ValueError, match="is not about arn:aws:ivs"):
        observation_of(CHANNEL, elsewhere)
