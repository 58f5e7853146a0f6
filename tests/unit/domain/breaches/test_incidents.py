"""Incidents: notified once, once more when they repeat, and once when they resolve."""

from copy import replace
from datetime import datetime, timedelta

import pytest

from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy
from streamwarden.domain.verdicts import Mode, NotificationStatus, RuleNotes, Severity, Status
from testbed.builders import (
    STOP,
    action_finished,
    at,
    channel_deleted,
    channel_listed,
    compiled_rule,
    decide_on,
    policy_of,
    starvation_end,
    starvation_start,
    step,
    stream_end,
    stream_listed,
    stream_start,
    tags_set,
)

OPENED, REPEATED, ESCALATED, RESOLVED = (
    NotificationStatus.OPENED,
    NotificationStatus.REPEATED,
    NotificationStatus.ESCALATED,
    NotificationStatus.RESOLVED,
)
KEEP = timedelta(minutes=10)
STALLED = {"limit": "PT1M"}
BASIC = "channel.type == 'BASIC'"
BROKEN = channel_listed(at(), insecureIngest=True)

type Timeline = list[tuple[datetime, tuple[Input, ...]]]


def play(policy: Policy, timeline: Timeline) -> list[tuple[datetime, NotificationStatus, str]]:
    """What is notified when each input arrives and at each recheck, until nothing is ahead."""
    notified, standing, declared = [], Standing(), list[Input]()
    recheck_at: datetime | None = None
    while timeline or recheck_at is not None:
        if recheck_at is None or (timeline and timeline[0][0] <= recheck_at):
            now, arrived = timeline.pop(0)
            declared += arrived
        else:
            now = recheck_at
        decision = decide_on(policy, now, *declared, before=standing)
        standing, recheck_at = decision.standing, decision.recheck_at
        notified += [(now, each.status, each.text) for each in decision.notifications]
    return notified


def reconnecting(streams: int) -> Timeline:
    """An encoder that connects again two seconds after each stop."""
    timeline: Timeline = [(at(), (BROKEN,))]
    for number in range(streams):
        on_air = at(1, 0, 2 * number)
        timeline.append((on_air, (stream_start(on_air, f"st-{number}"),)))
        off_air = on_air + timedelta(seconds=1)
        timeline.append((off_air, (stream_end(off_air, f"st-{number}"),)))
    return timeline


def stalling(*starts: int) -> Timeline:
    """Stalls of two minutes that begin at these minutes."""
    timeline: Timeline = [(at(), (stream_start(at()),))]
    for start in starts:
        timeline.append((at(0, start), (starvation_start(at(0, start)),)))
        timeline.append((at(0, start + 2), (starvation_end(at(0, start + 2)),)))
    return timeline


def test_each_notification_has_the_notes_of_its_rule() -> None:
    notes = RuleNotes(owner="live-ops")
    rule = replace(compiled_rule("insecure_ingest", {}, mode=Mode.NOTIFY), notes=notes)

    opened = decide_on(policy_of(rule), at(), BROKEN)
    resolved = decide_on(policy_of(rule), at(1), channel_listed(at(1)), before=opened.standing)

    assert [each.notes for each in (*opened.notifications, *resolved.notifications)] == [notes] * 2


