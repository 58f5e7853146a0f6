"""The value of a stream key exists in IVS and in Secrets Manager, and nowhere else."""

import re
from contextlib import suppress
from typing import Any

import pytest

from simulator.api.errors import ErrorCode, IvsError
from streamwarden import observability
from streamwarden.bootstrap.rotator import RotationsFailed
from tests.integration.driver import Stack, arn_of
from tests.integration.test_rotating import published

KEY_VALUE = re.compile(r"sk_[a-z0-9-]+_[A-Za-z0-9]")


@pytest.fixture
def talkative(deploy: Any) -> Stack:
    """A stack that logs all it can, and tells by webhook as well."""
    stack: Stack = deploy()
    arn = stack.client("secretsmanager").create_secret(
        Name="hook", SecretString="http://127.0.0.1:9/"
    )["ARN"]
    stack.refs["WebhookSecretArn"] = arn
    return stack


def leaking_error(stack: Stack, channel_arn: str) -> IvsError:
    """IVS might one day quote a key in an error."""
    return IvsError(ErrorCode.ACCESS_DENIED, f"key {stack.world.key_value(channel_arn)} is bad")


def play(stack: Stack) -> set[str]:
    """A long story with everything in it; the values of all keys there were."""
    ivs = stack.client("ivs")
    made = ivs.create_channel(name="studio", tags={"governed": "yes"})
    studio, other = made["channel"]["arn"], stack.channel("other")
    values = {made["streamKey"]["value"], stack.world.key_value(other) or ""}
    # Somebody notes the key where it does not belong.
    ivs.tag_resource(resourceArn=studio, tags={"note": f"key is {made['streamKey']['value']}"})
    stack.hear()
    stack.sweep()
    live = stack.go_live(studio)
    live.stall()
    stack.hear()
    stack.later(hours=5)
    stack.sweep()
    stack.world.fail_next("StopStream", leaking_error(stack, studio))
    _work_off(stack)
    live.leave()
    stack.hear()
    stack.deliver("stream_events", f"a key: {stack.world.key_value(studio)}")
    stack.deliver("resource_changes", {"time": stack.world.key_value(studio)}, receives=5)
    stack.later(days=31)
    stack.sweep()
    stack.world.fail_next("GetStreamKey", leaking_error(stack, studio))
    for _ in range(2):
        with suppress(RotationsFailed):
            stack.run("rotate_keys", {})
        values |= {stack.world.key_value(each) or "" for each in (studio, other)}
    stack.run("rotate_keys", {"channel_arn": studio})
    stack.run("rotate_keys", {"channel_arn": arn_of("never-made")})
    values.add(stack.world.key_value(studio) or "")
    stack.hear()
    _work_off(stack)
    assert published(stack, studio)["streamKey"] in values
    return values


def _work_off(stack: Stack) -> None:
    for function in ("enforce", "resource_changes", "stream_events", "notify"):
        stack.pump(function, receives=5)


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_no_key_is_in_anything_that_the_stack_emits(
    talkative: Stack, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observability.logger._logger, "level", observability.logger.log_level)
    observability.logger.setLevel(level)

    values = play(talkative)

    emitted = {
        f"{service}:{operation}": sent
        for service, operation, sent in talkative.requests
        if service != "secretsmanager" and _has_key(sent, values)
    }
    assert len(values) == 5
    assert emitted == {}
    assert not _has_key(talkative.output.getvalue(), values)
    assert not _has_key(str(talkative.items()), values)


def test_the_search_would_find_a_key(talkative: Stack) -> None:
    values = play(talkative)

    stored = [sent for service, _, sent in talkative.requests if service == "secretsmanager"]

    assert any(_has_key(sent, values) for sent in stored)


def test_every_service_that_carries_text_was_searched(talkative: Stack) -> None:
    play(talkative)

    called = {f"{service}:{operation}" for service, operation, _ in talkative.requests}

    assert called >= {
        "sqs:SendMessage",
        "sqs:SendMessageBatch",
        "sns:Publish",
        "dynamodb:TransactWriteItems",
        "dynamodb:PutItem",
        "scheduler:CreateSchedule",
        "ivs:CreateStreamKey",
    }


def _has_key(text: str, values: set[str]) -> bool:
    return KEY_VALUE.search(text) is not None or any(value in text for value in values)
