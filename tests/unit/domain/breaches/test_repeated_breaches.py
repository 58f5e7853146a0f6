"""`on_repeat` where no stream is what is wrong: breaches that begin are counted."""

from collections.abc import Callable, Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import OnRepeat
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Mode, NotificationStatus
from testbed import builders as build
from testbed.builders import at, compiled_rule, policy_of, state_from

TWICE = OnRepeat(times=2, within=timedelta(days=1), do=())
TAGGED = OnRepeat(times=2, within=timedelta(days=1), do=(build.set_tags(again="yes"),))
ANN, BOB = (f"arn:aws:iam::{build.ACCOUNT}:user/{name}" for name in ("ann", "bob"))

type Step = Callable[[datetime], Sequence[Input]]


@dataclass(frozen=True)
class Case:
    """What breaks a rule of the kind at a moment, and what ends that.

    The breach is found `after` so long.
    """

    kind: str
    params: dict[str, object]
    broken: Step
    kept: Step
    arn: str = build.CHANNEL
    after: timedelta = timedelta(minutes=1)


def _failed(when: datetime) -> Sequence[Input]:
    stream = f"st-{when:%H%M}"
    return (
        build.session_created(when, stream),
        build.stream_event("Stream Failure", when, stream, reason="Capacity"),
    )


def _unlucky(when: datetime) -> Sequence[Input]:
    return (build.session_created(when - timedelta(minutes=2), f"st-{when:%H%M}"),)


def _started(when: datetime) -> Sequence[Input]:
    stream = f"st-on{when:%H%M}"
    return (build.stream_start(when, stream), build.stream_end(when + timedelta(seconds=1), stream))


def _counted(used: int, when: datetime) -> Sequence[Input]:
    return (build.listed(build.WHOLE_ACCOUNT, when, concurrentStreams=used),)


def _recorded(share: float, when: datetime) -> Sequence[Input]:
    stream, recording = f"st-{share}{when:%H%M}", f"r-{share}{when:%H%M}"
    lasted = timedelta(minutes=10)
    return (
        build.stream_start(when - lasted, stream),
        build.recording_start(when - lasted, recording, stream),
        build.stream_end(when, stream),
        build.recording_end(when, share * lasted, recording, stream),
    )


def _nothing(_: datetime) -> Sequence[Input]:
    return ()


CASES = [
    Case(
        "inherited_tags",
        {"tags": ["team"]},
        lambda when: (
            build.channel_listed(when, tags={"team": "a"}),
            build.key_observed(when, tags={}),
        ),
        lambda when: (build.key_observed(when, tags={"team": "a"}),),
    ),
    Case("never_live", {}, _unlucky, _started),
    Case("stream_failure", {}, _failed, _started),
    Case("orphans", {"unused": "PT30M"}, _nothing, _started, after=timedelta(minutes=30)),
    Case(
        "stream_key_age",
        {"limit": "PT30M"},
        _nothing,
        lambda when: (build.key_created(when, key_arn=f"{build.KEY}{when:%d%H}"),),
        after=timedelta(minutes=30),
    ),
    Case(
        "key_missing",
        {"limit": "PT10M"},
        lambda when: (build.key_observed(when, key_arn=None),),
        lambda when: (build.key_observed(when, minted_at=when),),
        after=timedelta(minutes=10),
    ),
    Case(
        "key_drift",
        {"by": ["*:user/ann"]},
        lambda when: (build.key_created(when, by=BOB),),
        lambda when: (build.key_created(when, by=ANN),),
    ),
    Case("recording_integrity", {}, partial(_recorded, 0.5), partial(_recorded, 1.0)),
    Case(
        "account_limit",
        {},
        lambda when: (build.account_limit(when),),
        _nothing,
        arn=build.WHOLE_ACCOUNT,
    ),
    Case(
        "quota_headroom",
        {"only": ["concurrent_streams"]},
        partial(_counted, 90),
        partial(_counted, 10),
        arn=build.WHOLE_ACCOUNT,
    ),
    Case(
        "event_alert",
        {"detail_type": ["IVS Stage Update"], "within": "PT10M"},
        lambda when: (build.publish_error(when, f"e-{when:%H%M}"),),
        _nothing,
        arn=build.STAGE,
    ),
    # Kinds about a live channel count breaches that begin off the air, too.
    Case(
        "insecure_ingest",
        {},
        lambda when: (build.channel_listed(when, insecureIngest=True),),
        lambda when: (build.channel_listed(when, insecureIngest=False),),
    ),
    Case(
        "required_tags",
        {"tags": {"team": {}}, "on": ["playback_key_pair"]},
        lambda when: (build.listed(build.KEY_PAIR, when, tags={}),),
        lambda when: (build.listed(build.KEY_PAIR, when, tags={"team": "a"}),),
        arn=build.KEY_PAIR,
    ),
]


class Played:
    """A rule about one resource, decided one moment after the other."""

    def __init__(self, case: Case, repeat: OnRepeat, mode: Mode = Mode.ENFORCE) -> None:
        rule = compiled_rule(case.kind, case.params, mode=mode, on_repeat=repeat)
        self.case, self.policy = case, policy_of(rule)
        self.inputs: list[Input] = []
        self.standing = Standing()
        self.look(at(-1), *case.kept(at(-1)))

    def look(self, now: datetime, *inputs: Input) -> Decision:
        self.inputs += inputs
        rule_set = self.policy.about(Facts(Resource(arn=self.case.arn)).resource_type)
        state = state_from(*self.inputs, arn=self.case.arn, matchers=rule_set.matchers)
        decision = decide(state, self.standing, self.policy, now)
        self.standing = decision.standing
        return decision

    def broken(self, hours: float) -> Decision:
        """The rule is broken at this hour, and kept two hours later."""
        began = at(hours)
        decision = self.look(began + self.case.after, *self.case.broken(began))
        assert [each.rule_id for each in decision.breaches.values()], self.case.kind
        return decision

    def kept(self, hours: float) -> Decision:
        decision = self.look(at(hours, seconds=5), *self.case.kept(at(hours)))
        assert not decision.breaches, self.case.kind
        return decision

    @property
    def count(self) -> int:
        return sum(len(each) for each in self.standing.repetitions.values())


