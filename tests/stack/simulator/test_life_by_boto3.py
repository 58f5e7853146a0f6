"""The life of a channel, lived by boto3: what its users send, get and catch.

The AWS CLI and the AWS SDK for JavaScript live the same life, step by step, in the files beside.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ivs_simulator.control.client import ControlRefused
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import eventually
from tests.stack.simulated_aws import SimulatedAws
from tests.stack.simulator.broadcasters import all_leave, live_stream, stream_after

type Call = Callable[[Any, str], object]

USUAL_RETRIES: Final = Config(retries={"mode": "standard", "max_attempts": 10})
NOWHERE: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/NoSuchChanel"


@pytest.fixture(scope="module")
def ivs(simulated: SimulatedAws) -> Any:
    return simulated.client("ivs", config=USUAL_RETRIES)


@pytest.fixture(scope="module")
def channel(ivs: Any) -> str:
    """A channel that every test finds off air and with a key; its ARN."""
    return str(ivs.create_channel(name="by-boto3")["channel"]["arn"])


@pytest.fixture(autouse=True)
def _off_air(simulated: SimulatedAws) -> Iterator[None]:
    yield
    all_leave(simulated.control)


def test_creates_a_channel_with_its_key(ivs: Any) -> None:
    created = ivs.create_channel(name="created-by-boto3", type="BASIC", tags={"team": "tests"})

    made, key = created["channel"], created["streamKey"]
    assert _status(created) == 200
    assert (made["name"], made["type"], made["latencyMode"]) == ("created-by-boto3", "BASIC", "LOW")
    assert made["tags"] == {"team": "tests"}
    assert ivs.get_channel(arn=made["arn"])["channel"] == made
    (listed,) = ivs.list_stream_keys(channelArn=made["arn"])["streamKeys"]
    assert (listed["arn"], listed["channelArn"]) == (key["arn"], made["arn"])
    assert "value" in key
    assert "value" not in listed


def test_pages_through_channels(ivs: Any) -> None:
    made = {ivs.create_channel(name="paged-by-boto3")["channel"]["arn"] for _ in range(3)}

    pages = list(
        ivs.get_paginator("list_channels").paginate(
            filterByName="paged-by-boto3", PaginationConfig={"PageSize": 2}
        )
    )

    assert [len(page["channels"]) for page in pages] == [2, 1]
    assert {each["arn"] for page in pages for each in page["channels"]} == made


def test_goes_live_and_is_listed_page_by_page(
    simulated: SimulatedAws, ivs: Any, channel: str
) -> None:
    another = ivs.create_channel(name="also-live-by-boto3")["channel"]["arn"]
    live = {simulated.control.go_live(arn).stream_id for arn in (channel, another)}

    stream = ivs.get_stream(channelArn=channel)["stream"]
    pages = list(ivs.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1}))

    assert (stream["state"], stream["health"], stream["viewerCount"]) == ("LIVE", "HEALTHY", 0)
    assert stream["streamId"] in live
    assert {len(page["streams"]) for page in pages} == {1}
    assert {each["streamId"] for page in pages for each in page["streams"]} >= live


def test_puts_metadata_on_air_only(simulated: SimulatedAws, ivs: Any, channel: str) -> None:
    simulated.control.go_live(channel)

    put = ivs.put_metadata(channelArn=channel, metadata='{"question": "tea?"}')
    simulated.control.leave(channel)
    with pytest.raises(ivs.exceptions.ChannelNotBroadcasting) as refused:
        ivs.put_metadata(channelArn=channel, metadata="too late")

    assert _status(put) == 204
    assert _status(refused.value.response) == 404


def test_a_stopped_encoder_comes_back_by_itself(
    simulated: SimulatedAws, ivs: Any, channel: str
) -> None:
    first = simulated.control.go_live(channel, reconnects=True).stream_id

    stopped = ivs.stop_stream(channelArn=channel)
    second = stream_after(simulated.control, channel, first)

    assert _status(stopped) == 200
    assert ivs.get_stream(channelArn=channel)["stream"]["streamId"] == second
    now, before = ivs.list_stream_sessions(channelArn=channel, maxResults=2)["streamSessions"]
    assert (now["streamId"], before["streamId"]) == (second, first)
    assert "endTime" in before
    assert "endTime" not in now


def test_a_revoked_key_keeps_the_encoder_off(
    simulated: SimulatedAws, ivs: Any, channel: str
) -> None:
    simulated.control.go_live(channel, reconnects=True)
    (key,) = ivs.list_stream_keys(channelArn=channel)["streamKeys"]
    old = ivs.get_stream_key(arn=key["arn"])["streamKey"]["value"]

    deleted = ivs.delete_stream_key(arn=key["arn"])
    assert live_stream(simulated.control, channel), "a deleted key does not end the stream"
    ivs.stop_stream(channelArn=channel)

    assert _status(deleted) == 204
    assert channel not in [each.channel_arn for each in simulated.control.reconnect()]
    with pytest.raises(ControlRefused) as refused:
        simulated.control.go_live(key_value=old)
    assert (refused.value.status, refused.value.code) == (409, "StreamKeyRefused")
    new = ivs.create_stream_key(channelArn=channel)["streamKey"]["value"]
    assert simulated.control.go_live(key_value=new).channel_arn == channel


def test_tags_and_untags(ivs: Any, channel: str) -> None:
    tagged = ivs.tag_resource(resourceArn=channel, tags={"team": "tests", "stage": "try"})
    both = ivs.list_tags_for_resource(resourceArn=channel)["tags"]
    untagged = ivs.untag_resource(resourceArn=channel, tagKeys=["stage"])

    assert (_status(tagged), _status(untagged)) == (200, 200)
    assert both == {"team": "tests", "stage": "try"}
    assert ivs.list_tags_for_resource(resourceArn=channel)["tags"] == {"team": "tests"}


def test_records_to_a_bucket(simulated: SimulatedAws, ivs: Any, channel: str) -> None:
    place = {"s3": {"bucketName": "recorded-by-boto3"}}
    simulated.client("s3").create_bucket(
        Bucket="recorded-by-boto3", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    made = ivs.create_recording_configuration(destinationConfiguration=place)
    configuration = made["recordingConfiguration"]["arn"]

    def active() -> bool:
        held = ivs.get_recording_configuration(arn=configuration)["recordingConfiguration"]
        return bool(held["state"] == "ACTIVE")

    assert made["recordingConfiguration"]["state"] == "CREATING"
    eventually(active)
    ivs.update_channel(arn=channel, recordingConfigurationArn=configuration)
    stream_id = simulated.control.go_live(channel).stream_id
    session = ivs.get_stream_session(channelArn=channel, streamId=stream_id)["streamSession"]

    assert session["channel"]["recordingConfigurationArn"] == configuration
    assert session["recordingConfiguration"]["arn"] == configuration
    assert session["recordingConfiguration"]["destinationConfiguration"] == place
    simulated.control.leave(channel)
    detached = ivs.update_channel(arn=channel, recordingConfigurationArn="")["channel"]
    assert detached["recordingConfigurationArn"] == ""


def test_is_changed_and_deleted_off_air_only(simulated: SimulatedAws, ivs: Any) -> None:
    arn = ivs.create_channel(name="deleted-by-boto3")["channel"]["arn"]
    simulated.control.go_live(arn)

    for refuse in (ivs.update_channel, ivs.delete_channel):
        with pytest.raises(ivs.exceptions.ConflictException) as refused:
            refuse(arn=arn)
        assert _status(refused.value.response) == 409
    simulated.control.leave(arn)
    assert _status(ivs.delete_channel(arn=arn)) == 204

    with pytest.raises(ivs.exceptions.ResourceNotFoundException) as gone:
        ivs.get_channel(arn=arn)
    assert _status(gone.value.response) == 404


REFUSALS: Final[list[tuple[Call, str, int]]] = [
    (lambda ivs, _: ivs.stop_stream(channelArn=NOWHERE), "ResourceNotFoundException", 404),
    (lambda ivs, arn: ivs.stop_stream(channelArn=arn), "ChannelNotBroadcasting", 404),
    (lambda ivs, arn: ivs.create_stream_key(channelArn=arn), "ServiceQuotaExceededException", 402),
]


@pytest.mark.parametrize(("call", "name", "status"), REFUSALS, ids=[each[1] for each in REFUSALS])
def test_shows_the_errors_of_the_api(
    ivs: Any, channel: str, call: Call, name: str, status: int
) -> None:
    with pytest.raises(ClientError) as refused:
        call(ivs, channel)

    assert isinstance(refused.value, getattr(ivs.exceptions, name))
    assert refused.value.response["Error"]["Code"] == name
    assert _status(refused.value.response) == status
    assert _message(refused.value)


def test_says_what_is_not_valid(ivs: Any) -> None:
    with pytest.raises(ivs.exceptions.ValidationException) as refused:
        ivs.create_channel(name="two words")

    assert _status(refused.value.response) == 400
    assert _message(refused.value).startswith(
        "1 validation error detected: Value at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
    )


def _status(response: Any) -> int:
    return int(response["ResponseMetadata"]["HTTPStatusCode"])


def _message(error: ClientError) -> str:
    """The model calls the message `exceptionMessage`; botocore leaves `Error.Message` empty."""
    response: Any = error.response
    return str(response["exceptionMessage"])
