"""Kinds whose limit is a number warn at shares of it, each once until the count is well below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, ShareNotified, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.rules.counts import CountCheck
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.verdicts import Mode, NotificationStatus, PlannedAction
from testbed import builders as build
from testbed.builders import NEXT_STREAM, STOP, STREAM, WARN, at, policy_of, state_from

type Reading = Callable[[int, datetime], Sequence[Input]]

WARNINGS: Final = ["80%", "90%"]


@dataclass(frozen=True)
class Case:
    """A kind with a limit of 100, what shows a count, and what people read at 85."""

    kind: str
    params: dict[str, Any]
    reading: Reading
    text: str
    arn: str = build.CHANNEL


def _watched(count: int, when: datetime) -> Sequence[Input]:
    return (build.stream_listed(when, start_time=at(), viewers=count),)


def _tagged(count: int, when: datetime) -> Sequence[Input]:
    return (build.channel_listed(when, tags={f"key-{each}": "a" for each in range(count)}),)


def _counted(count: int, when: datetime) -> Sequence[Input]:
    return (build.listed(build.WHOLE_ACCOUNT, when, concurrentStreams=count),)


def _sent(count: int, when: datetime) -> Sequence[Input]:
    track = build.video_track(bitrate=count * 10_000)
    return (build.stream_start(at()), build.ingest_observed(when, track))


def _live(count: int, when: datetime, rank: int = 1) -> Sequence[Input]:
    peers = {"team": Peers(value="news", live=count, rank=rank, limits=LIMITS)}
    return (
        build.stream_start(at()),
        build.channel_listed(when, tags={"team": "news"}),
        build.peers_listed(when, peers),
    )


LIMITS: Final = tuple(range(1, 101))
VIEWERS: Final = Case(
    "viewer_ceiling",
    {"viewers": 100},
    _watched,
    "this stream is watched by 85 viewers; 100 are allowed",
)
TOGETHER: Final = Case(
    "concurrent_streams",
    {"limit": 100, "tag": "team"},
    _live,
    "85 streams of team 'news' are live, 100 are allowed",
)
CASES: Final = [
    VIEWERS,
    TOGETHER,
    Case(
        "quota_headroom",
        {"only": ["concurrent_streams"], "at": 1.0},
        _counted,
        "85 of 100 concurrent streams (85%) in use",
        build.WHOLE_ACCOUNT,
    ),
    Case(
        "ingest_ceiling",
        {"bitrate": 1_000_000},
        _sent,
        "the encoder of this stream sends 0.85 Mbit/s; 1 Mbit/s is allowed",
    ),
]


class Played:
    """A rule with warnings at 80% and 90%, that has counted so much at one moment after another."""

    def __init__(self, case: Case, *actions: PlannedAction, mode: Mode = Mode.ENFORCE) -> None:
        params = {**case.params, "warnings": WARNINGS}
        keep = timedelta(minutes=10)
        rule = build.compiled_rule(case.kind, params, *actions, mode=mode, keep=keep)
        self.case, self.policy = case, policy_of(rule)
        self.standing = Standing()
        self.inputs: list[Input] = []
        self.now = at()

    def count(self, count: int) -> list[str]:
        self.now += timedelta(minutes=1)
        return self.texts(self.look(*self.case.reading(count, self.now)))

    def look(self, *inputs: Input, more: timedelta = timedelta(0)) -> Decision:
        self.inputs += inputs
        self.now += more
        state = state_from(*self.inputs, arn=self.case.arn)
        decision = decide(state, self.standing, self.policy, self.now)
        self.standing = decision.standing
        return decision

    def texts(self, decision: Decision) -> list[str]:
        warning = NotificationStatus.WARNING
        return [each.text for each in decision.notifications if each.status is warning]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
class TestEachKind:
    def test_people_are_told_at_each_share_once(self, case: Case) -> None:
        played = Played(case)

        counts = [len(played.count(each)) for each in (70, 79, 80, 85, 89, 90, 95, 90, 80, 99)]

        assert counts == [0, 0, 1, 0, 0, 1, 0, 0, 0, 0]

    def test_what_is_said(self, case: Case) -> None:
        assert Played(case).count(85) == [f"{case.text}."]

    def test_a_count_well_below_the_share_is_news_of_again(self, case: Case) -> None:
        played = Played(case)

        counts = [len(played.count(each)) for each in (85, 75, 85, 70, 85, 69, 85)]

        assert counts == [1, 0, 0, 0, 0, 0, 1]

    def test_nothing_is_news_on_the_way_down_from_a_breach(self, case: Case) -> None:
        played = Played(case)

        played.count(101)

        assert [played.count(each) for each in (95, 85, 75)] == [[], [], []]

    def test_of_two_shares_that_are_reached_at_once_the_higher_one_is_news(
        self, case: Case
    ) -> None:
        played = Played(case)

        assert [len(played.count(each)) for each in (95, 85)] == [1, 0]

    def test_a_reading_that_comes_again_is_not_told_again(self, case: Case) -> None:
        played = Played(case)
        played.count(85)

        looks = [played.look(*played.inputs, more=timedelta(seconds=1)) for _ in range(3)]

        assert [played.texts(each) for each in looks] == [[], [], []]

    def test_nobody_is_news_in_mode_observe(self, case: Case) -> None:
        played = Played(case, mode=Mode.OBSERVE)

        assert played.count(85) == []
        assert played.standing.shares_notified == {}


def test_tags_are_counted_up_to_their_limit() -> None:
    tags = Case("tag_limit", {"tags": 40}, _tagged, "")
    played = Played(tags)

    found = [played.count(each) for each in (31, 32, 35, 36, 32, 28, 27, 32)]

    assert [len(each) for each in found] == [0, 1, 0, 1, 0, 0, 0, 1]
    assert found[1] == ["the channel uses 32 of 50 tags; 40 are allowed."]


def test_sessions_are_counted_within_their_window() -> None:
    def begun(count: int, when: datetime) -> Sequence[Input]:
        return (build.session_created(when, f"st-{count}"),)

    played = Played(Case("flapping", {"sessions": 5, "window": "PT1H"}, begun, ""))

    found = [played.count(each) for each in (1, 2, 3, 4, 5, 6)]

    assert [len(each) for each in found] == [0, 0, 0, 1, 1, 0]
    assert found[3] == ["4 sessions began within 1h; 5 are allowed."]


def test_sessions_that_leave_the_window_meanwhile_make_the_next_ones_news() -> None:
    """With so few allowed, the first new one would hold the share of those before."""

    def begun(number: int, when: datetime) -> Sequence[Input]:
        return (build.session_created(when, f"st-{number}"),)

    played = Played(Case("flapping", {"sessions": 2, "window": "PT1H"}, begun, ""))
    (first,) = [*played.count(1), *played.count(2)]
    decision = played.look()
    while decision.recheck_at is not None:
        played.now = decision.recheck_at
        decision = played.look()

    assert [*played.count(3), *played.count(4)] == [first]


class TestStreamsTogether:
    def test_only_the_first_of_them_tells(self) -> None:
        played = Played(TOGETHER)
        played.now = at(minutes=1)

        assert played.texts(played.look(*_live(85, played.now, rank=2))) == []

    def test_the_next_one_to_be_the_first_goes_on_from_there(self) -> None:
        played = Played(TOGETHER)
        peers = Peers(value="news", live=85, rank=1, limits=LIMITS, is_heir=True)
        played.now = at(minutes=1)

        heir = played.look(*_live(1, at(), 2), build.peers_listed(played.now, {"team": peers}))

        assert played.texts(heir) == []
        assert [len(played.count(each)) for each in (85, 60, 85)] == [0, 0, 1]

    def test_its_viewers_are_not_warned_because_it_is_allowed(self) -> None:
        played = Played(TOGETHER, WARN)
        played.now = at(minutes=1)

        decision = played.look(*_live(85, played.now))

        assert len(played.texts(decision)) == 1
        assert decision.actions == ()

    def test_a_sweep_is_asked_for_the_counts_that_matter(self) -> None:
        rule = build.compiled_rule("concurrent_streams", {"limit": 10, "warnings": ["80%"]})
        (check,) = (each.check for each in policy_of(rule).rules)

        assert check.needs.peers == {("", 10)}
        assert check.needs.live_counts == {("", 7), ("", 8)}


class TestViewersOfTheStream:
    def test_they_are_warned_where_the_rule_warns(self) -> None:
        played = Played(VIEWERS, WARN)
        played.now = at(minutes=1)

        (warn,) = played.look(*_watched(85, played.now)).actions

        assert (warn.kind, warn.stream_id) == ("warn", STREAM)
        assert warn.text == VIEWERS.text

    def test_nobody_is_warned_of_what_is_no_stream(self) -> None:
        played = Played(Case("tag_limit", {"tags": 40}, _tagged, ""), WARN)
        played.look(build.stream_start(at()))
        played.now = at(minutes=1)

        decision = played.look(*_tagged(35, played.now))

        assert len(played.texts(decision)) == 1
        assert decision.actions == ()

    def test_people_read_what_follows_above_the_limit(self) -> None:
        assert Played(VIEWERS, STOP).count(85) == [
            f"{VIEWERS.text}. Above the limit, Streamwarden stops the stream."
        ]


class TestPauses:
    def test_an_encoder_that_reconnects_is_not_told_of_again(self) -> None:
        played = Played(VIEWERS)
        played.count(85)
        played.look(build.stream_end(played.now), more=timedelta(minutes=5))
        again = build.stream_listed(played.now, NEXT_STREAM, viewers=85)

        assert played.texts(played.look(again)) == []

    def test_a_stream_after_a_pause_is_news_of(self) -> None:
        played = Played(VIEWERS)
        played.count(85)
        played.look(build.stream_end(played.now), more=timedelta(seconds=1))
        played.look(more=timedelta(minutes=10))
        again = build.stream_listed(played.now, NEXT_STREAM, viewers=85)

        assert len(played.texts(played.look(again))) == 1

    def test_a_rule_that_is_gone_leaves_nothing(self) -> None:
        played = Played(VIEWERS)
        played.count(85)
        assert played.standing.shares_notified == {"viewer-ceiling": ShareNotified(80)}

        played.policy = policy_of(build.max_duration())

        assert played.look().standing.shares_notified == {}


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        ("viewer_ceiling", {"viewers": 1}, "`viewers` of 1 has no room for a warning before it"),
        ("concurrent_streams", {"limit": 1}, "`limit` of 1 has no room for a warning before it"),
        ("flapping", {"sessions": 1, "window": "PT1H"}, "`sessions` of 1 has no room"),
        ("tag_limit", {"tags": 1}, "`tags` of 1 has no room for a warning before it"),
        ("ingest_ceiling", {"short_edge": 720}, "give `bitrate`, too; they are shares of it"),
        ("quota_headroom", {"at": 0.8}, "expected shares below `at` of 80%, found 80%"),
    ],
)
def test_what_leaves_no_room_for_a_warning_is_refused(
    kind: str, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"`warnings`: {message}"):
        policy_of(build.compiled_rule(kind, {**params, "warnings": ["80%"]}))


def test_every_kind_that_counts_is_tested_here() -> None:
    counting = {word for word in RULE_KINDS if issubclass(RULE_KINDS[word], CountCheck)}

    assert counting == {case.kind for case in CASES} | {"flapping", "tag_limit"}


@given(
    st.lists(st.integers(min_value=40, max_value=110), min_size=1, max_size=30),
    st.data(),
)
def test_no_share_is_news_twice_without_a_count_well_below_it(
    counts: list[int], data: st.DataObject
) -> None:
    """Each look comes with any of what was seen before, in any order."""
    plain, disturbed = Played(VIEWERS), Played(VIEWERS)
    # By share, the least count since it was told, or since a count was above the limit.
    least: dict[int, int] = {}
    for count in counts:
        now = plain.now + timedelta(minutes=1)
        fresh, seen = _watched(count, now), data.draw(st.permutations(disturbed.inputs))[:3]
        plain.now = disturbed.now = now
        expected = plain.look(*fresh)
        found = disturbed.look(*data.draw(st.permutations([*fresh, *seen])))
        news, reached = plain.texts(expected), [each for each in (80, 90) if count >= each]

        assert found.standing == expected.standing
        assert disturbed.texts(found) == news
        assert not news or (reached and count <= 100)
        assert not news or least.get(reached[-1], 0) < reached[-1] - 10
        least = {each: min(before, count) for each, before in least.items()}
        if news or count > 100:
            least |= dict.fromkeys(reached, count)
