"""A warning is sent once for what it is about: a period, a key, a stall."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.commands import ExemptChannel
from streamwarden.domain.decision import Decision
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.verdicts import NotificationStatus
from testbed.builders import (
    CHANNEL,
    NEW_KEY,
    NEXT_STREAM,
    WARN,
    at,
    channel_listed,
    compiled_rule,
    decide_on,
    key_created,
    key_deleted,
    peers_listed,
    policy_of,
    starvation_end,
    starvation_start,
    stream_end,
    stream_start,
)

DAY = 24
BUDGET = policy_of(
    compiled_rule(
        "broadcast_budget",
        {"limit": "PT4H", "period": "day", "warnings": ["PT30M", "PT10M"]},
        WARN,
    )
)
TEAM = policy_of(
    compiled_rule(
        "broadcast_budget",
        {"limit": "PT40H", "period": "month", "tag": "team", "warnings": ["PT30M"]},
    )
)
KEYS = policy_of(compiled_rule("stream_key_age", {"limit": "P30D", "warnings": ["P7D", "P1D"]}))
SEEN = channel_listed(at(-1))


def exempt_from(when: datetime, *, until: datetime) -> Input:
    return ExemptChannel(
        resource_arn=CHANNEL,
        time=when,
        author=Sender(id="AIDAEXAMPLE", claimed_arn=""),
        reason="a move",
        rule_id="stream-key-age",
        until=until,
    )


def time_of(given: Input) -> datetime:
    """When an event came, or when something was observed."""
    moment = getattr(given, "time", None) or getattr(given, "envelope").time  # noqa: B009
    assert isinstance(moment, datetime)
    return moment


def news_of(policy: Policy, *looks: datetime, inputs: list[Input]) -> list[str]:
    """What the warnings say, looked at in order with all that has happened by then."""
    decision: Decision | None = None
    texts: list[str] = []
    for now in looks:
        happened = [each for each in inputs if time_of(each) <= now]
        decision = decide_on(policy, now, *happened, before=decision)
        texts += [
            each.text
            for each in decision.notifications
            if each.status is NotificationStatus.WARNING
        ]
    return texts


class TestPeriods:
    def test_the_next_stream_in_a_period_is_not_warned_of_what_was_told(self) -> None:
        paused = [SEEN, stream_start(at()), stream_end(at(3, 35)), stream_start(at(5), NEXT_STREAM)]

        texts = news_of(BUDGET, at(3, 30), at(4), at(5, 1), at(5, 15), inputs=paused)

        assert [text.partition(".")[0][-6:] for text in texts] == ["in 30m", "in 10m"]

    def test_the_next_period_is_warned_again(self) -> None:
        days = [
            SEEN,
            stream_start(at()),
            stream_end(at(3, 35)),
            stream_start(at(DAY), NEXT_STREAM),
        ]

        assert len(news_of(BUDGET, at(3, 30), at(4), at(DAY), at(DAY + 3, 30), inputs=days)) == 2

    def test_no_warning_of_a_budget_that_the_period_ends_before(self) -> None:
        late = [SEEN, stream_start(at(8, 10))]  # 3h 50m before midnight, when a new budget begins

        assert news_of(BUDGET, at(11, 45), at(11, 59), inputs=late) == []

    def test_a_shared_budget_whose_moment_moves_is_told_once(self) -> None:
        def counted(when: datetime, hours: float, live: int) -> Input:
            aired = {"month UTC": round(hours * 3600)}
            return peers_listed(when, {"team": Peers(value="news", live=live, rank=1, aired=aired)})

        news = channel_listed(at(-1), tags={"team": "news"})
        moving = [
            news,
            stream_start(at()),
            counted(at(), 38, 4),
            counted(at(minutes=10), 38.7, 1),
            counted(at(1), 39.6, 1),
        ]

        assert news_of(TEAM, at(), at(minutes=11), at(1), at(1, 5), inputs=moving) == [
            "the channels of one budget will have used their 40h this month in 30m."
        ]

    def test_the_viewers_of_the_stream_that_is_on_the_air_are_warned(self) -> None:
        again = (SEEN, stream_start(at()), stream_end(at(2)), stream_start(at(3), NEXT_STREAM))

        (warn,) = decide_on(BUDGET, at(4, 30), *again).actions

        assert warn.stream_id == NEXT_STREAM
        assert warn.text == "this channel will have used its 4h today in 30m"


class TestKeys:
    def test_a_new_key_is_warned_of_again(self) -> None:
        keys = [
            key_created(at()),
            key_deleted(at(30 * DAY)),
            key_created(at(30 * DAY, seconds=1), key_arn=NEW_KEY),
        ]
        first, second = 23 * DAY, 53 * DAY + 1

        assert len(news_of(KEYS, at(first), at(first + 1), at(31 * DAY), inputs=keys)) == 1
        assert len(news_of(KEYS, at(first), at(31 * DAY), at(second), inputs=keys)) == 2

    def test_a_key_without_warnings_for_longer_than_a_month_is_not_warned_again(self) -> None:
        looks = [at(23 * DAY + each) for each in range(0, 6 * DAY, 6)]

        assert len(news_of(KEYS, *looks, inputs=[key_created(at())])) == 1

    def test_the_end_of_an_exemption_hides_no_warning(self) -> None:
        exempted = [key_created(at()), exempt_from(at(22 * DAY), until=at(25 * DAY))]

        assert news_of(
            KEYS, at(22 * DAY), at(24 * DAY), at(25 * DAY), at(26 * DAY), inputs=exempted
        ) == [
            "The exemption from stream-key-age ends at 2026-04-08 12:00 UTC: a move (AIDAEXAMPLE).",
            "the stream key of this channel will be due for replacement in 5d.",
        ]

    def test_the_end_of_an_exemption_repeats_no_warning(self) -> None:
        exempted = [key_created(at()), exempt_from(at(23 * DAY + 1), until=at(25 * DAY))]

        looks = (at(23 * DAY), at(24 * DAY + 1), at(25 * DAY), at(26 * DAY))
        texts = news_of(KEYS, *looks, inputs=exempted)

        assert [text.partition(" stream")[0] for text in texts] == ["the", "The exemption from"]


class TestStalls:
    def test_each_stall_of_a_stream_is_warned_of(self) -> None:
        policy = policy_of(compiled_rule("starvation", {"limit": "PT10M", "warnings": ["PT5M"]}))
        stalls = [
            stream_start(at()),
            starvation_start(at(1)),
            starvation_end(at(1, 6)),
            starvation_start(at(2)),
        ]

        looks = (at(1, 5), at(1, 7), at(2, 5), at(2, 6))

        assert len(news_of(policy, *looks, inputs=stalls)) == 2


@given(
    st.lists(st.integers(min_value=1, max_value=25), min_size=3, max_size=20),
    st.integers(min_value=2, max_value=15),
)
def test_however_a_channel_comes_and_goes_no_warning_of_a_day_is_told_twice(
    spans: list[int], between_looks: int
) -> None:
    """The channel is on and off the air in turn for so many minutes, from noon on."""
    changes = [at(minutes=sum(spans[:count])) for count in range(len(spans))]
    streams: list[Input] = [
        stream_end(when, f"st-{count - 1}") if count % 2 else stream_start(when, f"st-{count}")
        for count, when in enumerate(changes)
    ]
    params = {"limit": "PT1H", "period": "day", "warnings": ["PT30M", "PT10M"]}
    policy = policy_of(compiled_rule("broadcast_budget", params))
    decision = decide_on(policy, at(), SEEN)
    notified: list[str] = []
    history: list[datetime] = []
    for minutes in range(0, sum(spans) + 60, between_looks):
        now = at(minutes=minutes)
        happened = [each for each, when in zip(streams, changes, strict=True) if when <= now]
        decision = decide_on(policy, now, SEEN, *happened, before=decision)
        notified += [
            each.id for each in decision.notifications if each.status is NotificationStatus.WARNING
        ]
        history += decision.standing.notification_history.values()

    assert len(notified) == len(set(notified)) <= len(params["warnings"])
    assert history == sorted(history)
