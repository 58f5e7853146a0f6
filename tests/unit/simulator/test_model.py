"""The simulator against the API model: shapes of what it answers, and what calls need."""

from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from simulator.api import model as api_model
from simulator.api.errors import IvsError
from simulator.api.permissions import Permission, denial, needed
from simulator.api.validation import check
from simulator.operations.table import OPERATIONS
from tests.unit.simulator.conftest import ACCOUNT, REGION, Scene


def strangers(shape: Shape | None, value: Any, at: str = "") -> list[str]:
    """Members of an answer that the model does not have."""
    match shape, value:
        case StructureShape(), dict():
            unknown = [f"{at}.{name}" for name in value if name not in shape.members]
            inner = [
                stranger
                for name, item in value.items()
                for stranger in strangers(shape.members.get(name), item, f"{at}.{name}")
            ]
            return unknown + inner
        case ListShape(), list():
            return [s for item in value for s in strangers(shape.member, item, f"{at}[]")]
        case MapShape(), dict() | None:
            return []
        case _:
            return []


def test_every_answer_has_the_models_members(scene: Scene) -> None:
    world = scene.world
    where: dict[str, str] = {"account": ACCOUNT, "region": REGION}

    def ask(operation: str, **params: Any) -> dict[str, Any]:
        result = world.call(operation, params, **where)  # type: ignore[arg-type]
        assert strangers(api_model.operation(operation).output_shape, result, operation) == []
        asked.add(operation)
        return result

    asked: set[str] = set()
    destination = {"s3": {"bucketName": "acme-vod"}}
    configured = ask("CreateRecordingConfiguration", destinationConfiguration=destination)
    recording = configured["recordingConfiguration"]["arn"]
    made = ask("CreateChannel", recordingConfigurationArn=recording)
    arn, key = made["channel"]["arn"], made["streamKey"]["arn"]
    ask("GetRecordingConfiguration", arn=recording)
    ask("ListRecordingConfigurations")
    ask("GetChannel", arn=arn)
    ask("BatchGetChannel", arns=[arn, arn[:-1]])
    ask("ListChannels")
    ask("UpdateChannel", arn=arn, name="arena")
    ask("GetStreamKey", arn=key)
    ask("BatchGetStreamKey", arns=[key, key[:-1]])
    ask("ListStreamKeys", channelArn=arn)
    world.go_live(made["streamKey"]["value"])
    ask("GetStream", channelArn=arn)
    ask("ListStreams")
    ask("PutMetadata", channelArn=arn, metadata="goal")
    ask("StopStream", channelArn=arn)
    ask("GetStreamSession", channelArn=arn)
    ask("ListStreamSessions", channelArn=arn)
    ask("TagResource", resourceArn=arn, tags={"a": "b"})
    ask("ListTagsForResource", resourceArn=arn)
    ask("UntagResource", resourceArn=arn, tagKeys=["a"])
    ask("DeleteStreamKey", arn=key)
    ask("CreateStreamKey", channelArn=arn)
    ask("DeleteChannel", arn=arn)
    ask("DeleteRecordingConfiguration", arn=recording)
    assert asked == set(OPERATIONS)


@pytest.mark.parametrize(
    ("operation", "params", "complaint"),
    [
        ("GetChannel", {}, "'arn' .* must not be null"),
        ("GetChannel", {"arn": "arn:aws:ivs:x"}, "pattern"),
        ("GetChannel", {"arn": 3}, "must be a string"),
        ("BatchGetChannel", {"arns": []}, "greater than or equal to 1"),
        ("ListChannels", {"maxResults": 101}, "less than or equal to 100"),
        ("ListChannels", {"maxResults": True}, "integer"),
        ("ListStreams", {"filterBy": {"health": "FINE"}}, "enum"),
        ("CreateChannel", {"authorized": "yes"}, "boolean"),
        ("CreateChannel", {"tags": {"a": "?" * 3}}, "pattern"),
    ],
)
def test_requests_are_held_against_the_model(
    operation: str, params: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(IvsError, match=complaint):
        check(api_model.operation(operation).input_shape, params)


def test_names_in_any_script_make_tags() -> None:
    check(api_model.operation("CreateChannel").input_shape, {"tags": {"Größe": "大 1+1=2@x"}})


def test_permissions_name_the_documented_resources(scene: Scene) -> None:
    made = scene.client().create_channel(tags={"owner": "sports"})
    arn, key = made["channel"]["arn"], made["streamKey"]["arn"]
    realm = scene.world.realm(ACCOUNT, REGION)
    every = f"arn:aws:ivs:{REGION}:{ACCOUNT}"

    def resources(operation: str, **params: Any) -> list[str]:
        return [permission.resource for permission in needed(realm, operation, params)]

    assert resources("ListChannels") == [f"{every}:channel/*"]
    assert resources("CreateChannel") == [f"{every}:channel/*", f"{every}:stream-key/*"]
    assert resources("CreateStreamKey", channelArn=arn) == [f"{every}:stream-key/*"]
    assert resources("DeleteChannel", arn=arn) == [arn, key]
    assert resources("BatchGetChannel", arns=[arn]) == [arn]
    assert resources("TagResource", resourceArn=arn.replace("/", "%2F"), tags={}) == [arn]
    assert resources("ListPlaybackRestrictionPolicies") == ["*"]
    (stop,) = needed(realm, "StopStream", {"channelArn": arn})
    assert stop == Permission("ivs:StopStream", arn, {"aws:ResourceTag/owner": "sports"})
    (tag,) = needed(realm, "TagResource", {"resourceArn": key, "tags": {"a": "b"}})
    assert tag.context == {"aws:RequestTag/a": "b", "aws:TagKeys": ["a"]}


def test_a_denial_reads_like_awss() -> None:
    permission = Permission("ivs:StopStream", "arn:aws:ivs:r:1:channel/x", {})

    assert denial("arn:aws:iam::1:user/u", permission, explicit=False) == (
        "User: arn:aws:iam::1:user/u is not authorized to perform: ivs:StopStream on resource: "
        "arn:aws:ivs:r:1:channel/x because no identity-based policy allows the ivs:StopStream "
        "action"
    )
