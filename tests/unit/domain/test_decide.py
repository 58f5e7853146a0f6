"""What follows from what is known: opened once, told once, asked for again, resolved."""

from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.filters import Match
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import (
    Action,
    Breach,
    Condition,
    Confirm,
    Mode,
    NotificationStatus,
    Severity,
    Status,
)
from testbed.builders import (
    CHANNEL,
    KEY,
    NEXT_STREAM,
    ROTATE_KEY,
    STOP,
    STREAM,
    action_finished,
    at,
    channel_created,
    channel_deleted,
    channel_listed,
    compiled_rule,
    decide_on,
    every_kind,
    key_observed,
    max_duration,
    policy_of,
    session_created,
    set_tags,
    starvation_start,
    state_from,
    stream_end,
    stream_event,
    stream_not_listed,
    stream_start,
    tags_removed,
    tags_set,
)
from tests.unit.domain.strategies import histories, moments

FOUR_HOURS = policy_of(max_duration())
LIVE = stream_start(at())
BREACH_ID = f"max-duration/{STREAM}"

OWNER = {"tags": {"owner": {"pattern": "team-.*"}, "env": {}}}
OWNED = policy_of(compiled_rule("required_tags", OWNER, set_tags(owner="team-x", env="prod")))


def news(decision: Decision) -> list[tuple[str, NotificationStatus]]:
    return [(notification.rule_id, notification.status) for notification in decision.notifications]


def asked(decision: Decision) -> list[tuple[str, int]]:
    return [(action.kind, action.attempt) for action in decision.actions]


def opened(decision: Decision) -> list[str]:
    return [breach.id for breach in decision.opened]


def resolved(decision: Decision) -> list[str]:
    return [breach.id for breach in decision.resolved]


class TestBeforeABreach:
    def test_a_compliant_channel_leads_to_nothing_but_a_time_to_look_again(self) -> None:
        decision = decide_on(FOUR_HOURS, at(1), LIVE)

        assert (decision.breaches, decision.actions, decision.notifications) == ({}, (), ())
        assert decision.recheck_at == at(4)

    def test_an_idle_channel_needs_no_look_again(self) -> None:
        assert decide_on(FOUR_HOURS, at(1)).recheck_at is None

    def test_the_earliest_of_all_moments_is_when_to_look_again(self) -> None:
        one_hour = compiled_rule("max_duration", {"limit": "PT1H"}, id="one-hour")
        policy = policy_of(max_duration(), one_hour)

        assert decide_on(policy, at(), LIVE).recheck_at == at(1)

    def test_every_rule_has_a_verdict_in_the_order_of_the_policy(self) -> None:
        policy = every_kind()

        decision = decide_on(policy, at())

        assert [each.rule_id for each in decision.verdicts] == [
            rule.id for rule in policy.about(ResourceType.CHANNEL).rules
        ]


class TestOpening:
    def test_a_breach_opens_is_told_and_acted_upon(self) -> None:
        decision = decide_on(FOUR_HOURS, at(4, minutes=1), LIVE)

        assert opened(decision) == [BREACH_ID] == list(decision.breaches)
        assert news(decision) == [("max-duration", NotificationStatus.OPENED)]
        assert asked(decision) == [("stop", 1)]

    def test_a_breach_remembers_since_when_it_is_and_when_it_was_found(self) -> None:
        breach = decide_on(FOUR_HOURS, at(4, minutes=1), LIVE).breaches[BREACH_ID]

        assert (breach.since, breach.opened_at) == (at(4), at(4, minutes=1))
        assert breach.stream_id == STREAM

    def test_the_notice_says_what_is_wrong_and_what_is_done(self) -> None:
        named = stream_event("Stream Start", at(), channel_name="studio")

        (notification,) = decide_on(FOUR_HOURS, at(4), named).notifications

        assert notification.title == "studio: max-duration breach"
        assert notification.text == (
            "on the air for 4h, which is the limit. Streamwarden stops the stream."
        )
        assert (notification.resource_arn, notification.resource_name) == (CHANNEL, "studio")
        assert (notification.stream_id, notification.at) == (STREAM, at(4))

    def test_a_channel_without_a_name_is_told_by_its_arn(self) -> None:
        (notification,) = decide_on(FOUR_HOURS, at(4), LIVE).notifications

        assert notification.title == f"{CHANNEL}: max-duration breach"

    def test_a_breach_opens_once_and_is_notified_once(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)

        second = decide_on(FOUR_HOURS, at(4, minutes=1), LIVE, before=first)

        assert (second.opened, second.notifications, second.actions) == ((), (), ())
        assert second.breaches == first.breaches

    def test_a_breach_survives_the_table(self) -> None:
        breaches = decide_on(every_kind(), at(4), LIVE, channel_listed(at())).breaches

        stored = msgspec.json.decode(msgspec.json.encode(breaches), type=dict[str, Breach])

        assert stored == breaches

    def test_breaches_of_one_rule_by_two_streams_are_two(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)

        second = decide_on(
            FOUR_HOURS, at(9), LIVE, stream_start(at(4, minutes=2), NEXT_STREAM), before=first
        )

        assert opened(second) == [f"max-duration/{NEXT_STREAM}"]
        assert resolved(second) == [BREACH_ID]


