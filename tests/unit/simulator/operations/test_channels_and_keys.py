"""Channels and stream keys through a real boto3 client."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.operations.table import OPERATIONS
from ivs_simulator.wire.errors import STATUS, ErrorCode, IvsError, StreamKeyRefused
from ivs_simulator.world import World
from tests.unit.simulator.asking import refusal
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox


def test_a_channel_comes_with_defaults_and_its_one_key(ivs: Any) -> None:
    made = ivs.create_channel(name="arena", tags={"owner": "sports"})

    channel = ivs.get_channel(arn=made["channel"]["arn"])["channel"]
    assert channel == made["channel"]
    assert (channel["type"], channel["latencyMode"], channel["preset"]) == ("STANDARD", "LOW", "")
    assert channel["insecureIngest"] is False
    assert made["streamKey"]["value"].startswith(f"sk_{REGION}_")
    (listed,) = ivs.list_stream_keys(channelArn=channel["arn"])["streamKeys"]
    assert listed == {"arn": made["streamKey"]["arn"], "channelArn": channel["arn"], "tags": {}}


def test_a_second_key_is_over_the_quota(ivs: Any) -> None:
    arn = ivs.create_channel()["channel"]["arn"]

    with pytest.raises(ClientError) as caught:
        ivs.create_stream_key(channelArn=arn)

    assert refusal(caught) == ("ServiceQuotaExceededException", 402)


def test_a_revoked_key_lets_no_one_in_and_the_new_one_does(sandbox: Sandbox, ivs: Any) -> None:
    made = ivs.create_channel()
    arn, old = made["channel"]["arn"], made["streamKey"]
    ivs.delete_stream_key(arn=old["arn"])

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(old["value"])
    new = ivs.create_stream_key(channelArn=arn, tags={"by": "warden"})["streamKey"]
    assert sandbox.world.go_live(new["value"]).is_live
    assert new["arn"] != old["arn"]


def test_deleting_a_key_leaves_the_stream_on_air(sandbox: Sandbox, ivs: Any) -> None:
    made = ivs.create_channel()
    broadcast = sandbox.world.go_live(made["streamKey"]["value"])

    ivs.delete_stream_key(arn=made["streamKey"]["arn"])

    assert broadcast.is_live


@pytest.mark.parametrize("operation", ["update_channel", "delete_channel"])
def test_a_live_channel_cannot_be_changed(sandbox: Sandbox, ivs: Any, operation: str) -> None:
    made = ivs.create_channel()
    sandbox.world.go_live(made["streamKey"]["value"])

    with pytest.raises(ClientError) as caught:
        getattr(ivs, operation)(arn=made["channel"]["arn"])

    assert refusal(caught) == ("ConflictException", 409)
    assert caught.value.response["exceptionMessage"]  # type: ignore[typeddict-item]  # the stubs know only Error


def test_a_deleted_channel_takes_its_key_along(ivs: Any) -> None:
    made = ivs.create_channel()
    ivs.delete_channel(arn=made["channel"]["arn"])

    lost = ivs.batch_get_stream_key(arns=[made["streamKey"]["arn"]])
    assert [error["code"] for error in lost["errors"]] == ["ResourceNotFoundException"]
    assert lost["streamKeys"] == []


def test_listing_takes_one_filter_only(ivs: Any) -> None:
    ivs.create_channel(name="one")
    ivs.create_channel(name="two")

    assert [c["name"] for c in ivs.list_channels(filterByName="two")["channels"]] == ["two"]
    with pytest.raises(ClientError) as caught:
        ivs.list_channels(
            filterByName="two",
            filterByRecordingConfigurationArn=(
                f"arn:aws:ivs:{REGION}:{ACCOUNT}:recording-configuration/abc"
            ),
        )
    assert refusal(caught) == ("ConflictException", 409)


def test_pages_go_on_although_the_last_item_shown_is_gone(ivs: Any) -> None:
    arns = [ivs.create_channel()["channel"]["arn"] for _ in range(5)]

    first = ivs.list_channels(maxResults=2)
    ivs.delete_channel(arn=arns[1])
    second = ivs.list_channels(maxResults=2, nextToken=first["nextToken"])
    third = ivs.list_channels(maxResults=2, nextToken=second["nextToken"])

    shown = [c["arn"] for page in (first, second, third) for c in page["channels"]]
    assert shown == arns
    assert "nextToken" not in third


@pytest.mark.parametrize(
    "params",
    [
        {"type": "GIGANTIC"},
        {"name": "no spaces allowed"},
        {"name": "x" * 129},
        {"tags": {"aws:mine": "no"}},
        {"preset": "HIGHER_BANDWIDTH_DELIVERY"},
        {"multitrackInputConfiguration": {"enabled": True}},
    ],
)
def test_what_the_model_or_the_service_forbids_is_refused(ivs: Any, params: Any) -> None:
    with pytest.raises(ClientError) as caught:
        ivs.create_channel(**params)

    assert refusal(caught) == ("ValidationException", 400)


def test_a_preset_comes_and_goes_with_the_type(ivs: Any) -> None:
    arn = ivs.create_channel(type="ADVANCED_HD")["channel"]["arn"]

    assert ivs.get_channel(arn=arn)["channel"]["preset"] == "HIGHER_BANDWIDTH_DELIVERY"
    assert ivs.update_channel(arn=arn, type="BASIC")["channel"]["preset"] == ""


def test_tags_are_added_overwritten_removed_and_limited(ivs: Any) -> None:
    arn = ivs.create_channel(tags={"a": "1", "b": "2"})["channel"]["arn"]

    ivs.tag_resource(resourceArn=arn, tags={"b": "3", "a key": "a/value"})
    ivs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert ivs.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "3", "a key": "a/value"}
    with pytest.raises(ClientError) as caught:
        ivs.tag_resource(resourceArn=arn, tags={f"k{n}": "" for n in range(49)})
    assert refusal(caught) == ("ValidationException", 400)


def test_a_recording_configuration_in_use_cannot_be_deleted(ivs: Any) -> None:
    destination = {"s3": {"bucketName": "acme-vod"}}
    made = ivs.create_recording_configuration(destinationConfiguration=destination)
    arn = made["recordingConfiguration"]["arn"]
    channel = ivs.create_channel(recordingConfigurationArn=arn)["channel"]["arn"]

    with pytest.raises(ClientError) as caught:
        ivs.delete_recording_configuration(arn=arn)
    assert refusal(caught) == ("ConflictException", 409)
    ivs.update_channel(arn=channel, recordingConfigurationArn="")
    ivs.delete_recording_configuration(arn=arn)
    assert ivs.list_recording_configurations()["recordingConfigurations"] == []


def test_regions_and_accounts_know_nothing_of_each_other(sandbox: Sandbox, ivs: Any) -> None:
    ivs.create_channel()

    elsewhere = sandbox.client(region="us-west-2")
    assert elsewhere.list_channels()["channels"] == []
    other: World = sandbox.world
    there = other.call("ListChannels", {}, account="111122223333", region=REGION)
    assert there == {"channels": []}


def test_what_a_newer_model_has_and_the_simulator_not_says_so(
    ivs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(OPERATIONS, "ListPlaybackKeyPairs")

    with pytest.raises(ClientError) as caught:
        ivs.list_playback_key_pairs()

    assert refusal(caught) == ("InternalServerException", 501)
    message = caught.value.response["exceptionMessage"]  # type: ignore[typeddict-item]  # the stubs know only Error
    assert "ListPlaybackKeyPairs" in message


def test_status_codes_are_the_models(ivs: Any) -> None:
    model = ivs.meta.service_model
    modelled = {
        shape.name: shape.metadata["error"]["httpStatusCode"] for shape in model.error_shapes
    }

    assert {str(code): status for code, status in STATUS.items()} == modelled


def test_an_operation_that_ivs_does_not_have_cannot_be_made_to_fail(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="operation is one of the IVS API") as caught:
        sandbox.world.fail_next("GetChanel", IvsError(ErrorCode.CONFLICT, "because"))

    assert "GetChanel" not in str(caught.value)


def test_a_channel_that_is_not_there_has_no_key_to_be_without(sandbox: Sandbox) -> None:
    with pytest.raises(IvsError, match="ResourceNotFoundException"):
        sandbox.world.key_value(f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/AbCdEfGhIjKl")
