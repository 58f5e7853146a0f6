"""Kinds whose breach comes at a known moment warn before it, once at each lead time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.keys.stream_key_age import StreamKeyAge
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.verdicts import NotificationStatus
from testbed.builders import (
    CHANNEL,
    KEY_PAIR,
    at,
    channel_listed,
    compiled_rule,
    key_created,
    key_deleted,
    key_pair_imported,
    peers_listed,
    policy_of,
    starvation_start,
    state_from,
    stream_listed,
    stream_start,
)

DAY = 24
LIVE = stream_start(at())
NEWS = channel_listed(at(-1), tags={"team": "news"})
RECORDS = channel_listed(
    at(-1), recordingConfigurationArn="arn:aws:ivs:::recording-configuration/r"
)
THIRTY_SIX_HOURS = dict.fromkeys(("month UTC", "week Europe/Berlin"), 36 * 3600)
FOUR_TOGETHER = peers_listed(
    at(), {"team": Peers(value="news", live=4, rank=1, aired=THIRTY_SIX_HOURS)}
)
# By kind: its parameters, what happens, when the breach comes, and what the warning says comes.
KINDS: list[tuple[str, dict[str, Any], list[Input], datetime, str]] = [
    (
        "max_duration",
        {"limit": "PT4H"},
        [LIVE],
        at(4),
        "this stream will have been on the air for 4h",
    ),
    (
        "broadcast_budget",
        {"limit": "PT4H", "period": "week", "zone": "Europe/Berlin"},
        [NEWS, LIVE],
        at(4),
        "this channel will have used its 4h this week",
    ),
    (
        "broadcast_budget",
        {"limit": "PT40H", "period": "month", "tag": "team"},
        [NEWS, LIVE, FOUR_TOGETHER],
        at(1),
        "the channels of one budget will have used their 40h this month",
    ),
    (
        "broadcast_budget",
        {"limit": "PT40H", "period": "week", "tag": "team", "zone": "Europe/Berlin"},
        [NEWS, LIVE, FOUR_TOGETHER],
        at(1),
        "the channels of one budget will have used their 40h this week",
    ),
    (
        "allowed_hours",
        {"start": "09:00:00", "end": "17:00:00"},
        [LIVE],
        at(5),
        "the allowed hours of this channel end",
    ),
    (
        "starvation",
        {"limit": "PT1H"},
        [LIVE, starvation_start(at(1))],
        at(2),
        "the ingest of this stream will have stalled for 1h",
    ),
    (
        "no_viewers",
        {"limit": "PT30M"},
        [LIVE, stream_listed(at(minutes=5), viewers=0)],
        at(minutes=35),
        "this stream will have been without viewers for 30m",
    ),
    (
        "not_recording",
        {"limit": "PT1H"},
        [RECORDS, LIVE],
        at(1),
        "this stream will have been on the air for 1h unrecorded",
    ),
    (
        "key_missing",
        {"limit": "PT1H"},
        [key_deleted(at())],
        at(1),
        "this channel will have been without a stream key for 1h",
    ),
    (
        "stream_key_age",
        {"limit": "P30D"},
        [key_created(at())],
        at(30 * DAY),
        "the stream key of this channel will be due for replacement",
    ),
    (
        "playback_key_age",
        {"limit": "P365D"},
        [key_pair_imported(at())],
        at(365 * DAY),
        "this playback key pair will be 365d old",
    ),
    (
        "orphans",
        {"unused": "P90D"},
        [channel_listed(at())],
        at(90 * DAY),
        "it will have been out of use for 90d",
    ),
]


def test_every_kind_that_warns_is_in_the_table() -> None:
    warning = {word for word in RULE_KINDS if issubclass(RULE_KINDS[word], DeadlineCheck)}

    assert warning == {kind for kind, *_ in KINDS}


@pytest.mark.parametrize(("kind", "params", "given", "deadline", "coming"), KINDS)
def test_people_are_told_once_at_each_lead_time_and_not_after(
    kind: str, params: dict[str, Any], given: list[Input], deadline: datetime, coming: str
) -> None:
    about = KEY_PAIR if kind == "playback_key_age" else CHANNEL
    state = state_from(*given, arn=about)
    policy = policy_of(compiled_rule(kind, {**params, "warnings": ["PT5M", "PT20M"]}))
    before, notified = Standing(), []
    for minutes in (21, 20, 19, 5, 1, 0):
        now = deadline - timedelta(minutes=minutes)
        decision = decide(state, before, policy, now)
        before = decision.standing
        notified.append([(each.status, each.text) for each in decision.notifications])
        if minutes in (21, 20, 5):
            following = {21: 20, 20: 5, 5: 0}[minutes]
            assert decision.recheck_at == deadline - timedelta(minutes=following)

    def warned(left: str) -> list[tuple[NotificationStatus, str]]:
        return [(NotificationStatus.WARNING, f"{coming} in {left}.")]

    assert notified[:5] == [[], warned("20m"), [], warned("5m"), []]
    assert [status for status, _ in notified[5]] == [NotificationStatus.OPENED]


@pytest.mark.parametrize(("kind", "params"), [(kind, params) for kind, params, *_ in KINDS])
def test_a_warning_is_shorter_than_the_time_that_leads_to_the_deadline(
    kind: str, params: dict[str, Any]
) -> None:
    longest = params.get("limit") or params.get("unused") or "PT8H"

    with pytest.raises(ValueError, match="`warnings`: expected durations shorter than"):
        policy_of(compiled_rule(kind, {**params, "warnings": [longest]}))


def test_a_key_may_come_due_earlier_by_its_spread() -> None:
    with pytest.raises(ValueError, match="shorter than `limit` less `spread` of 20d, found 20d"):
        StreamKeyAge(
            limit=timedelta(days=30), spread=timedelta(days=10), warnings=(timedelta(days=20),)
        )


@pytest.mark.parametrize(
    ("start", "end", "longest"), [("22:00:00", "02:00:00", "4h"), ("09:00:00", "17:00:00", "8h")]
)
def test_hours_may_cross_midnight(start: str, end: str, longest: str) -> None:
    params = {"start": start, "end": end, "warnings": ["PT9H"]}

    with pytest.raises(ValueError, match=f"shorter than the allowed hours of {longest}, found 9h"):
        policy_of(compiled_rule("allowed_hours", params))
