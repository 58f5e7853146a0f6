"""What is judged about one stream is done to that stream or not at all."""

from copy import replace
from datetime import timedelta

import pytest

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy, Step
from streamwarden.domain.verdicts import PlannedAction
from testbed import builders as build
from testbed.builders import (
    NEXT_RECORDING,
    NEXT_STREAM,
    RECORDING,
    STOP,
    STREAM,
    WARN,
    at,
)

FAULTS = {
    "recording failed at its start": build.recording_start_failure(at(minutes=10)),
    "recording failed at its end": build.recording_end_failure(at(minutes=25)),
    "recording too short": build.recording_end(at(minutes=31), timedelta(minutes=1)),
    "limit exceeded": build.limit_breach(at(minutes=10)),
    "stalled": build.starvation_start(at(minutes=10)),
    "taken over": build.stream_event("Stream Takeover", at(minutes=10)),
    "not processed": build.stream_event("Stream Failure", at(minutes=10), reason="no capacity"),
    "unwatched": build.stream_listed(at(minutes=10), viewers=0),
    "crowded": build.stream_listed(at(minutes=10), viewers=1_000),
    "too good": build.ingest_observed(at(minutes=10), build.video_track(3840, 2160)),
}
PAST = (build.stream_start(at()), build.recording_start(at(minutes=1)), build.stream_end(at(0.5)))
INNOCENT = build.stream_start(at(minutes=40), NEXT_STREAM)
NOW = at(minutes=41)


def acting_on_streams() -> Policy:
    """Every kind about channels, with each action on streams that it allows."""
    policy = build.every_kind()
    rule_set = policy.about(ResourceType.CHANNEL)
    rules = []
    for rule in rule_set.rules:
        allowed = [
            PlannedAction(kind=word)
            for word in build.ON_STREAM
            if not ACTION_KINDS[word].why_refused(rule.check.traits, rule.check.lacks)
        ]
        rules.append(replace(rule, steps=(Step(after=timedelta(0), do=tuple(allowed)),)))
    return Policy({ResourceType.CHANNEL: replace(rule_set, rules=tuple(rules))})


def hit(*timeline: Input, policy: Policy | None = None) -> set[tuple[str, str | None]]:
    """Which rules act on which stream."""
    return _on_streams(
        decide(build.state_from(*timeline), Standing(), policy or acting_on_streams(), NOW)
    )


def _on_streams(decision: Decision) -> set[tuple[str, str | None]]:
    acting = (each for each in decision.actions if each.kind in build.ON_STREAM)
    return {(each.rule_id, each.stream_id) for each in acting}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_past_stream_adds_nothing_that_is_done_to_the_next(fault: str) -> None:
    without = hit(*PAST, INNOCENT)

    assert hit(*PAST, FAULTS[fault], INNOCENT) == without
    assert {stream_id for _, stream_id in without} <= {NEXT_STREAM}


@pytest.mark.parametrize("action", [STOP, WARN])
def test_a_recording_that_fails_ends_its_own_stream(action: PlannedAction) -> None:
    policy = build.policy_of(build.compiled_rule("recording_failed", {}, action))
    timeline = (build.stream_start(at()), build.recording_start_failure(at(minutes=1)))

    assert hit(*timeline, policy=policy) == {("recording-failed", STREAM)}


def test_a_recording_of_two_streams_that_fails_ends_the_one_that_is_on_the_air() -> None:
    policy = build.policy_of(build.compiled_rule("recording_failed", {}, STOP))
    merged = build.recording_event(
        "Recording End", at(minutes=42), streams=(STREAM, NEXT_STREAM), recording_id=RECORDING
    )
    timeline = (*PAST, INNOCENT, merged, build.recording_end_failure(at(minutes=40), RECORDING))

    assert hit(*timeline, policy=policy) == {("recording-failed", NEXT_STREAM)}


def test_the_next_stream_is_judged_by_its_own_recording() -> None:
    policy = build.policy_of(build.compiled_rule("recording_failed", {}, STOP))
    own = build.recording_event(
        "Recording Start Failure", at(minutes=40), NEXT_RECORDING, streams=(NEXT_STREAM,)
    )
    timeline = (*PAST, build.recording_end_failure(at(minutes=25)), INNOCENT, own)

    assert hit(*timeline, policy=policy) == {("recording-failed", NEXT_STREAM)}


def test_a_notice_names_the_stream_that_was_judged() -> None:
    policy = build.policy_of(build.compiled_rule("recording_failed", {}, STOP))
    timeline = (*PAST, build.recording_end_failure(at(minutes=25)), INNOCENT)

    decision = decide(build.state_from(*timeline), Standing(), policy, NOW)

    assert [each.stream_id for each in decision.notifications] == [STREAM]
    assert "stops" not in decision.notifications[0].text
