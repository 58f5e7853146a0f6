"""A recording that is ready is told once, with its place, where the policy asks for it."""

from copy import replace
from datetime import timedelta
from typing import Final

import pytest

from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.verdicts import Notification, NotificationStatus, ReadyRecording
from testbed.builders import (
    CHANNEL,
    NEXT_RECORDING,
    RECORDING,
    STREAM,
    at,
    decide_on,
    max_duration,
    policy_of,
    recording_end,
    recording_end_failure,
    recording_event,
    recording_start,
)

PREFIX: Final = "ivs/v1/210987654321/KgopvkVuUi7g/2026/3/14/12/0/y9AbCdEfGhI3"
RULES: Final = policy_of(max_duration())
ASKS: Final = replace(RULES, routing=Routing(tells_recordings=True))
LASTED: Final = timedelta(hours=1, minutes=45)
STARTED: Final = recording_start(at())
ENDED: Final = recording_event("Recording End", at(2), lasted=LASTED, prefix=PREFIX)


def news_of(*given: Input, now: float = 2, before: Decision | None = None) -> list[Notification]:
    return list(decide_on(ASKS, at(now), *given, before=before).notifications)


def test_people_are_told_where_it_is_and_how_long() -> None:
    (notification,) = news_of(STARTED, ENDED)

    assert notification.status is NotificationStatus.CHANGED
    assert (notification.rule_id, notification.severity) == ("recording", Severity.LOW)
    assert notification.incident == f"{CHANNEL}/recording/{RECORDING}"
    assert notification.stream_id == STREAM
    assert notification.text == (
        "A recording of 1h 45m is complete in bucket demo-vod. It can be processed now."
    )
    assert notification.recording == ReadyRecording(
        bucket="demo-vod",
        prefix=PREFIX,
        playlist=f"{PREFIX}/media/hls/master.m3u8",
        duration_ms=6_300_000,
    )


def test_programs_are_told_the_same() -> None:
    message = Message(id="m-1", notifications=tuple(news_of(STARTED, ENDED)))

    (incident,) = message_document(message)["incidents"]

    assert incident["recording"] == {
        "bucket": "demo-vod",
        "prefix": PREFIX,
        "playlist": f"{PREFIX}/media/hls/master.m3u8",
        "duration_ms": 6_300_000,
    }


def test_a_policy_that_does_not_ask_tells_nothing() -> None:
    decision = decide_on(RULES, at(2), STARTED, ENDED)

    assert (decision.notifications, decision.standing) == ((), Standing())


def test_it_is_told_once() -> None:
    first = decide_on(ASKS, at(2), STARTED, ENDED)

    second = decide_on(ASKS, at(3), STARTED, ENDED, ENDED, before=first)

    assert (len(first.notifications), second.notifications) == (1, ())


def test_each_of_two_that_end_together_is_told() -> None:
    another = recording_end(at(2, seconds=16), LASTED, NEXT_RECORDING)

    assert [
        each.incident.rpartition("/")[2] for each in news_of(STARTED, ENDED, another, now=3)
    ] == [
        RECORDING,
        NEXT_RECORDING,
    ]


def test_what_is_forgotten_is_not_remembered_as_told() -> None:
    first = decide_on(ASKS, at(2), STARTED, ENDED)

    later = decide_on(ASKS, at(30), recording_start(at(29), NEXT_RECORDING), before=first)

    assert later.standing.recordings_notified == frozenset()


@pytest.mark.parametrize(
    "given",
    [
        (STARTED,),
        (STARTED, recording_end_failure(at(2))),
        (STARTED, ENDED, recording_end_failure(at(2))),
        (recording_end(at(2), timedelta(0)),),
        (recording_end(at(-4), LASTED),),
    ],
    ids=["goes on", "failed", "failed after its end", "holds nothing", "long ago"],
)
def test_what_is_not_ready_is_not_told(given: tuple[Input, ...]) -> None:
    assert news_of(*given) == []


def test_what_ivs_does_not_say_is_left_out() -> None:
    (notification,) = news_of(recording_end(at(2), LASTED))

    assert notification.recording == ReadyRecording(
        bucket="demo-vod", prefix="", playlist="", duration_ms=6_300_000
    )


def test_a_prefix_that_is_too_long_is_not_cut() -> None:
    long = recording_event("Recording End", at(2), lasted=LASTED, prefix="x" * 161)

    (notification,) = news_of(long)

    assert notification.recording is not None
    assert notification.recording.prefix == ""