class TestAskingAgain:
    @pytest.mark.parametrize(
        ("status", "minutes"),
        [
            (OutcomeStatus.DONE, (5, 10, 20, 40, 60, 60, 60)),
            (OutcomeStatus.NOTHING_TO_DO, (5, 10, 20, 40, 60, 60, 60)),
            (OutcomeStatus.FAILED, (5, 10, 20, 40, 60, 60, 60)),
            # It may lie in the queue, where it is good for ten minutes.
            (None, (5, 10, 10, 10, 10, 10, 10)),
        ],
    )
    def test_an_action_whose_effect_is_not_seen_is_asked_for_again(
        self, status: OutcomeStatus | None, minutes: tuple[int, ...]
    ) -> None:
        known: tuple[Input, ...] = (LIVE,)
        decision, asked_at = decide_on(FOUR_HOURS, at(4), *known), [at(4)]
        while len(asked_at) < 8:
            (stop,) = decision.actions
            if status is not None:
                finished_at = asked_at[-1] + timedelta(seconds=1)
                outcome = action_finished(finished_at, stop.id, status, decided_at=asked_at[-1])
                known = (LIVE, outcome)
                decision = decide_on(FOUR_HOURS, finished_at, *known, before=decision)
            assert decision.recheck_at is not None
            asked_at.append(decision.recheck_at)
            decision = decide_on(FOUR_HOURS, asked_at[-1], *known, before=decision)
            assert asked(decision) == [("stop", len(asked_at))]

        waits = [later - sooner for sooner, later in pairwise(asked_at)]
        assert waits == [timedelta(minutes=each) for each in minutes]

    def test_nothing_is_asked_for_a_second_before_it_is_due(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)

        decision = decide_on(FOUR_HOURS, at(4, minutes=5, seconds=-1), LIVE, before=first)

        assert decision.actions == ()
        assert decision.recheck_at == at(4, minutes=5)

    def test_a_late_look_asks_once_and_waits_from_then(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)

        decision = decide_on(FOUR_HOURS, at(10), LIVE, before=first)

        assert asked(decision) == [("stop", 2)]
        assert decision.recheck_at == at(10, minutes=10)

    def test_every_attempt_of_an_action_has_the_same_id(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        second = decide_on(FOUR_HOURS, at(4, minutes=5), LIVE, before=first)

        assert [each.attempt for each in (*first.actions, *second.actions)] == [1, 2]
        assert first.actions[0].id == second.actions[0].id

    def test_a_channel_that_went_off_the_air_is_not_stopped_again(self) -> None:
        insecure = policy_of(compiled_rule("insecure_ingest", {}, STOP))
        listed = channel_listed(at(), insecureIngest=True)
        first = decide_on(insecure, at(1), listed, LIVE)

        decision = decide_on(
            insecure, at(2), listed, LIVE, stream_end(at(1, minutes=1)), before=first
        )

        assert list(decision.breaches) == ["insecure-ingest"]
        assert decision.actions == ()
        assert decision.recheck_at is None

    def test_the_next_stream_of_a_channel_in_breach_is_stopped_at_once(self) -> None:
        # Encoders reconnect by themselves after a stop; the new stream was never asked to stop.
        insecure = policy_of(compiled_rule("insecure_ingest", {}, STOP))
        listed = channel_listed(at(), insecureIngest=True)
        first = decide_on(insecure, at(1), listed, LIVE)
        reconnected = (stream_end(at(1, seconds=5)), stream_start(at(1, seconds=20), NEXT_STREAM))

        decision = decide_on(insecure, at(1, seconds=21), listed, LIVE, *reconnected, before=first)

        assert [each.stream_id for each in decision.actions] == [NEXT_STREAM]


def outcome_of(action: Action, when: datetime, status: OutcomeStatus) -> Input:
    return action_finished(when, action.id, status, reason="did it", decided_at=action.decided_at)


class TestResolving:
    def test_a_breach_that_is_none_any_more_resolves_with_what_streamwarden_did(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        did = action_finished(at(4, seconds=5), first.actions[0].id, reason="stopped it")
        stopped = (did, stream_end(at(4, seconds=9)))

        decision = decide_on(FOUR_HOURS, at(4, minutes=1), LIVE, *stopped, before=first)

        assert resolved(decision) == [BREACH_ID]
        assert decision.breaches == {}
        assert news(decision) == [("max-duration", NotificationStatus.RESOLVED)]
        assert decision.notifications[0].text == (
            "the channel is not on the air. Streamwarden stopped it."
        )

    def test_the_notification_waits_two_minutes_for_the_outcome_of_an_action(self) -> None:
        """The end of a stream can arrive before the outcome of the stop that ended it."""
        over = (LIVE, stream_end(at(4, seconds=9)))
        first = decide_on(FOUR_HOURS, at(4), LIVE)

        waiting = decide_on(FOUR_HOURS, at(4, minutes=1), *over, before=first)
        in_vain = decide_on(FOUR_HOURS, at(4, minutes=3), *over, before=waiting)
        did = action_finished(at(4, seconds=9), first.actions[0].id, reason="stopped it")
        arrived = decide_on(FOUR_HOURS, at(4, minutes=2), *over, did, before=waiting)

        assert (resolved(waiting), waiting.notifications) == ([BREACH_ID], ())
        assert waiting.recheck_at == at(4, minutes=3)
        assert waiting.standing.awaited(CHANNEL) >= {first.actions[0].id}
        assert in_vain.notifications[0].text == (
            "the channel is not on the air. The action stop was given up; "
            "it is not known whether it was carried out."
        )
        assert arrived.notifications[0].text.endswith(" Streamwarden stopped it.")

    def test_while_another_breach_is_open_an_outcome_is_awaited_for_an_hour(self) -> None:
        """An action is good for ten minutes, and a record has little room."""
        policy = policy_of(compiled_rule("max_duration", {"limit": "PT1M"}, STOP))
        reconnected = (stream_end(at(0, 1, 30)), stream_start(at(0, 1, 31), NEXT_STREAM))
        first = decide_on(policy, at(0, 1), LIVE)

        second = decide_on(policy, at(0, 2, 40), LIVE, *reconnected, before=first)
        later = decide_on(policy, at(1), LIVE, *reconnected, before=second)
        late = decide_on(policy, at(1, 1), LIVE, *reconnected, before=later)

        awaited = [
            each.standing.incidents["max-duration"].awaited for each in (second, later, late)
        ]
        assert awaited == [first.actions[0].id, first.actions[0].id, ""]

    def test_what_was_found_unnecessary_was_not_done(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        vain = outcome_of(first.actions[0], at(4, seconds=5), OutcomeStatus.NOTHING_TO_DO)

        decision = decide_on(
            FOUR_HOURS, at(4, minutes=1), LIVE, vain, stream_end(at(4)), before=first
        )

        assert "Streamwarden" not in decision.notifications[0].text

    def test_an_outcome_of_an_earlier_attempt_is_not_that_of_the_last_one(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        failed = outcome_of(first.actions[0], at(4, seconds=5), OutcomeStatus.FAILED)
        second = decide_on(FOUR_HOURS, at(4, minutes=5), LIVE, failed, before=first)
        over = (LIVE, stream_end(at(4, minutes=5, seconds=9)))

        waiting = decide_on(FOUR_HOURS, at(4, minutes=6), *over, failed, before=second)
        did = outcome_of(second.actions[0], at(4, minutes=6, seconds=5), OutcomeStatus.DONE)
        arrived = decide_on(FOUR_HOURS, at(4, minutes=7), *over, did, before=waiting)

        assert waiting.notifications == ()
        assert arrived.notifications[0].text.endswith("not on the air. Streamwarden did it.")

    def test_what_an_earlier_attempt_did_is_said_although_the_last_one_was_given_up(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        did = outcome_of(first.actions[0], at(4, minutes=6), OutcomeStatus.DONE)
        second = decide_on(FOUR_HOURS, at(4, minutes=5), LIVE, before=first)

        over = (LIVE, did, stream_end(at(4, minutes=6)))
        resolved_at = decide_on(FOUR_HOURS, at(4, minutes=6), *over, before=second)

        assert resolved_at.notifications[0].text.endswith("not on the air. Streamwarden did it.")

    def test_a_removed_rule_resolves_its_breaches(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)

        decision = decide_on(policy_of(), at(4, minutes=1), LIVE, before=first)

        notified = decide_on(policy_of(), at(4, minutes=3), LIVE, before=decision)
        assert resolved(decision) == [BREACH_ID]
        assert notified.notifications[0].text == (
            "the rule is no longer part of the policy. The action stop was given up; "
            "it is not known whether it was carried out."
        )

    def test_a_rule_that_is_no_longer_about_the_channel_resolves(self) -> None:
        first = decide_on(OWNED, at(1), channel_listed(at()))
        narrowed = policy_of(
            compiled_rule("required_tags", OWNER, match=Match(tags={"env": ("prod",)}))
        )

        decision = decide_on(narrowed, at(2), channel_listed(at()), before=first)
        decision = decide_on(narrowed, at(2, minutes=2), channel_listed(at()), before=decision)

        assert decision.notifications[0].text.startswith("the channel has no tag 'env'.")

    def test_a_deleted_channel_resolves_everything(self) -> None:
        given = (channel_listed(at()), LIVE)
        policy = every_kind()
        first = decide_on(policy, at(5), *given)

        decision = decide_on(policy, at(6), *given, channel_deleted(at(5)), before=first)

        assert decision.breaches == {}
        assert set(resolved(decision)) == set(first.breaches)
        assert {each.finding.reason for each in decision.verdicts} == {
            "the channel no longer exists"
        }

    def test_what_was_never_told_is_not_told_to_be_resolved(self) -> None:
        observed = policy_of(max_duration(Mode.OBSERVE))
        first = decide_on(observed, at(4), LIVE)

        decision = decide_on(observed, at(5), LIVE, stream_end(at(4)), before=first)

        assert resolved(decision) == [BREACH_ID]
        assert decision.notifications == ()

    def test_a_breach_that_comes_back_is_a_new_one_with_new_news(self) -> None:
        bare, tagged = channel_listed(at()), tags_set(at(2), {"owner": "team-a", "env": "prod"})
        first = decide_on(OWNED, at(1), bare)
        between = decide_on(OWNED, at(3), bare, tagged, before=first)

        back = decide_on(OWNED, at(5), bare, tagged, tags_removed(at(4), "env"), before=between)

        assert opened(back) == ["required-tags"]
        assert asked(back) == [("tag", 1)]
        assert {each.id for each in back.notifications}.isdisjoint(
            each.id for each in first.notifications
        )

    def test_learning_which_key_it_is_does_not_resolve_and_open_its_breach_again(self) -> None:
        policy = policy_of(compiled_rule("stream_key_age", {"limit": "P30D"}, ROTATE_KEY))
        listed = channel_listed(at())
        first = decide_on(policy, at(31 * 24), listed)

        decision = decide_on(
            policy, at(31 * 24, minutes=1), listed, key_observed(at(31 * 24), KEY), before=first
        )

        assert decision.notifications == ()

    def test_an_outcome_of_the_breach_before_is_not_told_of_this_one(self) -> None:
        bare, tagged = channel_listed(at()), tags_set(at(2), {"owner": "team-a", "env": "prod"})
        first = decide_on(OWNED, at(1), bare)
        failed = outcome_of(first.actions[0], at(1, minutes=1), OutcomeStatus.FAILED)
        failing = decide_on(OWNED, at(1, minutes=2), bare, failed, before=first)
        between = decide_on(OWNED, at(3), bare, failed, tagged, before=failing)

        removed = tags_removed(at(4), "env")
        back = decide_on(OWNED, at(5), bare, failed, tagged, removed, before=between)

        assert news(back) == [("required-tags", NotificationStatus.OPENED)]

    def test_what_was_done_about_the_breach_before_was_not_done_about_this_one(self) -> None:
        order = {"owner": "team-a", "env": "prod"}
        first = decide_on(OWNED, at(1), channel_listed(at()))
        done = action_finished(at(2), first.actions[0].id, tags=order)
        given: tuple[Input, ...] = (channel_listed(at()), done)
        between = decide_on(OWNED, at(3), *given, before=first)
        given = (*given, tags_removed(at(4), "env"))
        back = decide_on(OWNED, at(5), *given, before=between)
        by_others = tags_set(at(6), order)

        decision = decide_on(OWNED, at(7), *given, by_others, before=back)

        decision = decide_on(OWNED, at(8), *given, by_others, before=decision)
        assert "as asked" not in decision.notifications[0].text


class TestModes:
    def test_observe_records_but_neither_tells_nor_acts(self) -> None:
        decision = decide_on(policy_of(max_duration(Mode.OBSERVE)), at(4), LIVE)

        assert opened(decision) == [BREACH_ID]
        assert (decision.actions, decision.notifications) == ((), ())
        assert decision.recheck_at is None

    def test_notify_tells_what_would_be_done_and_does_not_act(self) -> None:
        decision = decide_on(policy_of(max_duration(Mode.NOTIFY)), at(4), LIVE)

        assert decision.actions == ()
        assert decision.recheck_at is None
        assert decision.notifications[0].text == (
            "on the air for 4h, which is the limit. Nothing is done, because the rule is in mode "
            "notify (mode enforce stops the stream)."
        )

    def test_notify_tells_which_tags_would_be_set(self) -> None:
        rule = compiled_rule(
            "required_tags", OWNER, set_tags(owner="team-x", env="prod"), mode=Mode.NOTIFY
        )

        decision = decide_on(policy_of(rule), at(1), channel_listed(at(), tags={"env": "test"}))

        assert decision.notifications[0].text.endswith("(mode enforce sets owner=team-x).")

    def test_notify_tells_that_the_key_would_be_replaced(self) -> None:
        rule = compiled_rule("stream_key_age", {"limit": "P30D"}, ROTATE_KEY, mode=Mode.NOTIFY)

        decision = decide_on(policy_of(rule), at(31 * 24), channel_created(at()))

        assert decision.notifications[0].text.endswith("(mode enforce replaces the stream key).")

    @pytest.mark.parametrize(
        ("rule_mode", "max_mode", "reached"),
        [
            (Mode.ENFORCE, Mode.ENFORCE, Mode.ENFORCE),
            (Mode.ENFORCE, Mode.NOTIFY, Mode.NOTIFY),
            (Mode.ENFORCE, Mode.OBSERVE, Mode.OBSERVE),
            (Mode.NOTIFY, Mode.ENFORCE, Mode.NOTIFY),
            (Mode.OBSERVE, Mode.ENFORCE, Mode.OBSERVE),
        ],
    )
    def test_no_rule_goes_further_than_the_stack(
        self, rule_mode: Mode, max_mode: Mode, reached: Mode
    ) -> None:
        decision = decide_on(policy_of(max_duration(rule_mode)), at(4), LIVE, max_mode=max_mode)

        assert decision.verdicts[0].mode is reached
        assert bool(decision.actions) is (reached is Mode.ENFORCE)
        assert bool(decision.notifications) is (reached is not Mode.OBSERVE)

    def test_a_breach_first_only_observed_is_told_and_acted_upon_once_the_mode_is_raised(
        self,
    ) -> None:
        observed = decide_on(FOUR_HOURS, at(4), LIVE, max_mode=Mode.OBSERVE)

        decision = decide_on(FOUR_HOURS, at(5), LIVE, before=observed)

        assert decision.opened == ()
        assert news(decision) == [("max-duration", NotificationStatus.OPENED)]
        assert asked(decision) == [("stop", 1)]

    def test_a_lowered_mode_stops_asking(self) -> None:
        enforced = decide_on(FOUR_HOURS, at(4), LIVE)

        decision = decide_on(FOUR_HOURS, at(5), LIVE, before=enforced, max_mode=Mode.NOTIFY)

        assert (decision.actions, decision.notifications) == ((), ())
        assert list(decision.breaches) == [BREACH_ID]


class TestEscalating:
    def test_a_raised_severity_is_notified_once(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        critical = policy_of(max_duration(severity=Severity.CRITICAL))

        second = decide_on(critical, at(4, minutes=1), LIVE, before=first)
        third = decide_on(critical, at(4, minutes=2), LIVE, before=second)

        assert news(second) == [("max-duration", NotificationStatus.ESCALATED)]
        assert second.notifications[0].severity is Severity.CRITICAL
        assert "Severity was medium, is critical." in second.notifications[0].text
        assert third.notifications == ()

    def test_a_lowered_severity_is_no_news(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        low = policy_of(max_duration(severity=Severity.LOW))

        assert decide_on(low, at(4, minutes=1), LIVE, before=first).notifications == ()

    def test_a_failed_action_is_notified_once(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        failed = action_finished(
            at(4, minutes=1),
            first.actions[0].id,
            OutcomeStatus.FAILED,
            reason="StreamUnavailable",
        )

        second = decide_on(FOUR_HOURS, at(4, minutes=2), LIVE, failed, before=first)
        third = decide_on(FOUR_HOURS, at(4, minutes=3), LIVE, failed, before=second)

        assert news(second) == [("max-duration", NotificationStatus.ESCALATED)]
        assert "The action stop failed: StreamUnavailable." in second.notifications[0].text
        assert third.notifications == ()

    def test_an_action_that_fails_on_stream_after_stream_is_notified_once(self) -> None:
        insecure = policy_of(compiled_rule("insecure_ingest", {}, STOP))
        given: tuple[Input, ...] = (channel_listed(at(), insecureIngest=True), LIVE)
        decision, statuses = decide_on(insecure, at(), *given), []
        for minute in (1, 2, 3):
            stream, again = f"st-{minute}", stream_start(at(minutes=minute), f"st-{minute}")
            failed = action_finished(
                at(minutes=minute), decision.actions[0].id, OutcomeStatus.FAILED
            )
            third = decide_on(insecure, at(minutes=minute), *given, failed, before=decision)
            statuses += [each.status for each in third.notifications]
            given = (*given, failed, again)
            decision = decide_on(insecure, at(minutes=minute), *given, before=third)

            assert [each.stream_id for each in decision.actions] == [stream]
        assert statuses == [NotificationStatus.ESCALATED]

    @pytest.mark.parametrize("status", [OutcomeStatus.DONE, OutcomeStatus.NOTHING_TO_DO])
    def test_an_action_that_did_not_fail_is_no_news(self, status: OutcomeStatus) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        finished = action_finished(at(4, minutes=1), first.actions[0].id, status)

        assert (
            decide_on(FOUR_HOURS, at(4, minutes=2), LIVE, finished, before=first).notifications
            == ()
        )

    def test_an_observed_failure_is_not_notified(self) -> None:
        first = decide_on(FOUR_HOURS, at(4), LIVE)
        failed = action_finished(at(4, minutes=1), first.actions[0].id, OutcomeStatus.FAILED)

        decision = decide_on(
            FOUR_HOURS, at(4, minutes=2), LIVE, failed, before=first, max_mode=Mode.OBSERVE
        )

        assert decision.notifications == ()


class TestActions:
    def test_a_stop_names_the_stream_and_why(self) -> None:
        (stop,) = decide_on(FOUR_HOURS, at(4), LIVE).actions

        assert (stop.kind, stop.resource_arn, stop.stream_id) == ("stop", CHANNEL, STREAM)
        assert (stop.rule_id, stop.decided_at) == ("max-duration", at(4))
        assert stop.reason == "on the air for 4h, which is the limit"
        assert stop.confirm is None

    def test_a_stop_for_starvation_is_only_for_a_stream_that_still_starves(self) -> None:
        policy = policy_of(compiled_rule("starvation", {"limit": "PT10M"}, STOP))

        (stop,) = decide_on(policy, at(2), LIVE, starvation_start(at(1))).actions

        assert stop.stream_id == STREAM
        assert stop.confirm == Confirm(Condition.STALLED)

    def test_a_tag_action_of_the_same_rule_does_not_depend_on_the_stall(self) -> None:
        rule = compiled_rule("starvation", {"limit": "PT10M"}, STOP, set_tags(starved="yes"))

        decision = decide_on(policy_of(rule), at(2), LIVE, starvation_start(at(1)))

        assert [(each.kind, each.confirm) for each in decision.actions] == [
            ("stop", Confirm(Condition.STALLED)),
            ("tag", None),
        ]

    def test_a_session_is_stopped_as_soon_as_it_is_on_the_air(self) -> None:
        insecure = policy_of(compiled_rule("insecure_ingest", {}, STOP))
        listed = channel_listed(at(), insecureIngest=True)

        early = decide_on(insecure, at(1), listed, session_created(at(1)))
        decision = decide_on(insecure, at(1, seconds=6), listed, LIVE, before=early)

        assert early.actions == ()
        assert [each.stream_id for each in decision.actions] == [STREAM]

    def test_an_idle_channel_is_not_stopped(self) -> None:
        insecure = policy_of(compiled_rule("insecure_ingest", {}, STOP))

        decision = decide_on(insecure, at(1), channel_listed(at(), insecureIngest=True))

        assert decision.actions == ()
        assert (
            decision.notifications[0].text
            == "the channel allows insecure ingest (RTMP without TLS)."
        )

    def test_a_tag_action_sets_what_is_missing(self) -> None:
        (tag,) = decide_on(OWNED, at(1), channel_listed(at())).actions

        assert tag.tags == {"owner": "team-x", "env": "prod"}

    def test_a_tag_that_is_in_order_is_left_alone_whatever_its_value(self) -> None:
        (tag,) = decide_on(OWNED, at(1), channel_listed(at(), tags={"owner": "team-a"})).actions

        assert tag.tags == {"env": "prod"}

    def test_a_tag_of_a_wrong_value_is_overwritten(self) -> None:
        listed = channel_listed(at(), tags={"owner": "nobody", "env": "test"})

        (tag,) = decide_on(OWNED, at(1), listed).actions

        assert tag.tags == {"owner": "team-x"}

    def test_a_tag_that_is_already_set_needs_no_action(self) -> None:
        marked = policy_of(compiled_rule("insecure_ingest", {}, set_tags(ingest="insecure")))
        listed = channel_listed(at(), tags={"ingest": "insecure"}, insecureIngest=True)

        decision = decide_on(marked, at(1), listed)

        assert list(decision.breaches) == ["insecure-ingest"]
        assert decision.actions == ()

    def test_tags_that_were_set_are_known_before_any_event_tells_of_them(self) -> None:
        first = decide_on(OWNED, at(1), channel_listed(at()))
        order = {"owner": "team-x", "env": "prod"}
        finished = action_finished(at(2), first.actions[0].id, tags=order)

        decision = decide_on(OWNED, at(2), channel_listed(at()), finished, before=first)

        assert resolved(decision) == ["required-tags"]

    def test_a_key_is_not_replaced_here_but_in_the_rotation_window(self) -> None:
        policy = policy_of(compiled_rule("stream_key_age", {"limit": "P30D"}, ROTATE_KEY))

        decision = decide_on(policy, at(31 * 24), channel_created(at()))

        assert list(decision.breaches) == ["stream-key-age"]
        assert decision.actions == ()


class TestSkipping:
    def test_a_channel_that_the_rule_excuses_is_exempt(self) -> None:
        rule = compiled_rule("max_duration", {"limit": "PT4H"}, unless="channel.tags.event")
        listed = channel_listed(at(), tags={"event": "final"})

        (verdict,) = decide_on(policy_of(rule), at(5), listed, LIVE).verdicts

        assert verdict.status is Status.EXEMPT
        assert verdict.finding.reason == "`unless: channel.tags.event` holds"

    @pytest.mark.parametrize(
        "policy",
        [
            OWNED,
            policy_of(compiled_rule("insecure_ingest")),
            policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, when="session")),
            policy_of(
                compiled_rule("max_duration", {"limit": "PT4H"}, match=Match(name=("studio",)))
            ),
        ],
    )
    def test_nothing_is_said_of_settings_that_are_not_known(self, policy: Policy) -> None:
        (verdict,) = decide_on(policy, at(5), LIVE).verdicts

        assert verdict.status is Status.NOT_APPLICABLE
        assert verdict.finding.reason == (
            "the channel's settings are not known yet; the next sweep reads them"
        )

    def test_a_rule_that_needs_no_settings_does_not_wait_for_them(self) -> None:
        (verdict,) = decide_on(FOUR_HOURS, at(5), LIVE).verdicts

        assert verdict.status is Status.BREACH

    def test_one_rule_whose_expression_fails_does_not_silence_the_others(self) -> None:
        fragile = compiled_rule("insecure_ingest", when="starts_with(session.stream_id, 'st-')")
        policy = policy_of(fragile, compiled_rule("required_tags", OWNER))

        decision = decide_on(policy, at(1), channel_listed(at(), insecureIngest=True))

        assert opened(decision) == ["required-tags"]


@given(histories, moments)
def test_every_verdict_names_its_rule_and_gives_a_reason(
    history: list[Input], now: datetime
) -> None:
    policy = every_kind()

    decision = decide_on(policy, now, *history)

    assert [each.rule_id for each in decision.verdicts] == [
        rule.id for rule in policy.about(ResourceType.CHANNEL).rules
    ]
    assert all(each.finding.reason.strip() for each in decision.verdicts)
    assert all(each.rule_id for each in decision.breaches.values())


@given(histories, moments)
def test_deciding_again_at_the_same_moment_finds_nothing_new_to_do_or_tell(
    history: list[Input], now: datetime
) -> None:
    policy = every_kind()
    first = decide_on(policy, now, *history)

    second = decide_on(policy, now, *history, before=first)

    assert (second.opened, second.resolved, second.actions, second.notifications) == (
        (),
        (),
        (),
        (),
    )
    assert second.breaches == first.breaches
    assert second.recheck_at == first.recheck_at


@given(histories, moments, st.sampled_from((FOUR_HOURS, every_kind(Mode.ENFORCE))))
def test_where_nothing_stands_the_decision_is_as_where_something_did_that_is_over(
    history: list[Input], now: datetime, policy: Policy
) -> None:
    """There is a short way where nothing stands. People were told of a control that is no more."""
    state = state_from(*history)
    over = Standing(controls_notified={"pause": at()})
    assert decide(state, Standing(), policy, now) == decide(state, over, policy, now)


@given(histories, moments)
def test_it_is_never_said_to_look_again_in_the_past(history: list[Input], now: datetime) -> None:
    recheck_at = decide_on(every_kind(), now, *history).recheck_at

    assert recheck_at is None or recheck_at > now


@given(histories, moments)
def test_an_observing_stack_neither_tells_nor_acts(history: list[Input], now: datetime) -> None:
    decision = decide_on(every_kind(), now, *history, max_mode=Mode.OBSERVE)

    assert (decision.actions, decision.notifications) == ((), ())


def test_a_stream_that_was_not_listed_any_more_resolves_its_breach() -> None:
    first = decide_on(FOUR_HOURS, at(4), LIVE)

    decision = decide_on(FOUR_HOURS, at(5), LIVE, stream_not_listed(at(5)), before=first)

    assert resolved(decision) == [BREACH_ID]
