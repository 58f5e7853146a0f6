"""An operator's quarantine and release, through the deployed handlers: calls, key and secret."""

import json

from streamwarden.domain.commands import (
    AnyCommand,
    QuarantineChannel,
    ReleaseChannel,
    envelope_of_command,
)
from streamwarden.domain.state.controls import Sender
from tests.integration.driver import Stack


def order(stack: Stack, kind: type[AnyCommand], channel: str) -> None:
    command = kind(  # type: ignore[call-arg]  # all of these take no more
        resource_arn=channel, time=stack.now, author=Sender(id=""), reason="a test"
    )
    assert stack.deliver("OperatorCommands", envelope_of_command(command)) == []


def settle(stack: Stack) -> None:
    """Until nothing is under way; an invocation of RotateKeys is delivered twice."""
    for _ in range(3):
        assert stack.pump("Enforce") == stack.pump("StreamEvents") == []
        for request in stack.invocations:
            stack.run("RotateKeys", request)
            stack.run("RotateKeys", request)
        stack.invocations.clear()
        assert stack.pump("ResourceChanges") == []
        stack.observe_events()


def test_a_quarantined_channel_has_no_key_and_a_released_one_a_published_one(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.later(seconds=5)

    order(stack, QuarantineChannel, live.channel_arn)
    settle(stack)

    assert not live.is_live
    assert stack.world.key_value(live.channel_arn) is None
    assert [len(stack.asked(each)) for each in ("DeleteStreamKey", "StopStream")] == [1, 1]

    stack.later(minutes=5)
    order(stack, ReleaseChannel, live.channel_arn)
    settle(stack)

    (secret,) = stack.client("secretsmanager").list_secrets()["SecretList"]
    published = stack.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])
    value = json.loads(published["SecretString"])["streamKey"]
    assert value == stack.world.key_value(live.channel_arn)
    assert len(stack.asked("CreateStreamKey")) == 1
