"""A repair sets what differs, on a channel that is off the air and that no template owns."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from streamwarden.domain.actions.base.calls import Call, Pointless, Seen, SeenChannel
from streamwarden.domain.actions.repair import Repair
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, Mode, PlannedAction, SettingsChange, WhenLive
from testbed.builders import (
    CHANNEL,
    CONFIGURATION,
    STREAM,
    action_finished,
    at,
    channel_listed,
    channel_updated,
    compiled_rule,
    decide_on,
    policy_of,
    repair,
    session_created,
    stream_end,
    stream_start,
)

OFF: Final = {"insecureIngest": False}
WAITING: Final = policy_of(compiled_rule("insecure_ingest", {}, repair(OFF)))
STOPPING: Final = policy_of(compiled_rule("insecure_ingest", {}, repair(OFF, WhenLive.STOP)))
MANAGED: Final = {"aws:cloudformation:stack-name": "shows", "aws:cloudformation:logical-id": "C"}
WRONG: Final = channel_listed(at(), insecureIngest=True)


def decided(policy: Policy, now: datetime, *inputs: Input, **more: Any) -> Decision:
    return decide_on(policy, now, *inputs, **more)


def kinds(decision: Decision) -> list[str]:
    return [each.kind for each in decision.actions]


def text_of(decision: Decision) -> str:
    (notification,) = decision.notifications
    return notification.text


def test_a_channel_off_the_air_is_repaired_at_once() -> None:
    decision = decided(WAITING, at(1), WRONG)

    (action,) = decision.actions
    assert action.settings == SettingsChange(set=OFF)
    assert "Streamwarden sets insecureIngest to false." in text_of(decision)


def test_only_what_differs_is_set() -> None:
    policy = policy_of(compiled_rule("insecure_ingest", {}, repair({**OFF, "type": "BASIC"})))

    (action,) = decided(
        policy, at(1), channel_listed(at(), insecureIngest=True, type="BASIC")
    ).actions

    assert action.settings == SettingsChange(set=OFF)


@pytest.mark.parametrize("begun", [session_created(at(1)), stream_start(at(1))])
def test_it_waits_for_the_end_of_the_stream_and_says_so(begun: Input) -> None:
    live = decided(WAITING, at(2), WRONG, begun)
    ended = decided(WAITING, at(4), WRONG, begun, stream_end(at(3)), before=live.standing)

    assert kinds(live) == []
    assert "Streamwarden waits for the end of the stream and then sets insecure" in text_of(live)
    assert kinds(ended) == ["repair"]


def test_it_stops_the_stream_first_where_the_rule_says_so() -> None:
    live = decided(STOPPING, at(2), WRONG, stream_start(at(1)))
    ended = decided(
        STOPPING, at(4), WRONG, stream_start(at(1)), stream_end(at(3)), before=live.standing
    )

    (stop,) = live.actions
    assert (stop.kind, stop.stream_id) == ("stop", STREAM)
    assert "Streamwarden stops the stream and then sets insecureIngest to false." in text_of(live)
    assert kinds(ended) == ["repair"]


def test_before_the_stream_has_started_there_is_nothing_to_stop() -> None:
    assert kinds(decided(STOPPING, at(2), WRONG, session_created(at(1)))) == []


def test_a_request_is_given_up_when_the_channel_goes_live() -> None:
    asked = decided(WAITING, at(1), WRONG)
    live = decided(WAITING, at(2), WRONG, stream_start(at(2)), before=asked.standing)

    assert asked.standing.requested(CHANNEL)
    assert live.standing.requested(CHANNEL) == frozenset()


BROADCAST: Final = (stream_start(at(1)), stream_end(at(1, 2)))


@pytest.mark.parametrize("others", [BROADCAST, BROADCAST[1:]], ids=["start and end", "end alone"])
@pytest.mark.parametrize("is_end_first", [False, True])
def test_the_end_of_a_stream_that_nobody_knew_of_brings_it_forward(
    others: tuple[Input, ...], is_end_first: bool
) -> None:
    """IVS refuses to change a live channel. Its events may come late, or only in part."""
    asked = decided(WAITING, at(1, 1), WRONG)
    refused = action_finished(
        at(1, 1), asked.actions[0].id, OutcomeStatus.NOTHING_TO_DO, decided_at=at(1, 1)
    )
    first, last = (others, (refused,)) if is_end_first else ((refused,), others)

    waiting = decided(WAITING, at(1, 3), WRONG, *first, before=asked.standing)
    ended = decided(WAITING, at(1, 3), WRONG, *first, *last, before=waiting.standing)
    later = decided(WAITING, at(1, 4), WRONG, *first, *last, before=ended.standing)

    assert kinds(waiting) == kinds(later) == []
    assert [(each.kind, each.attempt) for each in ended.actions] == [("repair", 2)]


def test_a_stream_that_was_over_when_it_was_asked_for_brings_nothing_forward() -> None:
    asked = decided(WAITING, at(1, 3), WRONG, *BROADCAST)
    refused = action_finished(
        at(1, 3), asked.actions[0].id, OutcomeStatus.NOTHING_TO_DO, decided_at=at(1, 3)
    )

    again = decided(WAITING, at(1, 4), WRONG, *BROADCAST, refused, before=asked.standing)

    assert kinds(again) == []


def test_a_breach_that_vanished_drops_it() -> None:
    live = decided(WAITING, at(2), WRONG, stream_start(at(1)))
    mended = channel_updated(at(3), insecureIngest=False)
    ended = decided(
        WAITING, at(4), WRONG, stream_start(at(1)), mended, stream_end(at(4)), before=live.standing
    )

    assert kinds(ended) == []


@pytest.mark.parametrize("policy", [WAITING, STOPPING])
@pytest.mark.parametrize("more", [(), (stream_start(at(1)),)])
def test_a_channel_of_a_stack_is_told_of_as_drift(policy: Policy, more: tuple[Input, ...]) -> None:
    managed = channel_listed(at(), tags=MANAGED, insecureIngest=True)

    decision = decided(policy, at(2), managed, *more)

    assert kinds(decision) == []
    assert "CloudFormation manages the channel in stack shows (drift" in text_of(decision)


def test_a_channel_of_a_stack_is_repaired_where_the_policy_says_so() -> None:
    planned = repair(OFF, even_if_managed=True)
    policy = policy_of(compiled_rule("insecure_ingest", {}, planned))

    managed = channel_listed(at(), tags=MANAGED, insecureIngest=True)

    assert kinds(decided(policy, at(1), managed)) == ["repair"]


def test_it_is_given_up_after_its_time_and_people_are_told_once() -> None:
    policy = policy_of(compiled_rule("insecure_ingest", {}, repair(OFF, within=timedelta(hours=3))))
    begun = stream_start(at(1))
    live = decided(policy, at(2), WRONG, begun)
    late = decided(policy, at(5), WRONG, begun, before=live.standing)
    later = decided(policy, at(7), WRONG, begun, stream_end(at(6)), before=late.standing)

    assert live.recheck_at == at(5)
    assert kinds(live) == kinds(late) == kinds(later) == []
    assert "The action repair is given up after 3h, and the channel is left alone" in text_of(late)
    assert later.notifications == ()


def test_in_mode_notify_nothing_is_given_up() -> None:
    rule = compiled_rule(
        "insecure_ingest", {}, repair(OFF, within=timedelta(hours=3)), mode=Mode.NOTIFY
    )
    opened = decided(policy_of(rule), at(1), WRONG)

    assert "(mode enforce sets insecureIngest to false)" in text_of(opened)
    assert decided(policy_of(rule), at(5), WRONG, before=opened.standing).notifications == ()


@pytest.mark.parametrize("policy", [WAITING, STOPPING], ids=["wait", "stop"])
def test_it_gives_way_to_whoever_takes_it_back(policy: Policy) -> None:
    """After the third time no stream is stopped for it, either."""
    inputs: list[Input] = [channel_listed(at(), insecureIngest=False)]
    standing, asked = Standing(), 0
    for minute in range(10, 60, 10):
        inputs.append(channel_updated(at(minutes=minute), insecureIngest=True))
        decision = decided(policy, at(minutes=minute + 1), *inputs, before=standing)
        standing = decision.standing
        for each in decision.actions:
            asked += 1
            done = at(minutes=minute + 2)
            inputs.append(action_finished(done, each.id, settings=OFF))
            standing = decided(policy, done, *inputs, before=standing).standing
    live = decided(policy, at(2), *inputs, stream_start(at(2)), before=standing)

    assert asked == 3
    assert kinds(live) == []


def test_a_failed_outcome_is_no_effect() -> None:
    asked = decided(WAITING, at(1), WRONG)
    (action,) = asked.actions
    refused = action_finished(
        at(1, 1), action.id, OutcomeStatus.FAILED, reason="PendingVerification"
    )

    decision = decided(WAITING, at(2), WRONG, refused, before=asked.standing)

    assert "The action repair failed: PendingVerification." in decision.notifications[0].text
    assert decision.standing.effects == {}


def planned_call(
    wanted: Mapping[str, Any], found: Mapping[str, Any], tags: Mapping[str, str] | None = None
) -> Call | Pointless:
    action = Action(
        id="an/action",
        attempt=1,
        kind="repair",
        rule_id="a-rule",
        resource_arn=CHANNEL,
        stream_id=None,
        reason="because",
        decided_at=at(),
        settings=SettingsChange(set=wanted),
    )
    return Repair().plan(action, Seen(channel=SeenChannel(found, tags or {})))


def test_a_fresh_look_decides_what_is_set() -> None:
    call = planned_call({**OFF, "type": "BASIC"}, {"insecureIngest": False, "type": "STANDARD"})

    assert isinstance(call, Call)
    assert call.parameters == {"arn": CHANNEL, "type": "BASIC"}
    assert call.done == "set type to BASIC"
    assert call.settings == {**OFF, "type": "BASIC"}


@pytest.mark.parametrize(
    ("wanted", "found", "tags", "reason"),
    [
        (OFF, OFF, {}, "the settings are as they should be already"),
        ({"recordingConfigurationArn": ""}, {}, {}, "the settings are as they should be already"),
        (OFF, {"insecureIngest": True}, MANAGED, "CloudFormation manages the channel in stack sh"),
    ],
)
def test_a_fresh_look_may_leave_nothing_to_do(
    wanted: Mapping[str, Any], found: Mapping[str, Any], tags: Mapping[str, str], reason: str
) -> None:
    pointless = planned_call(wanted, found, tags)

    assert isinstance(pointless, Pointless)
    assert pointless.reason.startswith(reason)


def test_an_attachment_is_detached_by_an_empty_arn() -> None:
    call = planned_call(
        {"recordingConfigurationArn": ""}, {"recordingConfigurationArn": CONFIGURATION}
    )

    assert isinstance(call, Call)
    assert call.done == "set recordingConfigurationArn to nothing"


def test_what_it_carries_is_said() -> None:
    assert Repair().describe(PlannedAction(kind="repair", settings=SettingsChange(set=OFF))) == (
        "sets insecureIngest to false"
    )
