"""Tags on everything that can have them, under the rules that hold for all of AWS."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.state.options import Options
from ivs_simulator.wire.model import Api
from ivs_simulator.world import World
from tests.unit.simulator.asking import ONE, destination, refusal
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox
from tests.unit.simulator.wire.service import public_key

type Change = Callable[[], Any]

BUCKET = {"s3": {"bucketName": "acme-vod"}}
# What makes one of each taggable type: the operation, its other input, and where the ARN is.
TYPES: dict[str, tuple[str, dict[str, Any], str]] = {
    "channel": ("create_channel", {}, "channel"),
    "recording-configuration": (
        "create_recording_configuration",
        {"destinationConfiguration": BUCKET},
        "recordingConfiguration",
    ),
    "playback-key": ("import_playback_key_pair", {"publicKeyMaterial": public_key()}, "keyPair"),
    "playback-restriction-policy": (
        "create_playback_restriction_policy",
        {},
        "playbackRestrictionPolicy",
    ),
    "ad-configuration": (
        "create_ad_configuration",
        {"mediaTailorPlaybackConfigurations": ONE},
        "adConfiguration",
    ),
    "failover-slate-configuration": (
        "create_failover_slate_configuration",
        {},
        "failoverSlateConfiguration",
    ),
    "stream-key": ("create_stream_key", {}, "streamKey"),
}
# The same of the API for real-time.
REAL_TIME: dict[str, tuple[str, dict[str, Any], str]] = {
    "stage": ("create_stage", {}, "stage"),
    "composition": ("start_composition", {}, "composition"),
    "encoder-configuration": ("create_encoder_configuration", {}, "encoderConfiguration"),
    "ingest-configuration": (
        "create_ingest_configuration",
        {"ingestProtocol": "RTMPS"},
        "ingestConfiguration",
    ),
    "public-key": ("import_public_key", {"publicKeyMaterial": public_key()}, "publicKey"),
    "storage-configuration": (
        "create_storage_configuration",
        {"s3": {"bucketName": "acme-vod"}},
        "storageConfiguration",
    ),
}
ALL: dict[str, tuple[str, dict[str, Any], str]] = {**TYPES, **REAL_TIME}


def create(ivs: Any, kind: str, tags: dict[str, str]) -> str:
    operation, params, member = ALL[kind]
    if kind == "composition":
        stage = ivs.create_stage()["stage"]["arn"]
        params = {"stageArn": stage, "destinations": [destination(ivs)]}
    if kind == "stream-key":
        made = ivs.create_channel()
        ivs.delete_stream_key(arn=made["streamKey"]["arn"])
        params = {"channelArn": made["channel"]["arn"]}
    described = getattr(ivs, operation)(**params, tags=tags)[member]
    assert described["tags"] == tags
    return str(described["arn"])


def client_of(sandbox: Sandbox, kind: str) -> Any:
    return sandbox.client(api=Api.REAL_TIME if kind in REAL_TIME else Api.LOW_LATENCY)


@pytest.mark.parametrize("kind", ALL)
def test_tags_are_given_added_overwritten_and_taken(sandbox: Sandbox, kind: str) -> None:
    ivs = client_of(sandbox, kind)
    arn = create(ivs, kind, {"a": "1", "b": "2"})
    assert f":{kind}/" in arn

    ivs.tag_resource(resourceArn=arn, tags={"b": "3", "B": "", "c d": "e/f"})
    ivs.untag_resource(resourceArn=arn, tagKeys=["a", "never there"])

    tags = ivs.list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags == {"b": "3", "B": "", "c d": "e/f"}


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("key", ["aws:mine", "AWS:mine", "aWs:"])
def test_what_is_awss_is_for_aws(sandbox: Sandbox, kind: str, key: str) -> None:
    ivs = client_of(sandbox, kind)
    with pytest.raises(ClientError) as caught:
        create(ivs, kind, {key: "no"})
    assert refusal(caught) == ("ValidationException", 400)

    arn = create(ivs, kind, {})
    changes: list[Change] = [
        lambda: ivs.tag_resource(resourceArn=arn, tags={"a": "1", key: "no"}),
        lambda: ivs.untag_resource(resourceArn=arn, tagKeys=[key]),
    ]
    for change in changes:
        with pytest.raises(ClientError) as caught:
            change()
        assert refusal(caught) == ("ValidationException", 400)
    assert ivs.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_fifty_are_the_most_beside_those_of_aws(sandbox: Sandbox, ivs: Any) -> None:
    arn = create(ivs, "channel", {f"k{n}": "" for n in range(49)})
    world: World = sandbox.world
    world.account_region(ACCOUNT, REGION).tags(arn)["aws:cloudformation:stack-name"] = "arena"

    ivs.tag_resource(resourceArn=arn, tags={"k49": "", "k0": "overwritten"})
    with pytest.raises(ClientError) as caught:
        ivs.tag_resource(resourceArn=arn, tags={"k50": ""})

    assert refusal(caught) == ("ValidationException", 400)
    assert len(ivs.list_tags_for_resource(resourceArn=arn)["tags"]) == 51


@pytest.mark.parametrize(
    ("key", "value"),
    [("k" * 128, "v" * 256), ("Gr\u00f6\u00dfe", "\u5927 1+1=2@x"), ("_.:/=+-@", "")],
)
def test_what_may_be_written_in_a_tag(ivs: Any, key: str, value: str) -> None:
    arn = create(ivs, "channel", {key: value})

    assert ivs.list_tags_for_resource(resourceArn=arn)["tags"] == {key: value}


@pytest.mark.parametrize(
    ("key", "value"),
    [("k" * 129, ""), ("k", "v" * 257), ("k?", ""), ("k", "a,b"), ("k\n", ""), ("k", "#")],
)
def test_what_may_not(ivs: Any, key: str, value: str) -> None:
    arn = create(ivs, "channel", {})

    with pytest.raises(ClientError) as caught:
        ivs.tag_resource(resourceArn=arn, tags={key: value})

    assert refusal(caught) == ("ValidationException", 400)


@pytest.mark.parametrize(
    "elsewhere", [(REGION, "us-west-2"), (ACCOUNT, "111122223333"), (":channel/", ":stage/")]
)
def test_what_is_elsewhere_has_no_tags_here(ivs: Any, elsewhere: tuple[str, str]) -> None:
    arn = create(ivs, "channel", {}).replace(*elsewhere)

    changes: list[Change] = [
        lambda: ivs.list_tags_for_resource(resourceArn=arn),
        lambda: ivs.tag_resource(resourceArn=arn, tags={"a": "b"}),
        lambda: ivs.untag_resource(resourceArn=arn, tagKeys=["a"]),
    ]
    for change in changes:
        with pytest.raises(ClientError) as caught:
            change()
        assert refusal(caught) == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize("kind", ALL)
def test_each_api_has_the_tags_of_its_own_resources(sandbox: Sandbox, kind: str) -> None:
    """At the endpoints of AWS; one of the caller's own, as in the local AWS, is for both."""
    arn = create(client_of(sandbox, kind), kind, {"a": "b"})
    other = sandbox.client(api=Api.LOW_LATENCY if kind in REAL_TIME else Api.REAL_TIME)
    local = sandbox.client(api=Api.REAL_TIME, endpoint_url="http://127.0.0.1:4566")

    with pytest.raises(ClientError) as caught:
        other.tag_resource(resourceArn=arn, tags={"c": "d"})

    assert refusal(caught) == ("ResourceNotFoundException", 404)
    assert local.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}


