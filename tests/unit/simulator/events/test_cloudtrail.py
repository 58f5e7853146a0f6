"""What is said and kept about calls: CloudTrail events and recorded calls, without secrets."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.events.cloudtrail import Caller
from tests.unit.simulator.conftest import ACCOUNT, Sandbox

API_CALL = "AWS API Call via CloudTrail"
WARDEN = Caller.role(ACCOUNT, "warden", "enforce")


def test_a_write_has_a_cloudtrail_event_without_secrets(sandbox: Sandbox) -> None:
    ivs = sandbox.client(WARDEN)
    made = ivs.create_channel(name="arena", tags={"owner": "sports"})

    (event,) = sandbox.received(API_CALL)
    detail = event["detail"]
    assert (event["source"], event["resources"]) == ("aws.ivs", [])
    assert detail["eventSource"] == "ivs.amazonaws.com"
    assert detail["eventName"] == "CreateChannel"
    assert detail["requestParameters"] == {"name": "arena", "tags": {"owner": "sports"}}
    assert detail["responseElements"]["channel"]["arn"] == made["channel"]["arn"]
    assert set(detail["responseElements"]["streamKey"]) == {"arn", "channelArn", "tags"}
    issuer = detail["userIdentity"]["sessionContext"]["sessionIssuer"]
    assert issuer["arn"] == f"arn:aws:iam::{ACCOUNT}:role/warden"
    assert "errorCode" not in detail
    output = json.dumps(event)
    assert made["streamKey"]["value"] not in output
    assert made["channel"]["srt"]["passphrase"] not in output


def test_a_failed_write_has_an_event_with_its_error(sandbox: Sandbox, ivs: Any) -> None:
    with pytest.raises(ClientError):
        ivs.delete_channel(arn="arn:aws:ivs:eu-central-1:444455556666:channel/never")

    (event,) = sandbox.received(API_CALL)
    assert event["detail"]["errorCode"] == "ResourceNotFoundException"
    assert event["detail"]["responseElements"] is None


def test_reads_are_recorded_but_have_no_event(sandbox: Sandbox, ivs: Any) -> None:
    key_arn = ivs.create_channel()["streamKey"]["arn"]
    value = ivs.get_stream_key(arn=key_arn)["streamKey"]["value"]

    assert [call.operation for call in sandbox.calls] == ["CreateChannel", "GetStreamKey"]
    assert len(sandbox.received(API_CALL)) == 1
    assert value not in repr(sandbox.calls)
    assert value not in repr(sandbox.world.account_region(ACCOUNT, "eu-central-1"))


def test_a_recorded_call_says_who_and_how_it_ended(sandbox: Sandbox) -> None:
    ivs = sandbox.client(WARDEN)
    with pytest.raises(ClientError):
        ivs.create_channel(type="GIGANTIC")

    (call,) = sandbox.calls
    assert (call.outcome, call.caller_arn) == ("ValidationException", WARDEN.arn)
    assert call.params == {"type": "GIGANTIC"}


def test_the_same_seed_gives_the_same_bytes() -> None:
    output = [json.dumps(_life(Sandbox())) for _ in range(2)]

    assert output[0] == output[1]


def _life(sandbox: Sandbox) -> list[dict[str, Any]]:
    ivs = sandbox.client()
    made = ivs.create_channel(name="arena")
    broadcast = sandbox.world.go_live(made["streamKey"]["value"], reconnects=True)
    broadcast.stall()
    ivs.stop_stream(channelArn=broadcast.channel_arn)
    sandbox.world.reconnect_encoders()
    return [*sandbox.events, ivs.get_stream_key(arn=made["streamKey"]["arn"])["streamKey"]]
