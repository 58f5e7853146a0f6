"""Auto-record to S3 on the local AWS: the objects in the bucket, and the events."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import eventually
from tests.stack.simulated_aws import SimulatedAws

type Details = Callable[[str], list[dict[str, Any]]]

BUCKET: Final = "recorded"
TARGET: Final = "recording-events"
PATTERN: Final = {"source": ["aws.ivs"], "detail-type": ["IVS Recording State Change"]}


@pytest.fixture(scope="module")
def events(simulated: SimulatedAws) -> Details:
    """The details of all recording events about a channel, received through a rule with a queue."""
    sqs, events = simulated.client("sqs"), simulated.client("events")
    url = sqs.create_queue(QueueName=TARGET)["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{TARGET}"
    _let_events_in(sqs, url, arn)
    events.put_rule(Name=TARGET, EventPattern=json.dumps(PATTERN))
    events.put_targets(Rule=TARGET, Targets=[{"Id": TARGET, "Arn": arn}])
    received: list[dict[str, Any]] = []

    def details(channel_arn: str) -> list[dict[str, Any]]:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            received.append(json.loads(message["Body"]))
        return [event["detail"] for event in received if event["resources"] == [channel_arn]]

    return details


def test_a_program_finds_what_was_recorded(simulated: SimulatedAws, events: Details) -> None:
    _create_bucket(simulated, BUCKET)
    channel = _recorded_channel(simulated, BUCKET)
    stream_id = simulated.control.go_live(channel).stream_id
    assert len(eventually(lambda: events(channel))) == 1
    simulated.control.leave(channel)

    started, ended = eventually(lambda: _several(events(channel)))
    objects = _objects(simulated, BUCKET)
    prefix = ended["recording_s3_key_prefix"]
    assert (started["recording_status"], ended["recording_status"]) == (
        "Recording Start",
        "Recording End",
    )
    assert ended["recording_session_stream_ids"] == [stream_id]
    assert ended["recording_duration_ms"] > 0
    assert all(key.startswith(f"{prefix}/") for key in objects)
    assert not any(key.endswith("recording-failed.json") for key in objects)
    assert _said(objects, prefix, "started")["recording_status"] == "RECORDING_STARTED"

    document = _said(objects, prefix, "ended")
    hls, pictures = document["media"]["hls"], document["media"]["thumbnails"]
    assert (document["version"], document["channel_arn"]) == ("v1", channel)
    assert document["recording_status"] == "RECORDING_ENDED"
    assert document["recording_started_at"] <= document["recording_ended_at"]
    assert hls["duration_ms"] == ended["recording_duration_ms"]
    master = f"{prefix}/{hls['path']}/{hls['playlist']}"
    assert objects[master].startswith(b"#EXTM3U")
    for rendition in hls["renditions"]:
        folder = f"{prefix}/{hls['path']}/{rendition['path']}"
        playlist = objects[f"{folder}/{rendition['playlist']}"].decode()
        files = [line for line in playlist.splitlines() if not line.startswith("#")]
        assert files
        assert all(objects[f"{folder}/{name}"] for name in files)
        assert f"{folder}/{rendition['byte_range_playlist']}" in objects
    assert objects[f"{prefix}/{pictures['path']}/thumb0.jpg"].startswith(b"\xff\xd8")


def test_a_bucket_with_a_kms_key_is_taken_but_not_recorded_to(
    simulated: SimulatedAws, events: Details
) -> None:
    _create_bucket(simulated, "encrypted")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    simulated.client("s3").put_bucket_encryption(
        Bucket="encrypted", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    channel = _recorded_channel(simulated, "encrypted")
    assert _state(simulated, channel) == "ACTIVE"

    _stream(simulated, channel)

    assert _is_start_failure(eventually(lambda: events(channel)))
    assert _objects(simulated, "encrypted") == {}


def test_a_missing_bucket_fails_the_configuration_and_the_recording(
    simulated: SimulatedAws, events: Details
) -> None:
    channel = _recorded_channel(simulated, "never-made")
    assert _state(simulated, channel) == "CREATE_FAILED"

    _stream(simulated, channel)

    assert _is_start_failure(eventually(lambda: events(channel)))


def _is_start_failure(details: list[dict[str, Any]]) -> bool:
    members = ("recording_status", "recording_status_reason", "recording_s3_key_prefix")
    output = [tuple(detail[member] for member in members) for detail in details]
    return output == [("Recording Start Failure", "ValidationException", "")]


def _several(details: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return details if len(details) > 1 else []


def _stream(simulated: SimulatedAws, channel: str) -> None:
    simulated.control.go_live(channel)
    simulated.control.leave(channel)


def _recorded_channel(simulated: SimulatedAws, bucket: str) -> str:
    ivs = simulated.client("ivs")
    made = ivs.create_recording_configuration(
        destinationConfiguration={"s3": {"bucketName": bucket}}
    )
    arn = made["recordingConfiguration"]["arn"]
    return str(ivs.create_channel(recordingConfigurationArn=arn)["channel"]["arn"])


def _state(simulated: SimulatedAws, channel: str) -> str:
    ivs = simulated.client("ivs")
    arn = ivs.get_channel(arn=channel)["channel"]["recordingConfigurationArn"]
    return str(ivs.get_recording_configuration(arn=arn)["recordingConfiguration"]["state"])


def _create_bucket(simulated: SimulatedAws, name: str) -> None:
    simulated.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )


def _objects(simulated: SimulatedAws, bucket: str) -> dict[str, bytes]:
    """Every object of a bucket, read back."""
    s3 = simulated.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def _said(objects: dict[str, bytes], prefix: str, when: str) -> Any:
    return json.loads(objects[f"{prefix}/events/recording-{when}.json"])


def _let_events_in(sqs: Any, url: str, arn: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
