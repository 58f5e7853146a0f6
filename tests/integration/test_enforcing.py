"""Actions are carried out after a fresh look at the channel, and say what became of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ivs_simulator.wire.errors import ErrorCode, IvsError
from streamwarden.domain.inputs import Recheck, envelope_of
from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden.domain.verdicts import Action, Condition, Confirm
from tests.integration.carried_out import carry_out, outcomes, request
from tests.integration.conftest import Deploy
from tests.integration.driver import NOON, Stack, arn_of


def action(
    channel_arn: str,
    kind: str = "stop",
    *,
    stream_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    tag_keys: Sequence[str] = (),
    confirm: Confirm | None = None,
) -> dict[str, Any]:
    given = Action(
        id=f"{channel_arn}/{kind}",
        attempt=1,
        kind=kind,
        rule_id="no-marathons",
        resource_arn=channel_arn,
        stream_id=stream_id,
        reason="on the air for 5h; 4h is allowed",
        decided_at=NOON,
        tags=tags or {},
        tag_keys=tuple(tag_keys),
        text="on the air for 5h; 4h is allowed" if kind == "warn" else "",
        confirm=confirm,
    )
    body: dict[str, Any] = msgspec.to_builtins(given)
    return body


def test_the_stream_that_was_decided_on_is_stopped(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))

    again = carry_out(stack, action(live.channel_arn, stream_id=live.stream_id))

    assert again == []
    assert not live.is_live
    assert outcomes(stack) == [("done", f"stopped stream {live.stream_id}")]


def test_another_stream_is_left_alone(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))

    carry_out(stack, action(live.channel_arn, stream_id="st-before"))

    assert live.is_live
    assert stack.asked("StopStream") == []
    expected = f"stream {live.stream_id} is live now; st-before was decided on"
    assert outcomes(stack) == [("nothing-to-do", expected)]


def test_a_channel_off_the_air_needs_no_stop(stack: Stack) -> None:
    studio = stack.channel("studio")

    carry_out(stack, action(studio, stream_id="st-1"))

    assert stack.asked("StopStream") == []
    assert outcomes(stack) == [("nothing-to-do", "the channel is already off the air")]


def test_a_stream_that_ends_under_the_hand_needs_no_stop(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    error = IvsError(ErrorCode.NOT_BROADCASTING, "offline")
    stack.world.fail_next("StopStream", error)

    carry_out(stack, action(live.channel_arn, stream_id=live.stream_id))

    assert outcomes(stack) == [("nothing-to-do", "the stream ended by itself")]


@pytest.mark.parametrize("is_stalled", [True, False])
def test_a_stop_for_stalling_needs_a_stalled_stream(stack: Stack, is_stalled: bool) -> None:
    live = stack.go_live(stack.channel("studio"))
    if is_stalled:
        live.stall()

    stalled = Confirm(Condition.STALLED)
    carry_out(stack, action(live.channel_arn, stream_id=live.stream_id, confirm=stalled))

    assert live.is_live is not is_stalled
    (outcome,) = outcomes(stack)
    assert outcome[0] == ("done" if is_stalled else "nothing-to-do")


def test_an_unavailable_stream_is_tried_again(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    given = action(live.channel_arn, stream_id=live.stream_id)
    unavailable = IvsError(ErrorCode.STREAM_UNAVAILABLE, "try later")
    stack.world.fail_next("StopStream", unavailable, times=10)

    assert len(carry_out(stack, given)) == 1
    assert outcomes(stack) == []

    stack.world._faults.clear()
    assert carry_out(stack, given) == []
    assert not live.is_live


def test_only_the_actions_on_the_same_channel_wait(stack: Stack) -> None:
    first, second = (stack.go_live(stack.channel(name)) for name in ("first", "second"))
    throttled = IvsError(ErrorCode.THROTTLING, "slow down")
    stack.world.fail_next("StopStream", throttled, times=4)
    records = [
        (action(first.channel_arn, stream_id=first.stream_id), first.channel_arn),
        (action(second.channel_arn, stream_id=second.stream_id), second.channel_arn),
        (action(first.channel_arn, "tag", tags={"a": "b"}), first.channel_arn),
    ]
    for given, _ in records:
        request(stack, given)

    again = stack.deliver_grouped("Enforce", records)

    assert [json.loads(body)["kind"] for body in again] == ["stop", "tag"]
    assert {json.loads(body)["resource_arn"] for body in again} == {first.channel_arn}
    assert first.is_live
    assert not second.is_live


def test_what_iam_refuses_has_failed(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    denied = IvsError(ErrorCode.ACCESS_DENIED, "not authorized to perform: ivs:StopStream")
    stack.world.fail_next("StopStream", denied)

    again = carry_out(stack, action(live.channel_arn, stream_id=live.stream_id))

    assert again == []
    (outcome,) = outcomes(stack)
    assert outcome[0] == "failed"
    assert outcome[1].startswith("ivs:StopStream: AccessDeniedException: not authorized")


def test_a_deleted_channel_has_failed_with_the_words_of_ivs(stack: Stack) -> None:
    carry_out(stack, action(arn_of("never-made"), stream_id="st-1"))

    ((status, reason),) = outcomes(stack)
    assert status == "failed"
    assert reason.startswith("ivs:GetStream: ResourceNotFoundException: Resource: arn:aws:ivs")


def test_tags_are_set_and_others_kept(stack: Stack) -> None:
    studio = stack.channel("studio", tags={"kept": "yes"})

    carry_out(stack, action(studio, "tag", tags={"team": "unassigned"}))

    tags = stack.client("ivs").get_channel(arn=studio)["channel"]["tags"]
    assert tags == {"kept": "yes", "team": "unassigned"}
    assert outcomes(stack) == [("done", "set team")]


def test_tags_are_removed_and_others_kept(stack: Stack) -> None:
    studio = stack.channel("studio", tags={"kept": "yes", "email": "a"})

    carry_out(stack, action(studio, "remove_tags", tag_keys=["email", "gone-already"]))

    assert stack.client("ivs").get_channel(arn=studio)["channel"]["tags"] == {"kept": "yes"}
    assert outcomes(stack) == [("done", "removed email, gone-already")]


def test_a_warning_reaches_the_stream_that_was_decided_on(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))

    carry_out(stack, action(live.channel_arn, "warn", stream_id=live.stream_id))

    (call,) = stack.asked("PutMetadata")
    assert (call.params["channelArn"], call.outcome) == (live.channel_arn, "ok")
    assert live.is_live
    assert outcomes(stack) == [("done", f"put a warning into stream {live.stream_id}")]


@pytest.mark.parametrize("stream_id", ["st-before", None])
def test_another_stream_is_not_warned(stack: Stack, stream_id: str | None) -> None:
    live = stack.go_live(stack.channel("studio"))

    carry_out(stack, action(live.channel_arn, "warn", stream_id=stream_id))

    assert stack.asked("PutMetadata") == []
    assert [status for status, _ in outcomes(stack)] == ["nothing-to-do"]


@pytest.mark.parametrize(
    ("code", "status"),
    [(ErrorCode.NOT_BROADCASTING, "nothing-to-do"), (ErrorCode.ACCESS_DENIED, "failed")],
)
def test_what_ivs_answers_to_a_warning_is_notified(
    stack: Stack, code: ErrorCode, status: str
) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.world.fail_next("PutMetadata", IvsError(code, "no"))

    carry_out(stack, action(live.channel_arn, "warn", stream_id=live.stream_id))

    assert [output for output, _ in outcomes(stack)] == [status]


def test_too_many_warnings_at_once_are_tried_again(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.world.fail_next("PutMetadata", IvsError(ErrorCode.THROTTLING, "slow down"), times=4)
    given = action(live.channel_arn, "warn", stream_id=live.stream_id)

    assert len(carry_out(stack, given)) == 1
    assert outcomes(stack) == []
    assert carry_out(stack, given) == []


def test_a_set_tag_resolves_its_breach(stack: Stack) -> None:
    stack.channel("studio", tags={"governed": "yes"})
    stack.later(seconds=5)
    stack.pump("Enforce")

    stack.pump("StreamEvents")

    statuses = [each.body["status"] for each in stack.take_notifications()]
    assert statuses == ["opened", "resolved"]


def test_a_failed_action_is_notified(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    stack.observe_events()
    stack.world.fail_next("StopStream", IvsError(ErrorCode.ACCESS_DENIED, "no"))
    stack.pump("Enforce")

    stack.pump("StreamEvents")

    assert live.is_live
    notified = [each.body for each in stack.take_notifications()]
    assert [each["status"] for each in notified] == ["opened", "escalated"]
    assert "The action stop failed: ivs:StopStream: AccessDenied" in notified[1]["text"]


@pytest.mark.parametrize("kind", ["stop", "warn"])
def test_a_stack_that_observes_acts_no_more(observing: Stack, kind: str) -> None:
    live = observing.go_live(observing.channel("studio"))
    observing.calls.clear()

    carry_out(observing, action(live.channel_arn, kind, stream_id=live.stream_id))

    assert observing.asked() == []
    assert outcomes(observing) == [("nothing-to-do", "the stack no longer enforces")]


def test_what_a_tag_protects_is_held_and_that_is_told_and_counted(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio", tags={PROTECTED_TAG: "true"}))

    again = carry_out(stack, action(live.channel_arn, stream_id=live.stream_id))

    assert again == []
    assert live.is_live
    ((status, _),) = outcomes(stack)
    assert status == "held"
    assert [each["ActionsHeld"] for each in stack.logs() if "ActionsHeld" in each] == [[1.0]]


def test_a_forged_message_stops_nobody(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.calls.clear()

    again = stack.deliver("Enforce", action(live.channel_arn, stream_id=live.stream_id))

    assert again == []
    assert live.is_live
    assert stack.asked() == []
    assert outcomes(stack) == []
    (line,) = [each for each in stack.logs() if each.get("message") == "action finished"]
    assert line["outcome"] == "skipped"
    assert line["outcome_reason"].startswith("the record does not hold it")
    assert [each["ActionsSkipped"] for each in stack.logs() if "ActionsSkipped" in each] == [[1.0]]


def test_a_message_about_a_resource_that_cannot_be_is_dead_lettered_at_once(stack: Stack) -> None:
    assert stack.deliver("Enforce", action(""), group="tests") == []

    (dead,) = stack.take("ActionQueueDeadLetters")
    assert dead.attributes["reason"].startswith("Unprocessable: the resource '' is not an ARN")


def test_the_same_message_again_does_nothing_once_its_outcome_is_known(stack: Stack) -> None:
    stack.channel("studio", tags={"governed": "yes"})
    stack.later(seconds=5)
    (asked,) = stack.take("ActionQueue")
    for _ in range(2):
        stack.deliver("Enforce", asked.body, group=asked.group)
        stack.pump("StreamEvents")

    assert len(stack.asked("TagResource")) == 1


def test_what_is_no_action_is_dead_lettered(stack: Stack) -> None:
    assert stack.deliver("Enforce", {"kind": "explode"}, group=arn_of("studio")) == []

    (dead_letter,) = stack.take("ActionQueueDeadLetters")
    assert dead_letter.attributes["reason"].startswith("Unprocessable: ")
    assert dead_letter.group == arn_of("studio")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "explode"}, "kind: action 'explode' is not known"),
        ({"authority": "oracle"}, "action: Invalid enum value 'oracle' - at `$.authority`"),
    ],
)
def test_an_action_that_a_newer_observer_knows_is_tried_for_longer_than_a_deployment(
    stack: Stack, change: dict[str, Any], reason: str
) -> None:
    newer = {**action(arn_of("studio")), **change}

    assert len(stack.deliver("Enforce", newer, group="tests", age=timedelta(minutes=14))) == 1
    assert stack.take("ActionQueueDeadLetters") == []
    assert stack.deliver("Enforce", newer, group="tests", age=timedelta(minutes=16)) == []

    (dead_letter,) = stack.take("ActionQueueDeadLetters")
    assert dead_letter.attributes["reason"] == f"OfAnotherVersion: {reason}"


def test_a_stop_in_time_is_what_the_whole_stack_does(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    stack.observe_events()

    stack.pump("Enforce")
    stack.later(seconds=2)
    stack.observe_events()
    stack.pump("StreamEvents")

    assert not live.is_live
    stack.later(hours=8)
    stack.sweep()
    assert stack.take("ActionQueue") == []


def test_outcomes_of_one_batch_are_counted_apart(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    done = action(live.channel_arn, stream_id=live.stream_id)
    needless = action(stack.channel("other"), stream_id="st-1")
    request(stack, done)
    request(stack, needless)

    stack.deliver("Enforce", done, needless, group="both")

    counted = [line for line in stack.logs() if "_aws" in line and "ActionsDone" in line]
    assert [line["ActionsDone"] for line in counted] == [[1.0]]
    assert [line["ActionsUnnecessary"] for line in counted] == [[1.0]]


WITH_WARNINGS = """
version: 1
rules:
  - id: no-marathons
    kind: max_duration
    mode: enforce
    keep: 0s
    params: {limit: 4h, warnings: [30m]}
    steps:
      - {after: 0s, do: [warn]}
      - {after: 10m, do: [stop]}