def test_a_new_key_has_no_tags_of_the_old_or_of_the_channel(ivs: Any) -> None:
    made = ivs.create_channel(tags={"owner": "sports"})
    ivs.tag_resource(resourceArn=made["streamKey"]["arn"], tags={"by": "warden"})
    ivs.delete_stream_key(arn=made["streamKey"]["arn"])

    new = ivs.create_stream_key(channelArn=made["channel"]["arn"])["streamKey"]

    assert made["streamKey"]["tags"] == new["tags"] == {}


def test_whether_tag_changes_are_events_of_their_own_is_a_switch(
    sandbox: Sandbox, ivs: Any
) -> None:
    arn = ivs.create_channel(tags={"team": "sports"})["channel"]["arn"]
    ivs.tag_resource(resourceArn=arn, tags={"env": "test"})
    assert sandbox.received("Tag Change on Resource") == []

    sandbox.world.options = Options(tag_change_events=True)
    ivs.untag_resource(resourceArn=arn, tagKeys=["team"])

    (event,) = sandbox.received("Tag Change on Resource")
    assert (event["source"], event["resources"]) == ("aws.tag", [arn])
    assert event["detail"] == {
        "changed-tag-keys": ["team"],
        "tags": {"env": "test"},
        "service": "ivs",
        "resource-type": "channel",
        "version": 2,
    }


def test_whether_cloudtrail_shows_the_arn_as_it_travelled_is_a_switch(
    sandbox: Sandbox, ivs: Any
) -> None:
    arn = ivs.create_channel()["channel"]["arn"]
    ivs.tag_resource(resourceArn=arn, tags={"env": "test"})
    sandbox.world.options = Options(encoded_arns_in_cloudtrail=True)
    ivs.tag_resource(resourceArn=arn, tags={"env": "test"})

    names = [
        event["detail"]["requestParameters"]["resourceArn"]
        for event in sandbox.received("AWS API Call via CloudTrail")
        if event["detail"]["eventName"] == "TagResource"
    ]
    assert names == [arn, arn.replace(":", "%3A").replace("/", "%2F")]