class TestRepetition:
    def test_an_encoder_that_reconnects_costs_three_notifications(self) -> None:
        closed = {"start": "02:00:00", "end": "03:00:00"}
        policy = policy_of(compiled_rule("allowed_hours", closed, mode=Mode.NOTIFY, keep=KEEP))

        notified = play(policy, reconnecting(30))

        assert [status for _, status, _ in notified] == [OPENED, REPEATED, RESOLVED]

    def test_an_uplink_that_stalls_now_and_then_is_one_incident(self) -> None:
        policy = policy_of(compiled_rule("starvation", STALLED, mode=Mode.NOTIFY, keep=KEEP))

        opened, repeated, resolved = play(policy, stalling(5, 10, 15, 20, 25))

        assert opened[:2] == (at(0, 6), OPENED)
        assert repeated[:2] == (at(0, 11), REPEATED)
        assert "2 breaches within 5m. More breaches cause no notification" in repeated[2]
        assert resolved[:2] == (at(0, 37), RESOLVED)
        assert "5 breaches within 21m." in resolved[2]

    def test_breaches_further_apart_than_the_keep_are_two_incidents(self) -> None:
        policy = policy_of(compiled_rule("starvation", STALLED, mode=Mode.NOTIFY, keep=KEEP))

        notified = play(policy, stalling(5, 20))

        assert [status for _, status, _ in notified] == [OPENED, RESOLVED] * 2

    def test_a_failing_action_is_notified_once_however_many_streams_it_fails_on(self) -> None:
        policy = policy_of(compiled_rule("insecure_ingest", {}, STOP, keep=KEEP))
        declared: list[Input] = [BROKEN]
        decision, statuses = decide_on(policy, at(), *declared), []
        for number in range(5):
            declared += [stream_start(at(1, number), f"st-{number}")]
            decision = decide_on(policy, at(1, number), *declared, before=decision)
            declared += [_failed(each.id, at(1, number, 5)) for each in decision.actions]
            decision = decide_on(policy, at(1, number, 5), *declared, before=decision)
            statuses += [each.status for each in decision.notifications]

        assert statuses == [ESCALATED]

    def test_each_stream_of_an_incident_is_acted_upon(self) -> None:
        policy = policy_of(compiled_rule("max_duration", {"limit": "PT1M"}, STOP, keep=KEEP))
        first = decide_on(policy, at(0, 1), stream_start(at()))
        again = (stream_start(at()), stream_end(at(0, 2)), stream_start(at(0, 3), "st-2"))
        between = decide_on(policy, at(0, 3), *again, before=first)

        second = decide_on(policy, at(0, 4), *again, before=between)

        assert [each.stream_id for each in second.actions] == ["st-2"]
        assert [each.status for each in second.notifications] == [REPEATED]


def _failed(action: str, when: datetime) -> Input:
    from streamwarden.domain.state.resource import OutcomeStatus

    return action_finished(when, action, OutcomeStatus.FAILED)


class TestKeeping:
    POLICY = policy_of(
        compiled_rule(
            "insecure_ingest", {}, mode=Mode.NOTIFY, keep=KEEP, unless="channel.type == 'BASIC'"
        )
    )

    def open(self) -> Decision:
        return decide_on(self.POLICY, at(), BROKEN)

    def test_it_stays_open_until_it_has_been_calm_for_the_keep(self) -> None:
        secure = channel_listed(at(1), insecureIngest=False)

        calm = decide_on(self.POLICY, at(1), BROKEN, secure, before=self.open())
        later = decide_on(self.POLICY, at(1, 9, 59), BROKEN, secure, before=calm)
        resolved = decide_on(self.POLICY, at(1, 10), BROKEN, secure, before=later)

        assert (calm.breaches, calm.notifications, calm.recheck_at) == ({}, (), at(1, 10))
        assert (later.notifications, later.recheck_at) == ((), at(1, 10))
        assert [each.status for each in resolved.notifications] == [RESOLVED]
        assert (resolved.standing.incidents, resolved.recheck_at) == ({}, None)

    @pytest.mark.parametrize(
        "what", [channel_deleted(at(1)), channel_listed(at(1), insecureIngest=True, type="BASIC")]
    )
    def test_what_is_exempt_or_gone_resolves_at_once(self, what: Input) -> None:
        decision = decide_on(self.POLICY, at(1), BROKEN, what, before=self.open())

        assert [each.status for each in decision.notifications] == [RESOLVED]

    def test_a_rule_that_is_taken_out_resolves_at_once(self) -> None:
        decision = decide_on(policy_of(), at(1), BROKEN, before=self.open())

        assert [each.status for each in decision.notifications] == [RESOLVED]

    def test_what_was_notified_is_resolved_also_in_mode_observe(self) -> None:
        observed = decide_on(self.POLICY, at(1), BROKEN, before=self.open(), max_mode=Mode.OBSERVE)
        secure = (BROKEN, channel_listed(at(2), insecureIngest=False))
        calm = decide_on(self.POLICY, at(2), *secure, before=observed, max_mode=Mode.OBSERVE)

        resolved = decide_on(self.POLICY, at(3), *secure, before=calm, max_mode=Mode.OBSERVE)

        assert (observed.notifications, calm.notifications) == ((), ())
        assert [each.status for each in resolved.notifications] == [RESOLVED]

    def test_a_rule_that_is_enforced_and_more_severe_at_once_says_both_each_time(self) -> None:
        low = policy_of(compiled_rule("insecure_ingest", {}, mode=Mode.NOTIFY, keep=KEEP))
        rule = compiled_rule("insecure_ingest", {}, STOP, severity=Severity.HIGH, keep=KEEP)
        decision, news = decide_on(low, at(), BROKEN), list[tuple[str, str]]()
        for hour, policy in enumerate((policy_of(rule), low, policy_of(rule)), 1):
            decision = decide_on(policy, at(hour), BROKEN, before=decision)
            news += [
                (each.title.rpartition("ingest ")[2], each.id) for each in decision.notifications
            ]

        assert [title for title, _ in news] == ["now high", "now enforced"] * 2
        assert len({each for _, each in news}) == 4

    def test_two_incidents_within_a_second_have_notifications_of_their_own(self) -> None:
        rule = compiled_rule("insecure_ingest", {}, mode=Mode.NOTIFY)
        policy, ids, declared = policy_of(rule), list[str](), list[Input]()
        decision: Decision | None = None
        for number in range(4):
            now = at(0, 0, number / 10)
            declared.append(channel_listed(now, insecureIngest=number % 2 == 0))
            decision = decide_on(policy, now, *declared, before=decision)
            ids += [each.id for each in decision.notifications]

        assert len(ids) == len(set(ids)) == 4


