"""Before a stream is too long, people are told: each warning once, of several only the nearest."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.decision import Decision
from streamwarden.domain.filters import Match
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy, Step
from streamwarden.domain.rules.deadlines import moments_before
from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden.domain.verdicts import (
    EarlyWarning,
    Mode,
    NotificationStatus,
    PlannedAction,
)
from testbed.builders import (
    CHANNEL,
    NEXT_STREAM,
    STOP,
    STREAM,
    WARN,
    action_finished,
    at,
    channel_listed,
    compiled_rule,
    decide_on,
    facts_from,
    policy_of,
    step,
    stream_end,
    stream_event,
    stream_listed,
    stream_not_listed,
    stream_start,
)

LIVE = stream_start(at())
FIRST, LAST = at(3, 30), at(3, 55)


def cautious(
    *actions: PlannedAction, steps: tuple[Step, ...] = (), mode: Mode = Mode.ENFORCE, **more: Any
) -> Policy:
    """At most four hours, told half an hour and five minutes before."""
    params = {"limit": "PT4H", "warnings": ["PT5M", "PT30M"]}
    return policy_of(
        compiled_rule("max_duration", params, *actions, steps=steps, mode=mode, **more)
    )


def early_warnings_of(decision: Decision) -> list[str]:
    warnings = [
        each for each in decision.notifications if each.status is NotificationStatus.WARNING
    ]
    return [each.text for each in warnings]


class TestJudging:
    @pytest.mark.parametrize(
        ("minutes", "last", "following"),
        [
            (0, None, FIRST),
            (209.99, None, FIRST),
            (210, FIRST, LAST),
            (234, FIRST, LAST),
            (235, LAST, at(4)),
            (239.99, LAST, at(4)),
        ],
    )
    def test_the_last_warning_that_is_due_is_part_of_what_is_found(
        self, minutes: float, last: datetime | None, following: datetime
    ) -> None:
        check = MaxDuration(
            limit=timedelta(hours=4), warnings=(timedelta(minutes=5), timedelta(minutes=30))
        )

        found = check.prepare()(facts_from(LIVE), at(minutes=minutes))

        assert (found.warning.at if found.warning else None) == last
        assert found.recheck_at == following

    def test_it_says_how_long_is_left(self) -> None:
        check = MaxDuration(limit=timedelta(hours=4), warnings=(timedelta(minutes=30),))

        assert check.prepare()(facts_from(LIVE), at(3, 31)).warning == EarlyWarning(
            at=FIRST, text="this stream will have been on the air for 4h in 29m"
        )

    def test_a_breach_is_no_warning(self) -> None:
        check = MaxDuration(limit=timedelta(hours=4), warnings=(timedelta(minutes=30),))

        assert check.prepare()(facts_from(LIVE), at(4)).warning is None

    @pytest.mark.parametrize("minutes", [60, 61])
    def test_a_warning_is_shorter_than_the_limit(self, minutes: int) -> None:
        with pytest.raises(ValueError, match="shorter than the limit of 1h"):
            MaxDuration(limit=timedelta(hours=1), warnings=(timedelta(minutes=minutes),))

    def test_the_moments_before_a_deadline_come_in_any_order(self) -> None:
        spans = tuple(timedelta(minutes=each) for each in (5, 30, 10))

        assert moments_before(at(4), spans, at(3, 52)) == (at(3, 50), at(3, 55))
        assert moments_before(at(4), spans, at(3)) == (None, at(3, 30))
        assert moments_before(at(4), (), at(3)) == (None, at(4))


class TestNotifying:
    def test_people_are_told_what_comes_and_what_is_done_then(self) -> None:
        named = stream_event("Stream Start", at(), channel_name="studio")

        decision = decide_on(cautious(STOP), FIRST, named)

        (notification,) = decision.notifications
        assert notification.status is NotificationStatus.WARNING
        assert notification.title == "studio: max-duration warning"
        assert notification.text == (
            "this stream will have been on the air for 4h in 30m. Then, Streamwarden stops the "
            "stream."
        )
        assert (notification.resource_arn, notification.stream_id, notification.at) == (
            CHANNEL,
            STREAM,
            FIRST,
        )

    @pytest.mark.parametrize(
        ("policy", "then"),
        [
            (cautious(STOP, mode=Mode.NOTIFY), ""),
            (cautious(mode=Mode.NOTIFY), ""),
            (cautious(steps=(step(STOP, minutes=10),)), " 10m after that, Streamwarden stops"),
        ],
    )
    def test_what_is_done_then_depends_on_the_mode_and_the_steps(
        self, policy: Policy, then: str
    ) -> None:
        (text,) = early_warnings_of(decide_on(policy, FIRST, LIVE))

        assert text.startswith(f"this stream will have been on the air for 4h in 30m.{then}")

    def test_it_is_no_breach_and_needs_no_notification(self) -> None:
        decision = decide_on(cautious(STOP), FIRST, LIVE)
        ended = decide_on(cautious(STOP), at(3, 40), LIVE, stream_end(at(3, 40)), before=decision)

        assert (decision.breaches, decision.opened, decision.actions) == ({}, (), ())
        assert ended.notifications == ()

    def test_a_warning_is_notified_once(self) -> None:
        first = decide_on(cautious(STOP), FIRST, LIVE)

        again = decide_on(cautious(STOP), at(3, 40), LIVE, before=first)

        assert again.notifications == ()
        assert (
            again.standing.notification_history
            == first.standing.notification_history
            == {f"max-duration/{STREAM}": FIRST}
        )

    def test_each_warning_is_notified(self) -> None:
        first = decide_on(cautious(STOP), FIRST, LIVE)
        second = decide_on(cautious(STOP), LAST, LIVE, before=first)
        limit = decide_on(cautious(STOP), at(4), LIVE, before=second)

        assert "4h in 5m" in early_warnings_of(second)[0]
        assert [each.status for each in limit.notifications] == [NotificationStatus.OPENED]
        assert first.notifications[0].id != second.notifications[0].id

    def test_of_two_that_are_due_only_the_nearest_is_notified(self) -> None:
        late = decide_on(cautious(STOP), at(3, 56), LIVE)
        clock_behind = decide_on(cautious(STOP), at(3, 54), LIVE, before=late)

        assert [text.partition(".")[0] for text in early_warnings_of(late)] == [
            "this stream will have been on the air for 4h in 4m"
        ]
        assert clock_behind.notifications == ()

    def test_a_timer_that_fires_after_the_limit_warns_no_more(self) -> None:
        decision = decide_on(cautious(STOP), at(4, 1), LIVE)

        assert early_warnings_of(decision) == []

    @pytest.mark.parametrize("started", [at(seconds=-2), at(-1)])
    def test_a_start_that_turns_out_to_be_earlier_tells_nothing_twice(
        self, started: datetime
    ) -> None:
        listed = stream_listed(at(1), start_time=at())
        first = decide_on(cautious(STOP), FIRST, listed)

        state = decide_on(cautious(STOP), at(3, 31), listed, stream_start(started), before=first)

        assert early_warnings_of(state) == []

    def test_the_next_stream_is_warned_again_and_the_last_one_forgotten(self) -> None:
        first = decide_on(cautious(STOP), FIRST, LIVE)
        given = (LIVE, stream_end(at(3, 40)), stream_start(at(3, 41), NEXT_STREAM))

        between = decide_on(cautious(STOP), at(3, 42), *given, before=first)
        second = decide_on(cautious(STOP), at(7, 11), *given, before=between)

        assert between.standing.notification_history == {}
        assert len(early_warnings_of(second)) == 1

    def test_a_stream_that_was_thought_to_be_over_is_not_warned_again(self) -> None:
        first = decide_on(cautious(STOP), FIRST, LIVE)
        gone = (LIVE, stream_not_listed(at(3, 35)))
        over = decide_on(cautious(STOP), at(3, 36), *gone, before=first)

        back = decide_on(cautious(STOP), at(3, 41), *gone, stream_listed(at(3, 40)), before=over)

        assert early_warnings_of(back) == []

    def test_an_exemption_for_a_while_does_not_repeat_it(self) -> None:
        policy = cautious(STOP, unless="channel.tags.event")
        first = decide_on(policy, FIRST, LIVE, channel_listed(at()))
        exempt = decide_on(
            policy, at(3, 35), LIVE, channel_listed(at(3, 35), tags={"event": "x"}), before=first
        )

        back = decide_on(policy, at(3, 40), LIVE, channel_listed(at(3, 40)), before=exempt)

        assert early_warnings_of(back) == []

    def test_a_rule_that_is_gone_is_forgotten(self) -> None:
        first = decide_on(cautious(STOP), FIRST, LIVE)

        assert (
            decide_on(policy_of(), at(3, 40), LIVE, before=first).standing.notification_history
            == {}
        )

    def test_a_longer_limit_is_warned_of_again(self) -> None:
        first = decide_on(cautious(STOP), LAST, LIVE)
        longer = policy_of(
            compiled_rule("max_duration", {"limit": "PT6H", "warnings": ["PT30M"]}, STOP)
        )

        between = decide_on(longer, at(4), LIVE, before=first)
        decision = decide_on(longer, at(5, 30), LIVE, before=between)

        assert (early_warnings_of(between), len(early_warnings_of(decision))) == ([], 1)

    def test_two_rules_about_one_stream_warn_apart(self) -> None:
        params = {"limit": "PT4H", "warnings": ["PT30M"]}
        two = policy_of(*(compiled_rule("max_duration", params, STOP, id=each) for each in "ab"))

        decision = decide_on(two, FIRST, LIVE)

        assert [each.rule_id for each in decision.notifications] == ["a", "b"]
        assert len({each.id for each in decision.notifications}) == 2

    def test_mode_observe_neither_tells_nor_remembers(self) -> None:
        observed = decide_on(cautious(STOP), FIRST, LIVE, max_mode=Mode.OBSERVE)
        raised = decide_on(cautious(STOP), at(3, 40), LIVE, before=observed)

        assert (observed.notifications, observed.standing.notification_history) == ((), {})
        assert "4h in 20m" in early_warnings_of(raised)[0]

    def test_whom_the_rule_is_not_about_is_not_warned(self) -> None:
        policy = cautious(STOP, match=Match(name=("studio",)))

        assert decide_on(policy, FIRST, LIVE, channel_listed(at())).notifications == ()


class TestIntoTheStream:
    @pytest.mark.parametrize(
        ("policy", "is_put"),
        [
            (cautious(WARN), True),
            (cautious(steps=(step(), step(WARN, minutes=5))), True),
            (cautious(STOP), False),
            (cautious(WARN, mode=Mode.NOTIFY), False),
        ],
    )
    def test_a_rule_that_warns_and_is_enforced_puts_it_into_the_stream(
        self, policy: Policy, is_put: bool
    ) -> None:
        decision = decide_on(policy, FIRST, LIVE)

        assert [each.kind for each in decision.actions] == ["warn"] * is_put

    def test_it_says_what_comes_also_where_the_breach_has_words_of_its_own(self) -> None:
        own = PlannedAction(kind="warn", text="Bitte beenden")

        (warn,) = decide_on(cautious(own), FIRST, LIVE).actions

        assert warn.text == "this stream will have been on the air for 4h in 30m"
        assert (warn.stream_id, warn.attempt, warn.decided_at) == (STREAM, 1, FIRST)

    @pytest.mark.parametrize("max_mode", [Mode.NOTIFY, Mode.OBSERVE])
    def test_no_rule_goes_further_than_the_stack(self, max_mode: Mode) -> None:
        assert decide_on(cautious(WARN), FIRST, LIVE, max_mode=max_mode).actions == ()

    def test_each_warning_is_an_action_of_its_own_asked_for_once(self) -> None:
        first = decide_on(cautious(WARN), FIRST, LIVE)
        again = decide_on(cautious(WARN), at(3, 54), LIVE, before=first)
        second = decide_on(cautious(WARN), LAST, LIVE, before=again)
        limit = decide_on(cautious(WARN), at(4), LIVE, before=second)

        actions = [*first.actions, *again.actions, *second.actions, *limit.actions]
        assert [each.decided_at for each in actions] == [FIRST, LAST, at(4)]
        assert len({each.id for each in actions}) == 3

    def test_its_outcome_is_no_outcome_of_the_breach(self) -> None:
        first = decide_on(cautious(WARN), LAST, LIVE)
        done = action_finished(at(3, 56), first.actions[0].id)

        assert len(decide_on(cautious(WARN), at(4), LIVE, done, before=first).actions) == 1


@given(
    st.lists(st.integers(min_value=0, max_value=250), min_size=1, max_size=12).map(sorted),
    st.lists(st.sampled_from((1, 5, 30, 90, 239)).map(lambda each: f"PT{each}M"), max_size=5),
)
def test_however_often_and_late_somebody_looks_no_warning_is_notified_twice(
    looks: list[int], spans: list[str]
) -> None:
    params = {"limit": "PT4H", "warnings": spans}
    policy = policy_of(compiled_rule("max_duration", params, WARN))
    history: list[Input] = [LIVE]
    ids: list[str] = []
    decision = decide_on(policy, at())
    for minutes in looks:
        decision = decide_on(policy, at(minutes=minutes), *history, before=decision)
        notified_now = [
            each.id for each in decision.notifications if each.status is NotificationStatus.WARNING
        ]

        assert len(notified_now) <= 1
        ids += notified_now

    assert len(ids) == len(set(ids)) <= len(set(spans))
