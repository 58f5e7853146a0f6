"""The value of a stream key exists in IVS and in Secrets Manager, and nowhere else.

Here is the whole stack. What each border does by itself is in `tests/unit/test_key_borders.py`, and
what the redactor finds in `tests/unit/domain/test_redaction.py`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.wire.errors import ErrorCode, IvsError
from streamwarden import observability
from streamwarden.bootstrap.rotator import RotationsFailed
from streamwarden.domain.inputs import Recheck, envelope_of
from streamwarden.domain.redaction import REDACTED
from streamwarden.services.errors import PermanentError
from testbed.key_wrappings import FEW_WRAPPINGS, KEY, WRAPPINGS, Wrapping, holds_secret
from testbed.template import STACK
from tests.integration.driver import NOON, Stack, arn_of
from tests.integration.rotated_keys import published
from tests.integration.stream_events import stream_start

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
    stack.observe_events()
    stack.sweep()
    live = stack.go_live(studio)
    live.stall()
    stack.observe_events()
    stack.later(hours=5)
    stack.sweep()
    stack.world.fail_next("StopStream", leaking_error(stack, studio))
    _work_off(stack)
    live.leave()
    stack.observe_events()
    stack.deliver("StreamEvents", f"a key: {stack.world.key_value(studio)}")
    stack.deliver("ResourceChanges", {"time": stack.world.key_value(studio)}, age=timedelta(days=1))
    stack.later(days=31)
    stack.sweep()
    stack.world.fail_next("GetStreamKey", leaking_error(stack, studio))
    for _ in range(2):
        with suppress(RotationsFailed):
            stack.run("RotateKeys", {})
        values |= {stack.world.key_value(each) or "" for each in (studio, other)}
    stack.run("RotateKeys", {"channel_arn": studio})
    stack.run("RotateKeys", {"channel_arn": arn_of("never-made")})
    values.add(stack.world.key_value(studio) or "")
    stack.observe_events()
    _work_off(stack)
    assert published(stack, studio)["streamKey"] in values
    return values


def _work_off(stack: Stack) -> None:
    for function in ("Enforce", "ResourceChanges", "StreamEvents"):
        stack.pump(function, age=timedelta(days=1))
    for destination in ("topic", *POSTED_TO):
        stack.notify(destination)


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
    assert not _has_key("".join(talkative.answers), values)


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


EVERYTHING: Final = """
version: 1
defaults: {mode: enforce}
rules:
  - id: owned
    kind: required_tags
    match: {name: "*"}
    params: {tags: {team: {values: [video, unassigned]}}}
    actions: [tag: {set: {team: unassigned}}]
  - id: inherited
    kind: inherited_tags
    params: {tags: [note]}
    actions: [inherit_tags]
  - id: no-marathons
    kind: max_duration
    params: {limit: 4h}
    actions: [stop, warn: {text: "the key is bad"}]
  - {id: fresh-keys, kind: stream_key_age, params: {limit: 30d}, actions: [rotate_key]}
  - {id: failures, kind: stream_failure, mode: notify}
  - {id: recordings, kind: recording_failed, mode: notify}
  - {id: keys-by, kind: key_drift, mode: notify, params: {by: ["arn:aws:iam::*:role/ci"]}}
  - {id: anything, kind: event_alert, mode: notify, params: {detail_type: "*"}}
"""
WAYS_OUT: Final = {
    "sqs:SendMessage",
    "sqs:SendMessageBatch",
    "sns:Publish",
    "dynamodb:TransactWriteItems",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
    "scheduler:CreateSchedule",
    "ivs:CreateStreamKey",
    "ivs:TagResource",
    "ivs:PutMetadata",
    "ivs:StopStream",
    "secretsmanager:CreateSecret",
}
POSTED_TO: Final = ("chat", "teams", "hook", "pager")
DESTINATIONS: Final = """
destinations:
  topic: {kind: sns}
  chat: {kind: slack, secret: chat}
  teams: {kind: teams, secret: teams}
  hook: {kind: webhook, secret: hook}
  pager: {kind: pagerduty, secret: pager}
"""
CALL: Final = "AWS API Call via CloudTrail"


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the webhook is sent."""
    sent: list[str] = []

    def request(pool: object, method: str, url: str, **given: Any) -> SimpleNamespace:
        sent.append(f"{method} {given}")
        return SimpleNamespace(status=200, close=lambda: None)

    monkeypatch.setattr("urllib3.PoolManager.request", request)
    return sent


@pytest.fixture
def leaky(deploy: Any, posts: list[str]) -> Stack:
    """A stack with every kind of rule that repeats what it sees, and destinations over HTTPS."""
    stack: Stack = deploy(f"{EVERYTHING}{DESTINATIONS}")
    secrets = stack.client("secretsmanager")
    for name in POSTED_TO:
        secrets.create_secret(Name=f"{STACK}/destinations/{name}", SecretString="https://hook/a")
    return stack


