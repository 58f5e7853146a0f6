"""What is done when the first thing did not help: in order, told once, while the breach lasts."""

from copy import replace
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import (
    Breach,
    Condition,
    Confirm,
    Mode,
    NotificationStatus,
    PlannedAction,
    Severity,
)
from testbed.builders import (
    CHANNEL,
    NEXT_STREAM,
    ROTATE_KEY,
    STOP,
    STREAM,
    WARN,
    action_finished,
    at,
    channel_created,
    channel_listed,
    compiled_rule,
    decide_on,
    every_kind,
    max_duration,
    policy_of,
    set_tags,
    starvation_start,
    step,
    stream_end,
    stream_start,
    tags_set,
)
from tests.unit.domain.strategies import histories, moments

LIVE = stream_start(at())
LISTED = channel_listed(at(), insecureIngest=True)
LADDER = (step(WARN), step(set_tags(late="yes"), minutes=10), step(STOP, minutes=20))


def ladder(mode: Mode = Mode.ENFORCE, severity: Severity = Severity.MEDIUM) -> Policy:
    """At most four hours; then a warning, ten minutes later a tag, ten minutes later a stop."""
    rule = compiled_rule(
        "max_duration", {"limit": "PT4H"}, mode=mode, severity=severity, steps=LADDER
    )
    return policy_of(rule)


def insecure(*steps: PlannedAction, minutes: float = 10) -> Policy:
    """A breach that outlasts streams: nothing at once, and these after so many minutes."""
    return policy_of(compiled_rule("insecure_ingest", steps=(step(*steps, minutes=minutes),)))


def asked(decision: Decision) -> list[tuple[str, int]]:
    return [(each.kind, each.attempt) for each in decision.actions]


def notification_texts(decision: Decision) -> list[tuple[NotificationStatus, str]]:
    return [(each.status, each.text) for each in decision.notifications]


def the(decision: Decision) -> Breach:
    (breach,) = decision.breaches.values()
    return breach


def done(before: Decision, when: datetime | None = None) -> Input:
    """The first action of a decision was carried out."""
    reason = "put a warning into stream x"
    return action_finished(when or at(4, 1), before.actions[0].id, reason=reason)