class TestFor:
    TAGGED = compiled_rule(
        "required_tags", {"tags": {"team": {}}}, mode=Mode.NOTIFY, hold=timedelta(minutes=5)
    )

    def test_a_breach_that_ends_before_is_none(self) -> None:
        policy, bare = policy_of(self.TAGGED), channel_listed(at())

        young = decide_on(policy, at(0, 0, 2), bare)
        tagged = tags_set(at(0, 0, 5), {"team": "ops"})
        over = decide_on(policy, at(0, 0, 9), bare, tagged, before=young)

        (verdict,) = young.verdicts
        assert (verdict.status, verdict.finding.recheck_at) == (Status.PENDING, at(0, 5))
        assert verdict.finding.reason.endswith("; it counts after 5m")
        assert (young.breaches, young.notifications, over.notifications) == ({}, (), ())
        assert over.standing == Standing()

    def test_a_breach_that_lasts_counts(self) -> None:
        policy, bare = policy_of(self.TAGGED), channel_listed(at())
        young = decide_on(policy, at(0, 1), bare)

        decision = decide_on(policy, at(0, 5), bare, before=young)

        assert [each.status for each in decision.notifications] == [OPENED]

    def test_a_moment_that_moves_on_with_each_reading_does_not_begin_the_wait_again(self) -> None:
        rule = compiled_rule(
            "viewer_ceiling", {"viewers": 10}, mode=Mode.NOTIFY, hold=timedelta(minutes=15)
        )
        policy, declared = policy_of(rule), [stream_start(at())]
        decision, opened_at = None, list[datetime]()
        for minute in range(5, 30, 5):
            declared.append(stream_listed(at(0, minute), viewers=50, start_time=at()))
            decision = decide_on(policy, at(0, minute), *declared, before=decision)
            opened_at += [at(0, minute) for _ in decision.notifications]

        assert opened_at == [at(0, 20)]

    def test_a_gap_begins_the_wait_again(self) -> None:
        policy = policy_of(
            compiled_rule("starvation", STALLED, mode=Mode.NOTIFY, hold=timedelta(minutes=3))
        )

        assert play(policy, stalling(5, 10, 15)) == []

    def test_steps_count_from_when_the_breach_counts(self) -> None:
        rule = compiled_rule(
            "max_duration",
            {"limit": "PT1H"},
            steps=(step(STOP, minutes=10),),
            hold=timedelta(minutes=5),
        )
        policy, live = policy_of(rule), stream_start(at())
        young = decide_on(policy, at(1), live)
        counted = decide_on(policy, at(1, 5), live, before=young)

        assert (young.recheck_at, counted.recheck_at) == (at(1, 5), at(1, 15))