def events_with(key: str, channel_arn: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events that hold the key wherever one can, with the function that hears of each."""
    detail = {"channel_name": key, "stream_id": key, "reason": key, "code": key}
    names = ("Stream Start", "Stream Failure", key)
    for name in names:
        event = stream_start(channel_arn, detail={**detail, "event_name": name})
        yield "StreamEvents", event
    yield "StreamEvents", stream_start(channel_arn, time=key)
    yield "StreamEvents", stream_start(key)
    yield "StreamEvents", stream_start(channel_arn, **{"detail-type": key, "id": key})
    yield "StreamEvents", stream_start(channel_arn, detail={**detail, "event_name": {key: key}})
    recording = {
        "recording_status": "Recording Start Failure",
        "recording_status_reason": key,
        "recording_session_id": key,
        "recording_session_stream_ids": [key],
        "recording_s3_bucket_name": key,
        "recording_s3_key_prefix": key,
        "recording_duration_ms": 0,
        **detail,
    }
    yield "RecordingEvents", _of("IVS Recording State Change", recording, channel_arn)
    key_arn = channel_arn.replace(":channel/", ":stream-key/")
    notified = {"arn": channel_arn, "name": key, "tags": {"team": key, key: "x", "note": key}}
    made = {"arn": key_arn, "channelArn": channel_arn, "value": KEY, "tags": {"note": key}}
    call = {
        "eventSource": "ivs.amazonaws.com",
        "eventTime": NOON.isoformat(),
        "userIdentity": {"arn": f"arn:aws:iam::123456789012:user/{key}"},
        "requestParameters": {"name": key, "channelArn": channel_arn, "tags": {key: key}},
        "errorCode": None,
    }
    for name, answer in (
        ("CreateChannel", {"channel": notified, "streamKey": made}),
        ("UpdateChannel", {"channel": notified}),
        ("CreateStreamKey", {"streamKey": made}),
        (key, {"streamKey": made}),
    ):
        record = {**call, "eventName": name, "responseElements": answer}
        yield "ResourceChanges", {**_of(CALL, record, channel_arn), "resources": []}
    own = Recheck(resource_arn=f"{channel_arn}/{key}", time=NOON)
    yield "ResourceChanges", {**envelope_of(own), "detail-type": key}
    yield "ResourceChanges", {**envelope_of(own), "detail": {"time": key, "resource_arn": key}}
    yield "StreamEvents", envelope_of(own)


def _of(detail_type: str, detail: dict[str, Any], channel_arn: str) -> dict[str, Any]:
    return stream_start(channel_arn, detail=detail, **{"detail-type": detail_type})


def play_wrapped(stack: Stack, key: str, channel_arn: str) -> None:
    """Everything that can hold a key holds this one, in its wrapping, and everything happens."""
    ivs = stack.client("ivs")
    note = {"note": key[:256], "team": key[:256]}
    stack.world.add_channel(arn=channel_arn, name="studio", created_at=stack.now, tags=note)
    (listed,) = ivs.list_stream_keys(channelArn=channel_arn)["streamKeys"]
    with suppress(ClientError):  # of most wrappings, IVS makes no tag
        ivs.tag_resource(resourceArn=listed["arn"], tags={"old": key[:256]})
    for function, event in events_with(key, channel_arn):
        stack.deliver(function, event, age=timedelta(days=1))
    stack.deliver("Notify", key, age=timedelta(days=1))
    stack.deliver("Notify", {"destination": key}, age=timedelta(days=1))
    stack.deliver("Enforce", json.dumps({"kind": key}), age=timedelta(days=1), group=key)
    stack.sweep()
    stack.go_live(channel_arn)
    stack.later(hours=5)
    stack.sweep()
    refusal = IvsError(ErrorCode.ACCESS_DENIED, f"key {key} is bad")
    for operation in ("StopStream", "PutMetadata", "TagResource", "ListStreamKeys"):
        stack.world.fail_next(operation, refusal)
    for _ in range(2):
        _work_off(stack)
    for operation in ("ListChannels", "ListStreams"):
        stack.world.fail_next(operation, refusal)
        with pytest.raises(PermanentError, match="AccessDenied"):
            stack.sweep()
    stack.world.fail_next("GetStreamKey", refusal)
    for _ in range(3):
        stack.run("RotateKeys", {"channel_arn": channel_arn, "force": True})
    with pytest.raises(ValueError, match="expected the ARN"):
        stack.run("RotateKeys", {"channel_arn": key})
    _work_off(stack)


@pytest.mark.parametrize("wrap", FEW_WRAPPINGS.values(), ids=FEW_WRAPPINGS)
def test_no_way_out_lets_a_key_pass(
    leaky: Stack,
    posts: list[str],
    wrap: Wrapping,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(observability.logger._logger, "level", observability.logger.log_level)
    observability.logger.setLevel("DEBUG")

    play_wrapped(leaky, wrap(KEY), arn_of("studio"))

    ways_out: dict[str, str] = defaultdict(str)
    for service, operation, sent in leaky.requests:
        ways_out[f"{service}:{operation}"] += sent
    ways_out["the webhook"] = "".join(posts)
    ways_out["the log"] = leaky.output.getvalue() + caplog.text
    ways_out["the table"] = str(leaky.items())
    ways_out["the timers"] = str(leaky.schedules())
    ways_out["answers and errors"] = "".join(leaky.answers)
    assert {name for name, message in ways_out.items() if holds_secret(message)} == set()
    assert ways_out.keys() >= WAYS_OUT
    assert REDACTED in ways_out["the webhook"]


def test_a_sweep_finds_what_it_has_told_of_a_key(stack: Stack) -> None:
    """What is compared was redacted on both sides: else every sweep would tell it again."""
    for number, wrap in enumerate(WRAPPINGS.values()):
        tags = {wrap(KEY)[:128]: "a", wrap(KEY.replace("us", "eu"))[:128]: "b", "note": wrap(KEY)}
        stack.world.add_channel(arn=arn_of(f"c{number}"), created_at=stack.now, tags=tags)
    stack.sweep()

    stack.later(minutes=2)
    assert stack.sweep()["differences"] == 0


def _has_key(text: str, values: set[str]) -> bool:
    return KEY_VALUE.search(text) is not None or any(value in text for value in values)