class TestClimbing:
    def test_a_step_is_taken_when_its_time_has_come(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)
        second = decide_on(ladder(), at(4, 10), LIVE, done(first), before=first)
        third = decide_on(ladder(), at(4, 20), LIVE, done(first), before=second)

        assert asked(first) == [("warn", 1)]
        assert asked(second) == [("tag", 1)]
        assert ("stop", 1) in asked(third)

    @pytest.mark.parametrize(("minutes", "following"), [(0, 10), (9.99, 10), (10, 20), (19, 20)])
    def test_the_next_step_is_when_to_look_again(self, minutes: float, following: float) -> None:
        policy = policy_of(
            compiled_rule(
                "max_duration",
                {"limit": "PT4H"},
                steps=(step(), step(minutes=10), step(minutes=20)),
            )
        )
        first = decide_on(policy, at(4), LIVE)

        decision = decide_on(policy, at(4, minutes), LIVE, before=first)

        assert decision.recheck_at == at(4, following)

    def test_after_the_last_step_nothing_is_ahead(self) -> None:
        policy = insecure(STOP)
        first = decide_on(policy, at(1), LISTED)

        assert decide_on(policy, at(1, 10), LISTED, before=first).recheck_at is None

    def test_a_retry_before_the_next_step_comes_first(self) -> None:
        assert decide_on(ladder(), at(4), LIVE).recheck_at == at(4, 5)

    def test_a_second_too_early_is_too_early(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)

        decision = decide_on(ladder(), at(4, 10, -1), LIVE, done(first), before=first)

        assert (decision.actions, decision.notifications) == ((), ())
        assert decision.recheck_at == at(4, 10)

    def test_steps_count_from_when_the_breach_was_found_not_from_when_it_began(self) -> None:
        found_late = decide_on(ladder(), at(6), LIVE)

        assert asked(found_late) == [("warn", 1)]
        assert the(found_late).since == at(4)

    def test_a_late_look_takes_all_steps_that_are_due(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)

        late = decide_on(ladder(), at(5), LIVE, done(first), before=first)

        assert asked(late) == [("tag", 1), ("stop", 1)]

    def test_whose_clock_is_behind_takes_the_first_step_all_the_same(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)
        opened = {key: replace(each, requests={}) for key, each in first.breaches.items()}
        ahead = Standing(
            breaches={key: replace(each, opened_at=at(4, 0, 2)) for key, each in opened.items()}
        )

        assert asked(decide_on(ladder(), at(4), LIVE, before=ahead)) == [("warn", 1)]

    def test_a_breach_that_ends_stops_the_ladder(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)

        ended = decide_on(ladder(), at(4, 9), LIVE, stream_end(at(4, 9)), before=first)
        later = decide_on(ladder(), at(4, 20), LIVE, stream_end(at(4, 9)), before=ended)

        assert (ended.breaches, later.recheck_at, later.actions) == ({}, None, ())

    def test_a_breach_that_comes_back_starts_at_the_first_step(self) -> None:
        owned = policy_of(
            compiled_rule(
                "required_tags",
                {"tags": {"owner": {}}},
                steps=(step(), step(set_tags(owner="x"), minutes=10)),
            )
        )
        first = decide_on(owned, at(1), channel_listed(at()))
        given = (channel_listed(at()), tags_set(at(2), {"owner": "a"}))
        between = decide_on(owned, at(2), *given, before=first)

        back = decide_on(owned, at(3), channel_listed(at(3)), before=between)

        assert (back.actions, back.recheck_at) == ((), at(3, 10))

    def test_the_next_stream_of_a_breach_that_outlasts_streams_meets_the_step_at_once(self) -> None:
        policy = insecure(STOP)
        first = decide_on(policy, at(1), LISTED)
        idle = decide_on(policy, at(1, 10), LISTED, before=first)

        live = decide_on(policy, at(2), LISTED, stream_start(at(2)), before=idle)

        assert (idle.actions, idle.notifications) == ((), ())
        assert asked(live) == [("stop", 1)]
        assert [each.title for each in live.notifications] == [
            f"{CHANNEL}: insecure-ingest step 1 of 1"
        ]

    def test_a_key_is_replaced_only_once_its_step_is_reached(self) -> None:
        aged = compiled_rule(
            "stream_key_age", {"limit": "P30D"}, steps=(step(), step(ROTATE_KEY, hours=24))
        )
        given = channel_created(at())

        young = decide_on(policy_of(aged), at(30 * 24), given)
        old = decide_on(policy_of(aged), at(31 * 24), given, before=young)

        assert (the(young).rotates_key, the(old).rotates_key) == (False, True)
        assert young.recheck_at == at(31 * 24)

    def test_of_two_steps_that_set_a_tag_the_later_one_decides(self) -> None:
        steps = (step(set_tags(state="late", seen="yes")), step(set_tags(state="over"), minutes=10))
        policy = policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, steps=steps))
        first = decide_on(policy, at(4), LIVE)
        set_first = action_finished(at(4, 1), first.actions[0].id, tags=dict(first.actions[0].tags))

        second = decide_on(policy, at(4, 10), LIVE, set_first, before=first)
        set_second = action_finished(at(4, 11), second.actions[0].id, tags={"state": "over"})
        third = decide_on(policy, at(4, 12), LIVE, set_first, set_second, before=second)

        assert [dict(each.tags) for each in second.actions] == [{"state": "over"}]
        assert second.actions[0].id != first.actions[0].id
        assert (third.actions, third.recheck_at) == ((), None)


