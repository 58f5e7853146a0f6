"""The observer survives a crash between any two of its steps: same end, nothing lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.decision import Decision
from streamwarden.domain.inputs import Input, Recheck
from streamwarden.domain.verdicts import Mode, NotificationStatus
from streamwarden.services.errors import TemporaryError, VersionConflict
from streamwarden.services.records import PendingMessages, Record
from testbed import builders
from testbed.builders import CHANNEL, at
from tests.unit.services.fakes import Calls, Crash, Harness

POLICY = builders.every_kind()
TIMELINE: Sequence[Input] = (
    builders.channel_created(at(), tags={"env": "test"}, insecureIngest=True),
    builders.stream_start(at(1)),
    builders.starvation_start(at(1, 30)),
    builders.recording_start_failure(at(1, 31)),
    builders.tags_set(at(1, 40), {"owner": "team-a"}),
    builders.starvation_end(at(1, 50)),
    builders.stream_end(at(3)),
    builders.channel_deleted(at(4)),
)


def play(
    harness: Harness, timeline: Sequence[Input], crashes: Sequence[tuple[int, bool]] = ()
) -> None:
    """Deliver input after input, each until it is taken; each may first crash."""
    crashing = dict(enumerate(crashes))
    for number, each in enumerate(timeline):
        harness.time.now = at(1 + number)
        if number in crashing:
            _try(harness, each, *crashing[number])
        harness.observer().observe(CHANNEL, [each])


def _try(harness: Harness, each: Input, crash_at: int, is_after: bool) -> bool:
    try:
        harness.observer(Calls(crash_at, is_after)).observe(CHANNEL, [each])
    except Crash:
        return True
    return False


def end_of(harness: Harness) -> tuple[object, ...]:
    record = harness.store.load(CHANNEL)
    actions = [(each.id, each.attempt) for each in harness.outbox.actions]
    notifications = [each.id for each in harness.outbox.notifications]
    ledger = [each.text for each in harness.store.ledgers.get(CHANNEL, [])]
    return (
        *(record.state, record.breaches, record.pending, record.timer_at),
        *(actions, notifications, ledger, record.ledger.last),
    )


@cache
def end_without_crashes() -> tuple[object, ...]:
    harness = Harness(POLICY)
    play(harness, TIMELINE)
    return end_of(harness)


def test_what_is_handed_over_waits_for_no_timer() -> None:
    """A stop waits for each call before `send`."""
    calls = Calls()

    Harness(POLICY).observer(calls).observe(CHANNEL, TIMELINE[:2])

    assert calls.made == ["load", "save", "send", "set", "save"]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 6))
@pytest.mark.parametrize("number", range(len(TIMELINE)))
def test_a_crash_at_any_step_changes_nothing(number: int, crash_at: int, is_after: bool) -> None:
    rough = Harness(POLICY)

    play(rough, TIMELINE, [(0, False)] * number + [(crash_at, is_after)])

    assert end_of(rough) == end_without_crashes()
    assert not rough.store.load(CHANNEL).pending


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=len(TIMELINE)))
def test_crashes_all_along_change_nothing(crashes: list[tuple[int, bool]]) -> None:
    rough = Harness(POLICY)

    play(rough, TIMELINE, crashes)

    assert end_of(rough) == end_without_crashes()


@given(st.permutations(TIMELINE[:6]))
def test_what_is_asked_for_does_not_depend_on_the_order(timeline: list[Input]) -> None:
    harness, other = Harness(POLICY), Harness(POLICY)
    for each, inputs in ((harness, TIMELINE[:6]), (other, timeline)):
        each.time.now = at(2)
        each.observer().observe(CHANNEL, inputs)

    assert end_of(other) == end_of(harness)


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 6))
def test_a_warning_is_notified_once_wherever_a_run_dies(crash_at: int, is_after: bool) -> None:
    params = {"limit": "PT4H", "warnings": ["PT30M"]}
    harness = Harness(
        builders.policy_of(builders.compiled_rule("max_duration", params, builders.WARN))
    )
    harness.observer().observe(CHANNEL, [builders.stream_start(at())])
    look = Recheck(resource_arn=CHANNEL, time=at(3, 30))
    harness.time.now = at(3, 30)

    _try(harness, look, crash_at, is_after)
    harness.time.later(minutes=4)
    harness.observer().observe(CHANNEL, [look])
    harness.time.later(minutes=4)
    harness.observer().observe(CHANNEL, [look])

    assert [each.status for each in harness.outbox.notifications] == [NotificationStatus.WARNING]
    assert len(harness.outbox.actions) == 1
    assert list(harness.store.load(CHANNEL).standing.notification_history.values()) == [at(3, 30)]


def test_the_same_input_again_saves_nothing() -> None:
    harness, calls = Harness(POLICY), Calls()
    harness.observer().observe(CHANNEL, TIMELINE[:2])

    harness.observer(calls).observe(CHANNEL, TIMELINE[:2])

    assert calls.made == ["load"]
    assert harness.store.load(CHANNEL).version == 2


def test_what_was_not_sent_is_sent_by_the_next_look() -> None:
    harness = Harness(POLICY)
    harness.time.now = at(3)
    with pytest.raises(Crash):
        harness.observer(Calls(crash_at=3)).observe(CHANNEL, TIMELINE[:2])
    assert not harness.outbox.actions

    harness.observer().observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at(3))])

    assert harness.outbox.actions
    assert harness.outbox.notifications
    assert not harness.store.load(CHANNEL).pending


def test_an_earlier_timer_is_left_alone() -> None:
    harness = Harness(builders.policy_of(builders.max_duration()))
    harness.observer().observe(CHANNEL, [builders.stream_start(at())])
    calls = Calls()
    harness.time.later(minutes=1)

    harness.observer(calls).observe(CHANNEL, [builders.starvation_start(at(0, 1))])

    assert "set" not in calls.made
    assert harness.timers.next_at() == at(4)


def test_a_timer_that_has_fired_is_forgotten() -> None:
    harness = Harness(builders.policy_of(builders.max_duration(mode=Mode.NOTIFY)))
    harness.observer().observe(CHANNEL, [builders.stream_start(at())])
    harness.time.now = at(4)

    harness.observer().observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at(4))])

    assert harness.store.load(CHANNEL).timer_at is None


@pytest.mark.parametrize("early", [{"milliseconds": 400}, {"minutes": 10}])
def test_a_timer_that_fires_early_is_not_lost(early: dict[str, float]) -> None:
    harness = Harness(builders.policy_of(builders.max_duration()))
    harness.observer().observe(CHANNEL, [builders.stream_start(at())])
    assert harness.timers.take_due(at(4)) == CHANNEL
    harness.time.now = at(4) - timedelta(**early)

    harness.observer().observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at(4))])

    is_decided = bool(harness.outbox.actions)
    assert is_decided is ("milliseconds" in early)
    next_at = harness.timers.next_at()
    assert next_at is not None
    assert next_at > at(4) if is_decided else next_at == at(4)


def test_of_two_observers_that_race_the_earlier_timer_stays() -> None:
    started = builders.stream_start(at())
    starvation = builders.compiled_rule("starvation", {"limit": "PT10M"})
    harness = Harness(builders.policy_of(builders.max_duration(), starvation))
    race = _Raced(harness, [started, builders.starvation_start(at())])
    object.__setattr__(observer := harness.observer(), "timers", race)

    observer.observe(CHANNEL, [started])

    assert harness.timers.next_at() == harness.store.load(CHANNEL).timer_at == at(minutes=10)


def test_a_decision_that_was_saved_is_recorded_though_the_race_for_its_timer_is_lost() -> None:
    started = builders.stream_start(at())
    harness = Harness(builders.policy_of(builders.max_duration()))
    harness.observer().observe(CHANNEL, [started])
    harness.time.now = at(hours=5)
    recorded: list[Decision] = []
    observer = harness.observer()
    object.__setattr__(observer, "store", _Contended(harness, times=1, after=1))
    object.__setattr__(observer, "record", lambda arn, inputs, decision: recorded.append(decision))

    observer.observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at(hours=5))])

    first, second = recorded
    assert [each.rule_id for each in first.opened] == ["max-duration"]
    assert [each.kind for each in first.actions] == ["stop"]
    assert (second.opened, second.actions) == ((), ())


class _Raced:
    """Timers of an observer, of whose resource another one saves before the first is set."""

    def __init__(self, harness: Harness, inputs: Sequence[Input]) -> None:
        self.harness, self.inputs = harness, inputs
        self.set_times = 0

    def set(self, resource_arn: str, at: datetime) -> None:
        self.set_times += 1
        inputs, self.inputs = self.inputs, ()
        if inputs:
            self.harness.observer().observe(resource_arn, inputs)
        self.harness.timers.set(resource_arn, at)


@pytest.mark.parametrize("times", [0, 1, 7])
def test_a_lost_race_sets_no_timer_that_is_set_already(times: int) -> None:
    harness = Harness(builders.policy_of(builders.max_duration()))
    harness.observer().observe(CHANNEL, [builders.stream_start(at())])
    observer = harness.observer()
    object.__setattr__(observer, "store", _Contended(harness, times))
    object.__setattr__(observer, "timers", timers := _Raced(harness, ()))

    observer.observe(CHANNEL, [builders.starvation_start(at(1))])

    assert timers.set_times == 0


def test_max_mode_holds_back_every_action() -> None:
    harness = Harness(POLICY)
    harness.time.now = at(3)

    harness.observer(max_mode=Mode.NOTIFY).observe(CHANNEL, TIMELINE[:2])

    assert not harness.outbox.actions
    assert {each.status for each in harness.outbox.notifications} == {NotificationStatus.OPENED}


class _Contended:
    """A store that somebody else saves to, a number of times, after so many saves of ours."""

    def __init__(self, harness: Harness, times: int, after: int = 0) -> None:
        self.harness, self.times, self.after = harness, times, after

    def load(self, channel_arn: str) -> Record:
        return self.harness.store.load(channel_arn)

    def save(self, record: Record, before: Record) -> Record:
        self.after -= 1
        if self.after < 0 and self.times > 0:
            self.times -= 1
            raise VersionConflict(record.state.arn)
        return self.harness.store.save(record, before)


class _Overtaken:
    """A store to which another observer saves before the first save of this one."""

    def __init__(self, harness: Harness, inputs: Sequence[Input]) -> None:
        self.harness, self.inputs = harness, inputs

    def load(self, channel_arn: str) -> Record:
        return self.harness.store.load(channel_arn)

    def save(self, record: Record, before: Record) -> Record:
        inputs, self.inputs = self.inputs, ()
        if inputs:
            self.harness.observer().observe(record.state.arn, inputs)
        return self.harness.store.save(record, before)


def test_a_lost_race_costs_no_second_reading() -> None:
    """`Session Created` and `Stream Start` come together, and a stop may wait for the second."""
    harness, calls = Harness(POLICY), Calls()
    overtaken = _Overtaken(harness, [builders.session_created(at(1))])
    object.__setattr__(observer := harness.observer(calls), "store", calls.watch(overtaken))

    observer.observe(CHANNEL, TIMELINE[:2])

    assert calls.made == ["load", "save", "save", "send", "set", "save"]
    (session,) = harness.store.load(CHANNEL).state.sessions.values()
    assert (session.created_at, session.on_air_at) == (at(1), at(1))


@pytest.mark.parametrize("times", [1, 7])
def test_a_save_that_lost_the_race_is_tried_again(times: int) -> None:
    harness = Harness(POLICY)
    object.__setattr__(observer := harness.observer(), "store", _Contended(harness, times))

    observer.observe(CHANNEL, TIMELINE[:2])

    assert harness.waits == list(range(times))
    assert harness.store.load(CHANNEL).pending == PendingMessages()
    assert len({each.id for each in harness.outbox.actions}) == len(harness.outbox.actions)


def test_a_race_that_is_always_lost_is_for_later() -> None:
    harness = Harness(POLICY)
    object.__setattr__(observer := harness.observer(), "store", _Contended(harness, 8))

    with pytest.raises(TemporaryError, match="was changed by others 8 times in a row"):
        observer.observe(CHANNEL, TIMELINE[:2])
