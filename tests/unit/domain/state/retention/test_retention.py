"""What is kept of all that is known, and what of it is summarised."""

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.state.retention import retained
from testbed import builders as build
from testbed.builders import CHANNEL, KEY, NEW_KEY, NEXT_STREAM, STREAM, at, state_from
from tests.unit.domain.strategies import histories

NOW = at(hours=2, minutes=5)
LATER = NOW + timedelta(days=30)


def kept(*inputs: Input, now: datetime = NOW) -> Resource:
    return keep(state_from(*inputs), now=now)


def keep(
    state: Resource, before: Resource | None = None, now: datetime = NOW, awaited: str = ""
) -> Resource:
    """What is kept for rules that read everything."""
    interests = build.every_kind().about(ResourceType.CHANNEL).interests
    return retained(state, before or state, frozenset({awaited}), interests, now)


@given(histories)
@example([build.stream_event("Stream Takeover Failure", at(), code="MultitrackInputRequired")])
def test_twice_is_as_good_as_once(history: list[Input]) -> None:
    once = kept(*history)

    assert keep(once) == once


@given(histories)
def test_what_is_notified_again_does_not_come_back(history: list[Input]) -> None:
    once = kept(*history)

    assert keep(apply_inputs(once, history)) == once


@given(histories)
@example(
    [
        build.session_created(at(), "st-a"),
        build.stream_event("Stream Failure", at(), "st-a", reason="no capacity"),
        build.session_ended(at(), "st-a"),
        build.stream_event("Stream Failure", at(), "st-b", reason="no capacity"),
        build.peers_listed(at(), {}, "st-c"),
        build.peers_listed(at(minutes=1), {}, "st-a"),
    ]
)
def test_nothing_that_is_left_out_changes_the_decision(history: list[Input]) -> None:
    policy, state = build.every_kind(), state_from(*history)

    after = keep(state)

    assert decide(after, Standing(), policy, NOW) == decide(state, Standing(), policy, NOW)