class TestNotifying:
    def test_the_first_notice_says_what_is_done_and_what_comes_next(self) -> None:
        assert notification_texts(decide_on(ladder(), at(4), LIVE)) == [
            (
                NotificationStatus.OPENED,
                "on the air for 4h, which is the limit. Streamwarden puts a warning into the "
                "stream. In 10m, Streamwarden sets late=yes.",
            )
        ]

    def test_a_later_step_is_notified_once(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)
        second = decide_on(ladder(), at(4, 10), LIVE, done(first), before=first)
        again = decide_on(ladder(), at(4, 11), LIVE, done(first), before=second)

        assert notification_texts(second) == [
            (
                NotificationStatus.ESCALATED,
                "on the air for 4h 10m; 4h is allowed. Step 2 of 3: Streamwarden sets late=yes. "
                "In 10m, Streamwarden stops the stream.",
            )
        ]
        assert second.notifications[0].title == f"{CHANNEL}: max-duration step 2 of 3"
        assert again.notifications == ()

    def test_of_several_steps_at_once_only_the_last_is_told_with_what_all_of_them_do(
        self,
    ) -> None:
        first = decide_on(ladder(), at(4), LIVE)

        late = decide_on(ladder(), at(5), LIVE, done(first), before=first)

        assert notification_texts(late) == [
            (
                NotificationStatus.ESCALATED,
                "on the air for 5h; 4h is allowed. Step 3 of 3: Streamwarden sets late=yes and "
                "stops the stream.",
            )
        ]

    def test_mode_notify_says_what_would_be_done(self) -> None:
        policy = ladder(Mode.NOTIFY)
        first = decide_on(policy, at(4), LIVE)
        third = decide_on(policy, at(4, 20), LIVE, before=first)

        assert first.recheck_at == at(4, 10)
        assert first.notifications[0].text.endswith(
            " Nothing is done, because the rule is in mode notify "
            "(mode enforce puts a warning into the stream)."
        )
        assert (third.actions, third.recheck_at) == ((), None)
        assert "Step 3 of 3: nothing is done, because the rule is in mode notify (mode enforce" in (
            third.notifications[0].text
        )

    def test_mode_observe_neither_tells_nor_looks_again(self) -> None:
        first = decide_on(ladder(Mode.OBSERVE), at(4), LIVE)
        later = decide_on(ladder(Mode.OBSERVE), at(4, 20), LIVE, before=first)

        assert (first.recheck_at, first.notifications) == (None, ())
        assert (later.actions, later.notifications, later.recheck_at) == ((), (), None)

    def test_a_step_may_do_no_more_than_tell_again(self) -> None:
        policy = insecure()
        first = decide_on(policy, at(1), LISTED)

        later = decide_on(policy, at(1, 10), LISTED, before=first)

        assert later.notifications[0].text.endswith("Step 1 of 1: the breach is still open.")

    def test_a_step_that_would_change_nothing_is_not_notified(self) -> None:
        first = decide_on(ladder(), at(4), LIVE, LISTED)
        tagged = (LIVE, channel_listed(at(4), tags={"late": "yes"}), done(first))

        second = decide_on(ladder(), at(4, 10), *tagged, before=first)

        assert (second.actions, second.notifications) == ((), ())

    def test_a_raised_severity_and_a_step_are_two_pieces_of_news(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)

        critical = ladder(severity=Severity.CRITICAL)
        later = decide_on(critical, at(4, 10), LIVE, done(first), before=first)

        assert [each.title.rpartition(": ")[2] for each in later.notifications] == [
            "max-duration now critical",
            "max-duration step 2 of 3",
        ]
        assert len({each.id for each in later.notifications}) == 2


class TestTurningARule:
    def test_raised_half_way_it_does_everything_that_is_due_and_says_so_once(self) -> None:
        notified = decide_on(ladder(Mode.NOTIFY), at(4), LIVE)

        raised = decide_on(ladder(), at(4, 15), LIVE, before=notified)
        again = decide_on(ladder(), at(4, 16), LIVE, before=raised)

        assert asked(raised) == [("warn", 1), ("tag", 1)]
        assert notification_texts(raised) == [
            (
                NotificationStatus.ESCALATED,
                "on the air for 4h 15m; 4h is allowed. The rule is enforced now. "
                "Streamwarden puts a warning into the stream and sets late=yes. "
                "In 5m, Streamwarden stops the stream.",
            )
        ]
        assert (again.actions, again.notifications) == ((), ())

    def test_first_observed_it_is_told_as_opened_with_all_that_is_due(self) -> None:
        observed = decide_on(ladder(Mode.OBSERVE), at(4), LIVE)

        raised = decide_on(ladder(), at(4, 15), LIVE, before=observed)

        assert [each.status for each in raised.notifications] == [NotificationStatus.OPENED]
        assert "and sets late=yes. In 5m, Streamwarden stops" in raised.notifications[0].text

    def test_lowered_half_way_it_asks_for_nothing_more_and_says_what_would_be(self) -> None:
        enforced = decide_on(ladder(), at(4), LIVE)

        lowered = decide_on(ladder(), at(4, 20), LIVE, before=enforced, max_mode=Mode.NOTIFY)

        assert lowered.actions == ()
        assert "mode enforce sets late=yes and stops the stream" in lowered.notifications[0].text

    def test_lowered_and_raised_again_a_warning_that_was_given_is_not_repeated(self) -> None:
        first = decide_on(ladder(), at(4), LIVE)
        given = (LIVE, done(first))
        lowered = decide_on(ladder(), at(4, 2), *given, before=first, max_mode=Mode.NOTIFY)

        raised = decide_on(ladder(), at(4, 3), *given, before=lowered)

        assert raised.actions == ()
        assert "puts a warning" not in raised.notifications[0].text

    def test_steps_that_are_added_to_an_open_breach_are_due_by_its_age(self) -> None:
        plain = policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, WARN))
        first = decide_on(plain, at(4), LIVE)

        longer = decide_on(ladder(), at(4, 10), LIVE, done(first), before=first)

        assert asked(longer) == [("tag", 1)]

    def test_a_stop_that_moves_to_another_step_is_still_the_same_stop(self) -> None:
        first = decide_on(policy_of(max_duration()), at(4), LIVE)
        failed = action_finished(at(4, 1), first.actions[0].id, OutcomeStatus.FAILED)

        later = decide_on(ladder(), at(4, 20), LIVE, failed, before=first)

        assert [each.id for each in later.actions if each.kind == "stop"] == [first.actions[0].id]


