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
from streamwarden.domain.inputs import Input
from streamwarden.domain.knowledge.resource import Resource, merge
from streamwarden.domain.learn import knowledge_of, learn
from streamwarden.domain.verdicts import Mode
from tests.unit.domain import builders as build
from tests.unit.domain.builders import CHANNEL, OTHER_CHANNEL, at
from tests.unit.domain.other_strategies import stories
from tests.unit.domain.strategies import histories, knowledge, moments

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
    arn, story = draw(stories)
    again = draw(st.lists(st.sampled_from(story), max_size=5)) if story else []
    return arn, story, draw(st.permutations(story + again))


def through_the_table(known: Resource) -> Resource:
    return msgspec.json.decode(msgspec.json.encode(known), type=Resource)


@given(knowledge, knowledge)
def test_merge_is_commutative(one: Resource, other: Resource) -> None:
    assert merge(one, other) == merge(other, one)


@given(knowledge, knowledge, knowledge)
def test_merge_is_associative(one: Resource, two: Resource, three: Resource) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(knowledge)
def test_merge_is_idempotent(known: Resource) -> None:
    assert merge(known, known) == known


@given(knowledge, knowledge)
def test_what_was_merged_once_adds_nothing_the_second_time(one: Resource, other: Resource) -> None:
    both = merge(one, other)

    assert merge(both, other) == both


@given(knowledge)
def test_merging_with_knowing_nothing_changes_nothing(known: Resource) -> None:
    assert merge(Resource(arn=CHANNEL), known) == known


@given(knowledge)
def test_knowledge_survives_the_table(known: Resource) -> None:
    assert through_the_table(known) == known


@given(retellings())
def test_order_and_repetition_of_inputs_change_neither_knowledge_nor_decision(
    told: tuple[list[Input], list[Input]],
) -> None:
    history, retold = told
    policy = build.every_kind()

    known, known_again = build.known_from(*history), build.known_from(*retold)

    assert known_again == known
    assert decide(known_again, {}, policy, NOW) == decide(known, {}, policy, NOW)


@given(retellings(), st.integers(min_value=1, max_value=4))
def test_batches_through_the_table_change_neither_knowledge_nor_decision(
    told: tuple[list[Input], list[Input]], batch_size: int
) -> None:
    history, retold = told
    policy = build.every_kind()

    known = build.known_from(*history)
    stored = Resource(arn=CHANNEL)
    for batch in batched(retold, batch_size, strict=False):
        stored = through_the_table(learn(stored, batch))

    assert stored == known
    assert decide(stored, {}, policy, NOW) == decide(known, {}, policy, NOW)


@given(other_retellings(), st.integers(min_value=1, max_value=4))
def test_of_other_resources_neither_order_nor_repetition_changes_anything(
    told: tuple[str, list[Input], list[Input]], batch_size: int
) -> None:
    arn, story, retold = told
    policy = build.every_kind()

    known = build.known_from(*story, arn=arn)
    stored = Resource(arn=arn)
    for batch in batched(retold, batch_size, strict=False):
        stored = through_the_table(learn(stored, batch))

    assert stored == known
    assert decide(stored, {}, policy, NOW) == decide(known, {}, policy, NOW)


@given(retellings(), moments)
def test_breaches_left_open_before_lead_to_the_same_decision_in_any_order(
    told: tuple[list[Input], list[Input]], earlier: datetime
) -> None:
    history, retold = told
    policy = build.every_kind(Mode.NOTIFY)
    open_breaches = decide(build.known_from(*history[:5]), {}, policy, earlier).breaches

    decision = decide(build.known_from(*history), open_breaches, policy, NOW)
    decision_again = decide(build.known_from(*retold), open_breaches, policy, NOW)

    assert decision_again == decision


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_more_stalls_than_are_kept_merge_alike_in_any_order(random: Random) -> None:
    history = [build.starvation_start(at(seconds=count)) for count in range(120)]
    retold = [*history, *history[:40]]
    random.shuffle(retold)

    assert build.known_from(*retold) == build.known_from(*history)


def test_knowledge_of_two_channels_does_not_merge() -> None:
    with pytest.raises(ValueError, match="cannot merge knowledge about"):
        merge(Resource(arn=CHANNEL), Resource(arn=OTHER_CHANNEL))


def test_an_input_about_something_else_is_refused() -> None:
    elsewhere = build.api_call("TagResource", at(), {"resourceArn": OTHER_CHANNEL, "tags": {}})

    with pytest.raises(ValueError, match="is not about arn:aws:ivs"):
        knowledge_of(CHANNEL, elsewhere)