@pytest.mark.parametrize(
    "given_",
    [
        build.stream_event("Stream Failure", at(), reason="no capacity"),
        build.stream_event("Stream Takeover Failure", at(), code="StreamTakeoverLimitBreached"),
        build.session_created(at()),
        build.stream_start(at()),
        build.session_ended(at()),
        build.limit_breach(at()),
        build.starvation_start(at()),
        build.stream_listed(at()),
        build.peers_listed(at(), {}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_session_goes_however_little_is_known_of_it(given_: Input) -> None:
    followed = build.stream_start(at(minutes=1), NEXT_STREAM)

    assert STREAM in kept(given_, followed).sessions
    assert STREAM not in kept(given_, followed, now=LATER).sessions


def test_what_is_on_the_air_stays_for_as_long_as_it_is() -> None:
    assert STREAM in kept(build.stream_start(at()), now=LATER).sessions


@pytest.mark.parametrize(
    "given_", [build.recording_start(at()), build.recording_start_failure(at())]
)
def test_a_recording_goes_also_if_its_end_never_came(given_: Input) -> None:
    assert kept(given_).recordings
    assert not kept(given_, now=LATER).recordings


def test_of_many_sessions_the_last_are_kept_and_all_are_counted() -> None:
    timeline = []
    for number in range(20):
        start = at(minutes=number)
        timeline += [
            build.stream_start(start, f"st-{number}"),
            build.stream_end(start, f"st-{number}"),
        ]

    state = kept(*timeline)

    assert sorted(state.sessions) == ["st-18", "st-19"]
    assert Facts(state).session_starts == tuple(at(minutes=number) for number in range(20))


def test_many_tag_changes_become_a_listing_with_the_same_tags() -> None:
    long = {f"{'k' * 100}{number}": "v" for number in range(20)}
    timeline = [
        build.channel_created(at(), tags={"owner": "ann", "env": "test"}),
        build.tags_set(at(minutes=1), long),
        build.tags_removed(at(minutes=2), "env"),
    ]

    state = kept(*timeline)

    assert state.tag_changes == {}
    assert Facts(state).tags == {"owner": "ann", **long}
    late = build.tags_set(at(minutes=3), {"env": "prod"})
    assert Facts(apply_inputs(state, [late])).tags == {"env": "prod", "owner": "ann", **long}


def test_changes_in_the_second_of_a_listing_stay_when_it_is_notified_again() -> None:
    long = {f"{'k' * 100}{number}": "v" for number in range(20)}
    listed = build.channel_listed(at() + timedelta(milliseconds=700), tags={"owner": "ann"})

    state = apply_inputs(kept(listed, build.tags_set(at(), long)), [listed])

    assert Facts(state).tags == {"owner": "ann", **long}


_TAGS_OF_A_KEY = (
    build.key_created(at()),
    *(build.tags_set(at(minutes=each + 1), {f"tag-{each}": "v"}, arn=KEY) for each in range(6)),
)


@given(st.permutations(_TAGS_OF_A_KEY), st.booleans())
def test_the_tags_of_a_key_do_not_depend_on_the_order(
    timeline: list[Input], is_another_key_known: bool
) -> None:
    before = [build.key_created(at(-1), key_arn=NEW_KEY)] if is_another_key_known else []
    state = kept(*before)

    for each in timeline:
        state = keep(apply_inputs(state, [each]), state)

    facts, tags = Facts(state), {f"tag-{each}": "v" for each in range(6)}
    # What had no room is read by the next sweep.
    assert facts.stream_key_tags == tags or not facts.are_stream_key_tags_whole
    assert facts.stream_key_tags == tags or is_another_key_known


def test_a_removal_from_a_key_with_many_tags_is_seen() -> None:
    full = {f"{number:02}{'k' * 120}": "v" * 200 for number in range(50)}
    gone = min(full)

    state = kept(build.key_observed(at(), tags=full))
    state = apply_inputs(state, [build.tags_removed(at(minutes=1), gone, arn=KEY)])

    tags = Facts(keep(state)).stream_key_tags
    assert tags is not None
    assert len(tags) == 49


def test_outcomes_stay_while_somebody_waits_for_them() -> None:
    state = state_from(
        build.action_finished(at(), "asked-for"), build.action_finished(at(), "long-over")
    )

    assert keep(state, awaited="asked-for").outcomes.keys() == {"asked-for"}


def test_the_end_of_an_old_stream_that_comes_late_makes_nothing_live() -> None:
    timeline = [build.stream_start(at()), build.stream_end(at(1))]
    forgotten = keep(state_from(*timeline), now=LATER)

    late = apply_inputs(forgotten, [build.stream_end(at(1))])

    assert Facts(late).session is None
    assert late.arn == CHANNEL


def test_a_verdict_that_no_rule_asks_for_leaves_nothing() -> None:
    unwanted = (
        build.external_verdict(at(), label="Nudity"),
        build.external_verdict(at(), confidence=0.1),
        build.external_verdict(at(), None, label="Nudity"),
    )

    assert kept(*unwanted) == Resource(arn=CHANNEL)


def test_a_verdict_is_kept_for_a_day() -> None:
    said = (build.external_verdict(at()), build.external_verdict(at(), None))

    assert kept(*said, now=at(24)) == Resource(arn=CHANNEL)


def test_the_last_verdict_of_each_label_and_of_the_current_stream_come_first() -> None:
    """Neither a label nor an earlier stream has the room to itself."""
    long = f"{build.EVIDENCE}?{'x' * 400}"
    noise = [
        build.external_verdict(at(minutes=minute), stream_id, label=f"V{label}", evidence=long)
        for label in range(5)
        for minute, stream_id in ((1, STREAM), (2, STREAM), (3, "st-earlier"))
    ]

    state = kept(build.stream_start(at()), *noise)

    labels = [each.label for each in state.sessions[STREAM].verdicts]
    assert set(labels) == {f"V{label}" for label in range(5)}
    found = [each for session in state.sessions.values() for each in session.verdicts]
    assert 5 < len(found) < len(noise)