def escalations(decision: Decision) -> list[str]:
    escalated = NotificationStatus.ESCALATED
    return [each.text for each in decision.notifications if each.status is escalated]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
class TestEachKind:
    def test_the_second_breach_within_the_time_is_told_once(self, case: Case) -> None:
        played = Played(case, TWICE)

        first = played.broken(0)
        played.kept(2)
        second = played.broken(3)
        later = played.look(at(3, seconds=30) + case.after)

        assert escalations(first) == escalations(later) == []
        (text,) = escalations(second)
        assert text.endswith("The rule was broken 2 times within 1d.")

    def test_a_breach_counts_once_however_often_it_is_decided(self, case: Case) -> None:
        played = Played(case, TWICE)

        played.broken(0)
        again = [played.look(at(seconds=5) + case.after, *played.inputs) for _ in range(3)]

        assert played.count == 1
        assert [escalations(each) for each in again] == [[], [], []]

    def test_a_breach_that_is_long_ago_does_not_count(self, case: Case) -> None:
        played = Played(case, TWICE)

        played.broken(0)
        played.kept(2)
        played.kept(30)

        assert escalations(played.broken(31)) == []
        assert played.count == 1


def test_the_actions_are_done_while_the_breach_that_counts_lasts() -> None:
    drift = next(case for case in CASES if case.kind == "key_drift")
    played = Played(drift, TAGGED)

    first = played.broken(0)
    played.kept(2)
    second = played.broken(3)
    late = played.look(at(26))  # when the first breach began more than a day ago

    assert [each.kind for each in first.actions] == []
    assert [each.kind for each in second.actions] == ["tag"]
    assert [each.kind for each in late.actions] == ["tag"]


@pytest.mark.parametrize(("hours", "times"), [(5, 1), (0.4, 2)])
def test_breaches_that_are_decided_late_count_by_when_they_began(hours: float, times: int) -> None:
    """After an outage, what happened in a day is decided within minutes."""
    open_ingest = next(case for case in CASES if case.kind == "insecure_ingest")
    played = Played(open_ingest, OnRepeat(times=2, within=timedelta(hours=1), do=()))
    for number in range(3):
        played.look(at(20, minutes=number), *open_ingest.broken(at(hours * number)))
        played.look(
            at(20, minutes=number, seconds=5), *open_ingest.kept(at(hours * number, minutes=5))
        )
    played.look(at(20, minutes=9), *open_ingest.broken(at(hours * 3)))

    assert played.count == times


def test_people_read_what_follows_from_the_repetition() -> None:
    drift = next(case for case in CASES if case.kind == "key_drift")
    played = Played(drift, TAGGED)
    played.broken(0)
    played.kept(2)

    (text,) = escalations(played.broken(3))

    assert text.endswith("2 times within 1d. Streamwarden sets again=yes.")


def test_nobody_is_told_in_mode_observe_and_breaches_count_all_the_same() -> None:
    drift = next(case for case in CASES if case.kind == "key_drift")
    played = Played(drift, TWICE, Mode.OBSERVE)
    played.broken(0)
    played.kept(2)

    assert played.broken(3).notifications == ()
    assert played.count == 2


def test_no_more_breaches_are_remembered_than_the_rule_asks_for() -> None:
    drift = next(case for case in CASES if case.kind == "key_drift")
    played = Played(drift, TWICE)
    for number in range(6):
        played.broken(3 * number)
        played.kept(3 * number + 2)

    assert played.count == 2


def test_a_late_input_that_ends_a_breach_for_a_while_does_not_count_it_twice() -> None:
    """The same breach begins at the same moment by the facts, whenever it is decided."""
    open_ingest = next(case for case in CASES if case.kind == "insecure_ingest")
    played = Played(open_ingest, TWICE)
    first = played.broken(0)
    played.standing = replace(first.standing, breaches={}, incidents={})

    assert escalations(played.look(at(1))) == []
    assert played.count == 1


@given(
    st.lists(st.sampled_from(("broken", "kept", "again")), min_size=1, max_size=25),
    st.data(),
)
def test_doubled_and_late_inputs_end_as_inputs_in_order_do(
    happened: list[str], data: st.DataObject
) -> None:
    """Each look comes with any of what was seen before, in any order."""
    drift = next(case for case in CASES if case.kind == "key_drift")
    plain, disturbed = Played(drift, TWICE), Played(drift, TWICE)
    for number, what in enumerate(happened):
        now = at(minutes=20 * number)
        fresh = {"broken": drift.broken, "kept": drift.kept, "again": _nothing}[what](now)
        seen = data.draw(st.permutations(disturbed.inputs))[:3]
        mixed = data.draw(st.permutations([*fresh, *seen]))
        expected = plain.look(now + timedelta(minutes=1), *fresh)
        found = disturbed.look(now + timedelta(minutes=1), *mixed)

        assert found.standing == expected.standing
        assert found.notifications == expected.notifications