class TestWarning:
    POLICY = policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, WARN))

    def test_a_warning_says_the_reason_to_the_stream_it_was_decided_on(self) -> None:
        (warn,) = decide_on(self.POLICY, at(4), LIVE).actions

        assert (warn.kind, warn.stream_id) == ("warn", STREAM)
        assert warn.text == warn.reason == "on the air for 4h, which is the limit"

    def test_a_warning_may_have_words_of_its_own(self) -> None:
        own = PlannedAction(kind="warn", text="Bitte beenden")
        policy = policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, own))

        assert [each.text for each in decide_on(policy, at(4), LIVE).actions] == ["Bitte beenden"]

    @pytest.mark.parametrize("status", [OutcomeStatus.FAILED, OutcomeStatus.NOTHING_TO_DO, None])
    def test_a_warning_that_was_not_given_is_asked_for_again(
        self, status: OutcomeStatus | None
    ) -> None:
        first = decide_on(self.POLICY, at(4), LIVE)
        state = [action_finished(at(4, 1), first.actions[0].id, status)] if status else []

        again = decide_on(self.POLICY, at(4, 5), LIVE, *state, before=first)

        assert asked(again) == [("warn", 2)]

    def test_a_warning_that_was_given_is_not_repeated(self) -> None:
        decision = first = decide_on(self.POLICY, at(4), LIVE)

        for minutes in (2, 5, 60, 600):
            decision = decide_on(self.POLICY, at(4, minutes), LIVE, done(first), before=decision)

            assert (decision.actions, decision.recheck_at) == ((), None)

    def test_that_it_was_given_outlasts_the_outcome(self) -> None:
        """Of outcomes, only the newest are kept."""
        first = decide_on(self.POLICY, at(4), LIVE)
        reported = decide_on(self.POLICY, at(4, 2), LIVE, done(first), before=first)

        forgotten = decide_on(self.POLICY, at(5), LIVE, before=reported)

        assert forgotten.actions == ()

    def test_a_warning_that_failed_is_notified(self) -> None:
        first = decide_on(self.POLICY, at(4), LIVE)
        failed = action_finished(at(4, 1), first.actions[0].id, OutcomeStatus.FAILED, reason="no")

        second = decide_on(self.POLICY, at(4, 2), LIVE, failed, before=first)

        assert notification_texts(second)[0][1].endswith("The action warn failed: no.")

    def test_the_next_stream_of_the_same_breach_is_warned_too(self) -> None:
        policy = policy_of(compiled_rule("insecure_ingest", {}, WARN))
        first = decide_on(policy, at(1), LISTED, LIVE)
        given = (LISTED, LIVE, done(first, when=at(1, 1)))
        state = decide_on(policy, at(1, 2), *given, before=first)

        reconnected = (stream_end(at(2)), stream_start(at(2, 1), NEXT_STREAM))
        decision = decide_on(policy, at(2, 2), *given, *reconnected, before=state)

        assert [each.stream_id for each in decision.actions] == [NEXT_STREAM]
        assert list(the(decision).requests) == [f"warn/{NEXT_STREAM}"]

    def test_each_step_warns_once_more(self) -> None:
        steps = (step(WARN), step(WARN, minutes=10))
        policy = policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, steps=steps))
        first = decide_on(policy, at(4), LIVE)
        given = (LIVE, done(first))

        second = decide_on(policy, at(4, 10), *given, before=first)

        assert asked(second) == [("warn", 1)]
        assert second.actions[0].id == f"{first.actions[0].id}/600s"

    def test_there_is_nobody_to_warn_off_the_air(self) -> None:
        policy = policy_of(compiled_rule("insecure_ingest", {}, WARN))

        assert decide_on(policy, at(1), LISTED).actions == ()

    def test_a_warning_about_a_stall_is_for_a_stream_that_still_stalls(self) -> None:
        policy = policy_of(compiled_rule("starvation", {"limit": "PT10M"}, WARN))

        (warn,) = decide_on(policy, at(2), LIVE, starvation_start(at(1))).actions

        assert warn.confirm == Confirm(Condition.STALLED)

    def test_at_the_end_people_hear_that_it_was_given(self) -> None:
        first = decide_on(self.POLICY, at(4), LIVE)
        second = decide_on(self.POLICY, at(4, 2), LIVE, done(first), before=first)

        ended = decide_on(
            self.POLICY, at(4, 9), LIVE, done(first), stream_end(at(4, 8)), before=second
        )

        assert ended.notifications[0].text.endswith(" Streamwarden put a warning into stream x.")

    @pytest.mark.parametrize("actions", [(WARN, STOP), (STOP, WARN)])
    def test_at_the_end_people_hear_of_the_stop_rather_than_of_the_warning(
        self, actions: tuple[PlannedAction, ...]
    ) -> None:
        """Whatever was answered first."""
        policy = policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, *actions))
        first = decide_on(policy, at(4), LIVE)
        ids = {each.kind: each.id for each in first.actions}
        warned = action_finished(at(4, 1), ids["warn"], reason="put a warning into stream x")
        stopped = action_finished(at(4, 3), ids["stop"], reason="stopped stream x")
        second = decide_on(policy, at(4, 1), LIVE, warned, before=first)
        over = (LIVE, warned, stream_end(at(4, 2)))
        third = decide_on(policy, at(4, 2), *over, before=second)

        ended = decide_on(policy, at(4, 3), *over, stopped, before=third)

        assert third.notifications == ()
        assert ended.notifications[0].text.endswith(" Streamwarden stopped stream x.")


