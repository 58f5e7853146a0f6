"""A repair waits for the end of the stream, and names whatever IVS answers to it."""

from typing import Any

import msgspec
import pytest

from ivs_simulator.wire.errors import ErrorCode, IvsError
from streamwarden.domain.verdicts import Action, SettingsChange
from tests.integration.carried_out import carry_out, outcomes
from tests.integration.conftest import Deploy
from tests.integration.driver import NOON, Stack, arn_of

POLICY = """
version: 1
rules:
  - id: tls-only
    kind: insecure_ingest
    mode: enforce
    params: {}
    actions: [repair: {set: {insecureIngest: false}}]
"""
STOPPING = POLICY.replace("false}", "false}, live: stop")


def is_insecure(stack: Stack, arn: str) -> bool:
    answer: bool = stack.client("ivs").get_channel(arn=arn)["channel"]["insecureIngest"]
    return answer


def repair(arn: str, **settings: Any) -> dict[str, Any]:
    action = Action(
        id=f"{arn}/repair",
        attempt=1,
        kind="repair",
        rule_id="tls-only",
        resource_arn=arn,
        stream_id=None,
        reason="the channel allows insecure ingest",
        decided_at=NOON,
        settings=SettingsChange(set=settings or {"insecureIngest": False}),
    )
    body: dict[str, Any] = msgspec.to_builtins(action)
    return body


def settle(stack: Stack) -> list[str]:
    """Deliver what there is until nothing is; returns the statuses of notifications."""
    notified = []
    for _ in range(4):
        stack.observe_events()
        stack.pump("Enforce")
        stack.pump("StreamEvents")
        notified += [each.body["status"] for each in stack.take_notifications()]
    return notified


def test_a_channel_that_is_live_is_repaired_after_its_stream(deploy: Deploy) -> None:
    stack = deploy(POLICY)
    studio = stack.channel("studio", is_known=False, insecureIngest=True)
    live = stack.go_live(studio)
    stack.sweep()

    opened = settle(stack)

    assert live.is_live
    assert stack.asked("UpdateChannel") == []
    live.leave()
    stack.later(minutes=1)
    assert opened + settle(stack) == ["opened", "resolved"]
    assert not is_insecure(stack, studio)
    (call,) = stack.asked("UpdateChannel")
    assert call.outcome == "ok"


def test_with_live_stop_the_stream_ends_first(deploy: Deploy) -> None:
    stack = deploy(STOPPING)
    studio = stack.channel("studio", is_known=False, insecureIngest=True)
    live = stack.go_live(studio)
    stack.sweep()

    settle(stack)
    stack.later(minutes=1)
    settle(stack)

    assert not live.is_live
    assert not is_insecure(stack, studio)
    made = [each.operation for each in stack.asked() if each.operation in _CHANGING]
    assert made == ["StopStream", "UpdateChannel"]


_CHANGING = ("StopStream", "UpdateChannel")


def test_a_stream_that_began_meanwhile_is_waited_for_and_nothing_has_failed(stack: Stack) -> None:
    studio = stack.channel("studio", insecureIngest=True)
    stack.go_live(studio)

    again = carry_out(stack, repair(studio))

    assert again == []
    assert outcomes(stack) == [
        ("nothing-to-do", "the channel is live: the repair waits for the stream's end")
    ]


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("UpdateChannel", ErrorCode.ACCESS_DENIED),
        ("UpdateChannel", ErrorCode.NOT_FOUND),
        ("UpdateChannel", ErrorCode.PENDING_VERIFICATION),
        ("UpdateChannel", ErrorCode.VALIDATION),
        ("GetChannel", ErrorCode.ACCESS_DENIED),
    ],
)
def test_what_ivs_refuses_has_failed_with_its_words(
    stack: Stack, operation: str, code: ErrorCode
) -> None:
    studio = stack.channel("studio", insecureIngest=True)
    stack.world.fail_next(operation, IvsError(code, "no"))

    carry_out(stack, repair(studio))

    ((status, reason),) = outcomes(stack)
    assert (status, reason) == ("failed", f"ivs:{operation}: {code}: no")


def test_an_attachment_that_is_not_there_is_named(stack: Stack) -> None:
    studio = stack.channel("studio")
    absent = arn_of("x").replace("channel/", "recording-configuration/")

    carry_out(stack, repair(studio, recordingConfigurationArn=absent))

    ((status, reason),) = outcomes(stack)
    assert status == "failed"
    assert reason.startswith("ivs:UpdateChannel: ResourceNotFoundException")


def test_a_channel_that_is_gone_needs_no_repair(stack: Stack) -> None:
    carry_out(stack, repair(arn_of("never-made")))

    assert outcomes(stack) == [("nothing-to-do", "the channel no longer exists")]


@pytest.mark.parametrize("operation", ["GetChannel", "UpdateChannel"])
def test_what_is_throttled_is_tried_again(stack: Stack, operation: str) -> None:
    studio = stack.channel("studio", insecureIngest=True)
    stack.world.fail_next(operation, IvsError(ErrorCode.THROTTLING, "slow down"), times=4)
    given = repair(studio)

    assert len(carry_out(stack, given)) == 1
    assert outcomes(stack) == []
    assert carry_out(stack, given) == []
    assert not is_insecure(stack, studio)


def test_a_second_message_finds_nothing_to_do(stack: Stack) -> None:
    studio = stack.channel("studio", insecureIngest=True)

    carry_out(stack, repair(studio))
    carry_out(stack, repair(studio))

    assert [status for status, _ in outcomes(stack)] == ["done", "nothing-to-do"]
    assert len(stack.asked("UpdateChannel")) == 1
