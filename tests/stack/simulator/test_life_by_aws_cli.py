"""The life of a channel, lived by the AWS CLI: what its users type, read and are refused.

boto3 and the AWS SDK for JavaScript live the same life, step by step, in the files beside.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from ivs_simulator.control.client import ControlRefused
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import eventually, now
from tests.stack.simulated_aws import SimulatedAws
from tests.stack.simulator.aws_cli import AwsCli
from tests.stack.simulator.broadcasters import all_leave, live_stream, stream_after

NOWHERE: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/NoSuchChanel"
SERVICE_ERROR: Final = 255  # the exit code of version 1; version 2 says 254


@pytest.fixture(scope="module")
def aws(simulated: SimulatedAws) -> AwsCli:
    return AwsCli(simulated.local.endpoint, simulated.state_dir)


@pytest.fixture(scope="module")
def channel(simulated: SimulatedAws) -> str:
    """A channel that every test finds off air and with a key; its ARN."""
    return _channel(simulated, "by-aws-cli")


@pytest.fixture(autouse=True)
def _off_air(simulated: SimulatedAws) -> Iterator[None]:
    yield
    all_leave(simulated.control)


def test_creates_a_channel_with_its_key(aws: AwsCli) -> None:
    wanted = ("--name", "created-by-aws-cli", "--type", "BASIC", "--tags", "team=tests")
    created = aws("ivs", "create-channel", *wanted)

    made, key = created["channel"], created["streamKey"]
    assert (made["name"], made["type"], made["latencyMode"]) == (
        "created-by-aws-cli",
        "BASIC",
        "LOW",
    )
    assert made["tags"] == {"team": "tests"}
    assert aws("ivs", "get-channel", "--arn", made["arn"])["channel"] == made
    (listed,) = aws("ivs", "list-stream-keys", "--channel-arn", made["arn"])["streamKeys"]
    assert (listed["arn"], listed["channelArn"]) == (key["arn"], made["arn"])
    assert "value" in key
    assert "value" not in listed


def test_pages_through_channels(simulated: SimulatedAws, aws: AwsCli) -> None:
    made = {_channel(simulated, "paged-by-aws-cli") for _ in range(3)}
    _, before = simulated.control.calls()

    asked = ("--filter-by-name", "paged-by-aws-cli", "--page-size", "2")
    channels = aws("ivs", "list-channels", *asked)["channels"]

    assert {each["arn"] for each in channels} == made
    assert _asked_for(simulated, "ListChannels", before) == [2, 2]


def test_goes_live_and_is_listed_page_by_page(
    simulated: SimulatedAws, aws: AwsCli, channel: str
) -> None:
    another = _channel(simulated, "also-live-by-aws-cli")
    live = {simulated.control.go_live(arn).stream_id for arn in (channel, another)}
    _, before = simulated.control.calls()

    stream = aws("ivs", "get-stream", "--channel-arn", channel)["stream"]
    streams = aws("ivs", "list-streams", "--page-size", "1")["streams"]

    assert (stream["state"], stream["health"], stream["viewerCount"]) == ("LIVE", "HEALTHY", 0)
    assert stream["streamId"] in live
    assert {each["streamId"] for each in streams} >= live
    assert _asked_for(simulated, "ListStreams", before) == [1] * len(streams)


def test_puts_metadata_on_air_only(simulated: SimulatedAws, aws: AwsCli, channel: str) -> None:
    put = ("ivs", "put-metadata", "--channel-arn", channel, "--metadata")
    simulated.control.go_live(channel)

    answer = aws(*put, '{"question": "tea?"}')
    simulated.control.leave(channel)
    refused = aws.refused(*put, "too late")

    assert answer is None
    assert (refused.name, refused.operation) == ("ChannelNotBroadcasting", "PutMetadata")
    assert (refused.exit_code, refused.status) == (SERVICE_ERROR, 404)


def test_a_stopped_encoder_comes_back_by_itself(
    simulated: SimulatedAws, aws: AwsCli, channel: str
) -> None:
    first = simulated.control.go_live(channel, reconnects=True).stream_id

    aws("ivs", "stop-stream", "--channel-arn", channel)
    second = stream_after(simulated.control, channel, first)

    assert aws("ivs", "get-stream", "--channel-arn", channel)["stream"]["streamId"] == second
    listed = aws("ivs", "list-stream-sessions", "--channel-arn", channel, "--max-results", "2")
    now, before = listed["streamSessions"]
    assert (now["streamId"], before["streamId"]) == (second, first)
    assert "endTime" in before
    assert "endTime" not in now


def test_a_revoked_key_keeps_the_encoder_off(
    simulated: SimulatedAws, aws: AwsCli, channel: str
) -> None:
    simulated.control.go_live(channel, reconnects=True)
    (key,) = aws("ivs", "list-stream-keys", "--channel-arn", channel)["streamKeys"]
    old = aws("ivs", "get-stream-key", "--arn", key["arn"])["streamKey"]["value"]

    aws("ivs", "delete-stream-key", "--arn", key["arn"])
    assert live_stream(simulated.control, channel), "a deleted key does not end the stream"
    aws("ivs", "stop-stream", "--channel-arn", channel)

    assert channel not in [each.channel_arn for each in simulated.control.reconnect()]
    with pytest.raises(ControlRefused) as refused:
        simulated.control.go_live(key_value=old)
    assert (refused.value.status, refused.value.code) == (409, "StreamKeyRefused")
    new = aws("ivs", "create-stream-key", "--channel-arn", channel)["streamKey"]["value"]
    assert simulated.control.go_live(key_value=new).channel_arn == channel


def test_tags_and_untags(aws: AwsCli, channel: str) -> None:
    resource = ("--resource-arn", channel)

    aws("ivs", "tag-resource", *resource, "--tags", "team=tests,stage=try")
    both = aws("ivs", "list-tags-for-resource", *resource)["tags"]
    aws("ivs", "untag-resource", *resource, "--tag-keys", "stage")

    assert both == {"team": "tests", "stage": "try"}
    assert aws("ivs", "list-tags-for-resource", *resource)["tags"] == {"team": "tests"}


def test_records_to_a_bucket(simulated: SimulatedAws, aws: AwsCli, channel: str) -> None:
    place = {"s3": {"bucketName": "recorded-by-aws-cli"}}
    region = f"LocationConstraint={REGION}"
    bucket = ("--bucket", "recorded-by-aws-cli", "--create-bucket-configuration", region)
    aws("s3api", "create-bucket", *bucket)
    destination = ("--destination-configuration", "s3={bucketName=recorded-by-aws-cli}")
    made = aws("ivs", "create-recording-configuration", *destination)
    configuration = made["recordingConfiguration"]["arn"]

    def active() -> bool:
        held = aws("ivs", "get-recording-configuration", "--arn", configuration)
        return bool(held["recordingConfiguration"]["state"] == "ACTIVE")

    assert made["recordingConfiguration"]["state"] == "CREATING"
    eventually(active)
    attach = ("ivs", "update-channel", "--arn", channel, "--recording-configuration-arn")
    aws(*attach, configuration)
    stream_id = simulated.control.go_live(channel).stream_id
    session = aws(
        *("ivs", "get-stream-session", "--channel-arn", channel, "--stream-id", stream_id)
    )["streamSession"]

    assert session["channel"]["recordingConfigurationArn"] == configuration
    assert session["recordingConfiguration"]["arn"] == configuration
    assert session["recordingConfiguration"]["destinationConfiguration"] == place
    simulated.control.leave(channel)
    assert aws(*attach, "")["channel"]["recordingConfigurationArn"] == ""


def test_is_changed_and_deleted_off_air_only(simulated: SimulatedAws, aws: AwsCli) -> None:
    arn = _channel(simulated, "deleted-by-aws-cli")
    simulated.control.go_live(arn)

    for command in ("update-channel", "delete-channel"):
        refused = aws.refused("ivs", command, "--arn", arn)
        assert (refused.name, refused.status) == ("ConflictException", 409)
    simulated.control.leave(arn)
    assert aws("ivs", "delete-channel", "--arn", arn) is None

    gone = aws.refused("ivs", "get-channel", "--arn", arn)
    assert (gone.name, gone.status) == ("ResourceNotFoundException", 404)


REFUSALS: Final = [
    ("stop-stream", NOWHERE, "ResourceNotFoundException", 404),
    ("stop-stream", None, "ChannelNotBroadcasting", 404),
    ("create-stream-key", None, "ServiceQuotaExceededException", 402),
]


@pytest.mark.parametrize(
    ("command", "arn", "name", "status"), REFUSALS, ids=[each[2] for each in REFUSALS]
)
def test_shows_the_errors_of_the_api(
    aws: AwsCli, channel: str, command: str, arn: str | None, name: str, status: int
) -> None:
    refused = aws.refused("ivs", command, "--channel-arn", arn or channel)

    assert (refused.exit_code, refused.name, refused.status) == (SERVICE_ERROR, name, status)
    assert refused.message


def test_says_what_is_not_valid(aws: AwsCli) -> None:
    refused = aws.refused("ivs", "create-channel", "--name", "two words")

    assert (refused.name, refused.status) == ("ValidationException", 400)
    assert refused.message.startswith(
        "1 validation error detected: Value at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
    )


def _channel(simulated: SimulatedAws, name: str) -> str:
    """A channel that is not made by the CLI: the CLI takes half a second for each."""
    return simulated.control.create_channel_at(now(), name=name)


def _asked_for(simulated: SimulatedAws, operation: str, since: int) -> list[int]:
    """How many results a page was to have, for each page the CLI turned."""
    calls, _ = simulated.control.calls(since)
    return [
        each["params"]["maxResults"]
        for each in calls
        if each["operation"] == operation and each["outcome"] == "ok"
    ]