looks = st.lists(
    st.tuples(st.integers(min_value=0, max_value=2_000), histories), min_size=1, max_size=5
)


@given(moments, looks, st.sampled_from(Mode))
def test_whatever_happens_in_between_nothing_is_asked_or_told_twice(
    start: datetime, looks: list[tuple[int, list[Input]]], mode: Mode
) -> None:
    policy, now = every_kind(mode), start
    state: list[Input] = []
    decision = Decision(
        verdicts=(),
        standing=Standing(),
        opened=(),
        resolved=(),
        actions=(),
        notifications=(),
        recheck_at=None,
    )
    asked_for: set[tuple[str, int]] = set()
    for seconds, news in looks:
        now, state = now + timedelta(seconds=seconds), [*state, *news]
        requested = decision.standing.requested(CHANNEL)
        decision = decide_on(policy, now, *state, before=decision)
        again = decide_on(policy, now, *reversed(state), before=decision)
        asking = {(each.id, each.attempt) for each in decision.actions}

        assert len(asking) == len(decision.actions)
        # What was withdrawn in between may be asked for again, by the same name.
        assert requested.isdisjoint(name for name, _ in asking & asked_for)
        assert (again.actions, again.notifications, again.opened) == ((), (), ())
        assert again.standing == decision.standing
        assert decision.recheck_at is None or decision.recheck_at > now
        asked_for |= asking


def test_what_is_remembered_survives_the_table() -> None:
    first = decide_on(ladder(), at(4), LIVE)
    second = decide_on(ladder(), at(4, 10), LIVE, done(first), before=first)

    stored = msgspec.json.decode(msgspec.json.encode(second.standing), type=Standing)

    assert stored == second.standing
    assert stored.incidents["max-duration"].notified_step == timedelta(minutes=10)