"""


def test_first_a_word_then_a_warning_then_a_stop(deploy: Deploy) -> None:
    stack = deploy(WITH_WARNINGS)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.later(hours=3, minutes=30)

    for minutes in (30, 10, 1):
        recheck(stack, live.channel_arn)
        stack.later(minutes=minutes)

    assert [call.operation for call in stack.asked() if not call.operation.startswith("List")] == [
        "GetStream",
        "PutMetadata",
        "GetStream",
        "PutMetadata",
        "GetStream",
        "StopStream",
    ]
    assert not live.is_live
    notified = [each.body for each in stack.take_notifications()]
    assert [each["status"] for each in notified] == ["warning", "opened", "escalated"]


def test_a_stack_that_observes_tells_of_a_warning_and_puts_none_into_the_stream(
    deploy: Deploy,
) -> None:
    stack = deploy(WITH_WARNINGS, Mode="observe")
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.later(hours=3, minutes=30)

    recheck(stack, live.channel_arn)

    assert stack.asked("PutMetadata") == []
    notified = [each.body for each in stack.take_notifications()]
    assert [each["status"] for each in notified] == ["warning"]


def recheck(stack: Stack, channel_arn: str) -> None:
    """What a timer does, and all that follows from it."""
    look = Recheck(resource_arn=channel_arn, time=stack.now)
    stack.deliver("StreamEvents", envelope_of(look))
    stack.pump("Enforce")
    stack.pump("StreamEvents")


def test_a_stop_does_not_wait_behind_a_tag_that_fails(stack: Stack) -> None:
    """One group for each action: what IVS throttles for one holds back no other."""
    live = stack.go_live(stack.channel("studio", tags={"governed": "yes"}))
    stack.later(hours=4)
    stack.observe_events()
    groups = {each.body["kind"]: each.group for each in stack.take("ActionQueue")}

    assert live.is_live
    assert groups.keys() == {"tag", "stop"}
    assert groups["tag"] != groups["stop"]
