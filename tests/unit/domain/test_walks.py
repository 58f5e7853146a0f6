"""Whatever is known of whatever resource, and however long: decisions hold what they promise.

A walk is a story in which time passes between what is told, and each decision knows the one before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.arn import resource_type_of
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Mode
from testbed.builders import CHANNEL, ON_STREAM, at, every_kind, with_repetition
from tests.unit.domain.other_strategies import timelines
from tests.unit.domain.strategies import histories

type Walk = tuple[str, list[tuple[timedelta, list[Input]]]]

_STEPS = st.lists(st.integers(min_value=1, max_value=5_000), min_size=2, max_size=5)


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """An ARN, and what is told of it after how long, piece by piece."""
    arn, timeline = draw(st.one_of(timelines, st.tuples(st.just(CHANNEL), histories)))
    pauses = draw(_STEPS)
    size = len(timeline) // len(pauses) + 1
    pieces = [timeline[place * size : (place + 1) * size] for place in range(len(pauses))]
    return arn, [
        (timedelta(seconds=pause), piece) for pause, piece in zip(pauses, pieces, strict=True)
    ]


def decisions(
    walk: Walk, mode: Mode, max_mode: Mode = Mode.ENFORCE
) -> Iterator[tuple[datetime, Facts, Decision]]:
    """As an observer makes them: each on what is stored, and on what the one before remembered."""
    arn, pieces = walk
    policy = with_repetition(every_kind(mode))
    resource = resource_type_of(arn)
    assert resource is not None
    matchers, state, now = policy.about(resource).matchers, Resource(arn=arn), at()
    standing = Standing()
    for pause, piece in pieces:
        now += pause
        state = stored(apply_inputs(state, piece, matchers), Resource)
        decision = decide(state, standing, policy, now, max_mode)
        yield now, Facts(state), decision
        standing = stored(decision.standing, Standing)


def stored[T](value: T, model: type[T]) -> T:
    return msgspec.json.decode(msgspec.json.encode(value), type=model)


@given(walks(), st.sampled_from(Mode))
def test_each_decision_has_a_reason_for_everything_and_looks_ahead(walk: Walk, mode: Mode) -> None:
    for now, _, decision in decisions(walk, mode):
        assert all(each.finding.reason.strip() for each in decision.verdicts)
        assert all(each.since <= now for each in decision.breaches.values())
        assert decision.recheck_at is None or decision.recheck_at > now
        # What follows from a decision has its moment, by which log lines are followed.
        assert {each.decided_at for each in decision.actions} <= {now}
        assert {each.at for each in decision.notifications} <= {now}


@given(walks())
def test_no_action_is_asked_for_twice_and_no_news_told_twice(walk: Walk) -> None:
    asked: set[tuple[str, int]] = set()
    notified: set[str] = set()
    for _, _, decision in decisions(walk, Mode.ENFORCE):
        asking = [(each.id, each.attempt) for each in decision.actions]
        notifying = [each.id for each in decision.notifications]

        assert len({*asking}) == len(asking)
        assert len({*notifying}) == len(notifying)
        assert asked.isdisjoint(asking)
        assert notified.isdisjoint(notifying)
        asked.update(asking)
        notified.update(notifying)


@given(walks(), st.sampled_from((Mode.OBSERVE, Mode.NOTIFY)))
def test_no_walk_goes_further_than_max_mode(walk: Walk, max_mode: Mode) -> None:
    for _, _, decision in decisions(walk, Mode.ENFORCE, max_mode):
        assert decision.actions == ()
        assert all(each.mode is max_mode for each in decision.breaches.values())
        assert max_mode is Mode.NOTIFY or (
            decision.notifications,
            decision.standing.notification_history,
            decision.standing.shares_notified,
        ) == ((), {}, {})


@given(walks())
def test_no_more_is_remembered_of_a_rule_than_its_last_streams_and_breaches(walk: Walk) -> None:
    for _, _, decision in decisions(walk, Mode.ENFORCE):
        for counted in decision.standing.repetitions.values():
            streams = [each for each in counted if each.stream]

            assert len(streams) <= 2
            assert len(counted) - len(streams) <= 2


@given(walks())
def test_a_stop_names_what_is_on_the_air_also_where_another_stream_opened_the_breach(
    walk: Walk,
) -> None:
    for _, facts, decision in decisions(walk, Mode.ENFORCE):
        live = facts.live.stream_id if facts.live else None
        on_stream = [each.stream_id for each in decision.actions if each.kind in ON_STREAM]

        assert {*on_stream} <= {live} - {None}
