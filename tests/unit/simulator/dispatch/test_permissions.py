"""What every operation needs to be allowed, held against the API model and AWS's reference."""

from typing import Any, Final

import pytest

from ivs_simulator.dispatch.permissions import Permission, denial, needed
from ivs_simulator.dispatch.required_permissions import REQUIRED, TAGGED_WHEN_CREATED, Named
from ivs_simulator.operations.table import NOT_SIMULATED, OPERATIONS
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire import model as api_model
from ivs_simulator.world import World
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION, Sandbox

IVS: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT}"
ONE, TWO = f"{IVS}:channel/AbCdEfGhIjKl", f"{IVS}:channel/MnOpQrStUvWx"
KEY: Final = f"{IVS}:stream-key/AbCdEfGhIjKl"
REVOKED: Final = [{"channelArn": ONE, "viewerId": "a"}, {"channelArn": TWO, "viewerId": "b"}]
OF_CHANNEL: Final = {"channelArn": ONE}
ON_CHANNEL: Final = [ONE]

# Operation, what it is called with, the resources its action must be allowed on.
REFERENCE: Final[list[tuple[str, dict[str, Any], list[str]]]] = [
    ("BatchGetChannel", {"arns": [ONE, TWO]}, [ONE, TWO]),
    ("BatchGetStreamKey", {"arns": [KEY]}, [KEY]),
    ("BatchStartViewerSessionRevocation", {"viewerSessions": REVOKED}, [ONE, TWO]),
    ("CreateAdConfiguration", {}, [f"{IVS}:ad-configuration/*"]),
    ("CreateChannel", {}, [f"{IVS}:channel/*", f"{IVS}:stream-key/*"]),
    ("CreateFailoverSlateConfiguration", {}, [f"{IVS}:failover-slate-configuration/*"]),
    ("CreatePlaybackRestrictionPolicy", {}, [f"{IVS}:playback-restriction-policy/*"]),
    ("CreateRecordingConfiguration", {}, [f"{IVS}:recording-configuration/*"]),
    ("CreateStreamKey", OF_CHANNEL, [f"{IVS}:stream-key/*"]),
    ("DeleteAdConfiguration", {"arn": "a"}, ["a"]),
    ("DeleteChannel", {"arn": ONE}, [ONE, f"{IVS}:stream-key/*"]),
    ("DeleteFailoverSlateConfiguration", {"arn": "a"}, ["a"]),
    ("DeletePlaybackKeyPair", {"arn": "a"}, ["a"]),
    ("DeletePlaybackRestrictionPolicy", {"arn": "a"}, ["a"]),
    ("DeleteRecordingConfiguration", {"arn": "a"}, ["a"]),
    ("DeleteStreamKey", {"arn": KEY}, [KEY]),
    ("GetAdConfiguration", {"arn": "a"}, ["a"]),
    ("GetChannel", {"arn": ONE}, ON_CHANNEL),
    ("GetFailoverSlateConfiguration", {"arn": "a"}, ["a"]),
    ("GetPlaybackKeyPair", {"arn": "a"}, ["a"]),
    ("GetPlaybackRestrictionPolicy", {"arn": "a"}, ["a"]),
    ("GetRecordingConfiguration", {"arn": "a"}, ["a"]),
    ("GetStream", OF_CHANNEL, ON_CHANNEL),
    ("GetStreamKey", {"arn": KEY}, [KEY]),
    ("GetStreamSession", OF_CHANNEL, ON_CHANNEL),
    ("ImportPlaybackKeyPair", {}, [f"{IVS}:playback-key/*"]),
    ("InsertAdBreak", OF_CHANNEL, ON_CHANNEL),
    ("ListAdConfigurations", {}, ["*"]),
    ("ListChannels", {}, [f"{IVS}:channel/*"]),
    ("ListFailoverSlateConfigurations", {}, ["*"]),
    ("ListPlaybackKeyPairs", {}, [f"{IVS}:playback-key/*"]),
    ("ListPlaybackRestrictionPolicies", {}, ["*"]),
    ("ListRecordingConfigurations", {}, [f"{IVS}:recording-configuration/*"]),
    ("ListStreamKeys", OF_CHANNEL, [ONE, f"{IVS}:stream-key/*"]),
    ("ListStreamSessions", OF_CHANNEL, ON_CHANNEL),
    ("ListStreams", {}, [f"{IVS}:channel/*"]),
    ("ListTagsForResource", {"resourceArn": ONE.replace("/", "%2F")}, ON_CHANNEL),
    ("PutMetadata", OF_CHANNEL, ON_CHANNEL),
    ("StartViewerSessionRevocation", OF_CHANNEL, ON_CHANNEL),
    ("StopStream", OF_CHANNEL, ON_CHANNEL),
    ("TagResource", {"resourceArn": KEY, "tags": {"a": "b"}}, [KEY]),
    ("UntagResource", {"resourceArn": ONE, "tagKeys": ["a"]}, ON_CHANNEL),
    ("UpdateAdConfiguration", {"arn": "a"}, ["*"]),
    ("UpdateChannel", {"arn": ONE, "recordingConfigurationArn": "a"}, ON_CHANNEL),
    ("UpdateFailoverSlateConfiguration", {"arn": "a"}, ["a"]),
    ("UpdatePlaybackRestrictionPolicy", {"arn": "a"}, ["a"]),
    ("CreateEncoderConfiguration", {}, [f"{IVS}:encoder-configuration/*"]),
    ("CreateIngestConfiguration", {}, [f"{IVS}:ingest-configuration/*"]),
    ("CreateStage", {}, [f"{IVS}:stage/*"]),
    ("CreateStorageConfiguration", {}, [f"{IVS}:storage-configuration/*"]),
    ("DeleteEncoderConfiguration", {"arn": "a"}, ["a"]),
    ("DeleteIngestConfiguration", {"arn": "a"}, ["a"]),
    ("DeletePublicKey", {"arn": "a"}, ["a"]),
    ("DeleteStage", {"arn": "a"}, ["a"]),
    ("DeleteStorageConfiguration", {"arn": "a"}, ["a"]),
    ("GetComposition", {"arn": "a"}, ["a"]),
    ("GetEncoderConfiguration", {"arn": "a"}, ["a"]),
    ("GetIngestConfiguration", {"arn": "a"}, ["a"]),
    ("GetPublicKey", {"arn": "a"}, ["a"]),
    ("GetStage", {"arn": "a"}, ["a"]),
    ("GetStorageConfiguration", {"arn": "a"}, ["a"]),
    ("ImportPublicKey", {}, [f"{IVS}:public-key/*"]),
    ("ListCompositions", {}, ["*"]),
    ("ListEncoderConfigurations", {}, ["*"]),
    ("ListIngestConfigurations", {}, ["*"]),
    ("ListPublicKeys", {}, ["*"]),
    ("ListStages", {}, ["*"]),
    ("ListStorageConfigurations", {}, ["*"]),
    ("StartComposition", {"stageArn": "a"}, [f"{IVS}:composition/*"]),
    ("StopComposition", {"arn": "a"}, ["a"]),
    ("UpdateIngestConfiguration", {"arn": "a"}, ["a"]),
    ("UpdateStage", {"arn": "a"}, ["a"]),
]


@pytest.fixture
def account_region(sandbox: Sandbox) -> AccountRegion:
    return sandbox.world.account_region(ACCOUNT, REGION)


def test_every_operation_of_the_model_is_in_the_table() -> None:
    assert set(REQUIRED) == set(OPERATIONS)


def test_the_reference_below_is_complete() -> None:
    assert [operation for operation, _, _ in REFERENCE] == list(REQUIRED)


@pytest.mark.parametrize(("operation", "params", "resources"), REFERENCE)
def test_action_is_checked_on_the_documented_resources(
    account_region: AccountRegion, operation: str, params: dict[str, Any], resources: list[str]
) -> None:
    permissions = needed(account_region, operation, params)

    assert [each.resource for each in permissions] == resources
    assert {each.action for each in permissions} == {f"ivs:{operation}"}


def test_resources_are_named_by_members_the_operation_has() -> None:
    by_nothing = {Named.BY_TYPE, Named.KEYS_OF_CHANNEL}
    strangers = [
        operation
        for operation, resources in REQUIRED.items()
        for each in resources
        if each.named not in by_nothing and each.named.partition("[")[0] not in _members(operation)
    ]

    assert strangers == []


def test_whatever_can_be_created_with_tags_is_in_the_table() -> None:
    with_tags = {name for name in REQUIRED if "tags" in _members(name)} - {"TagResource"}

    assert set(TAGGED_WHEN_CREATED) == with_tags


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("GetChannel", {}),
        ("GetChannel", {"arn": ""}),
        ("GetChannel", {"arn": 3}),
        ("BatchGetChannel", {"arns": []}),
        ("BatchGetChannel", {"arns": ONE}),
        ("BatchGetChannel", {"arns": [None]}),
        ("BatchStartViewerSessionRevocation", {"viewerSessions": [ONE, {}]}),
        ("StopStream", {"arn": ONE}),
    ],
)
def test_what_names_nothing_needs_permission_for_everything(
    account_region: AccountRegion, operation: str, params: dict[str, Any]
) -> None:
    assert [each.resource for each in needed(account_region, operation, params)] == ["*"]


def test_a_channel_is_deleted_with_its_key(sandbox: Sandbox, account_region: AccountRegion) -> None:
    made = sandbox.client().create_channel(tags={"env": "test"})
    arn, key = made["channel"]["arn"], made["streamKey"]["arn"]

    assert needed(account_region, "DeleteChannel", {"arn": arn}) == [
        Permission("ivs:DeleteChannel", arn, {"aws:ResourceTag/env": "test"}),
        Permission("ivs:DeleteChannel", key, {}),
    ]


def test_each_part_of_a_batch_has_its_own_tags(
    sandbox: Sandbox, account_region: AccountRegion
) -> None:
    ivs = sandbox.client()
    envs = ("test", "prod")
    test, prod = (ivs.create_channel(tags={"env": env})["channel"]["arn"] for env in envs)
    revoked = [{"channelArn": arn, "viewerId": "a"} for arn in (test, prod)]

    permissions = needed(
        account_region, "BatchStartViewerSessionRevocation", {"viewerSessions": revoked}
    )

    assert {each.resource: each.context["aws:ResourceTag/env"] for each in permissions} == {
        test: "test",
        prod: "prod",
    }


def test_tags_to_put_on_and_to_take_off_are_in_the_context(account_region: AccountRegion) -> None:
    tagging = {"resourceArn": ONE, "tags": {"team": "sports", "env": "test"}}
    (tag,) = needed(account_region, "TagResource", tagging)
    (untag,) = needed(account_region, "UntagResource", {"resourceArn": ONE, "tagKeys": ["team"]})

    assert tag.context == {
        "aws:RequestTag/team": "sports",
        "aws:RequestTag/env": "test",
        "aws:TagKeys": ["team", "env"],
    }
    assert untag.context == {"aws:TagKeys": ["team"]}


@pytest.mark.parametrize(("operation", "kind"), TAGGED_WHEN_CREATED.items())
def test_creating_with_tags_needs_permission_to_tag(
    account_region: AccountRegion, operation: str, kind: str
) -> None:
    context = {"aws:RequestTag/team": "sports", "aws:TagKeys": ["team"]}
    *creating, tagging = needed(account_region, operation, {"tags": {"team": "sports"}})

    assert tagging == Permission("ivs:TagResource", f"{IVS}:{kind}/*", context)
    assert {each.action for each in creating} == {f"ivs:{operation}"}
    assert all(each.context == context for each in creating)


def test_members_an_operation_does_not_have_satisfy_no_condition(
    account_region: AccountRegion,
) -> None:
    smuggled = {"channelArn": ONE, "tags": {"team": "sports"}, "tagKeys": ["team"]}
    (stop,) = needed(account_region, "StopStream", smuggled)

    assert stop.context == {}


@pytest.mark.parametrize(
    ("explicit", "reason"),
    [
        (False, "because no identity-based policy allows the ivs:StopStream action"),
        (True, "with an explicit deny in an identity-based policy"),
    ],
)
def test_a_denial_reads_like_awss(explicit: bool, reason: str) -> None:
    message = denial(
        "arn:aws:iam::1:user/u", Permission("ivs:StopStream", ONE, {}), explicit=explicit
    )

    assert message == (
        "User: arn:aws:iam::1:user/u is not authorized to perform: ivs:StopStream "
        f"on resource: {ONE} {reason}"
    )


def _members(operation: str) -> set[str]:
    shape = api_model.operation(operation).input_shape
    return set() if shape is None else set(shape.members)


@pytest.mark.parametrize("operation", sorted({*OPERATIONS, *NOT_SIMULATED}))
def test_requests_of_any_shape_can_be_authorised(operation: str) -> None:
    """They are read before they are validated."""
    account_region = World(lambda: NOW).account_region(ACCOUNT, REGION)
    members = {"arn", "arns", "channelArn", "resourceArn", "viewerSessions", "tags", "tagKeys"}

    odd: tuple[Any, ...] = (["x"], {"a": 1}, 7, None)
    asked = [needed(account_region, operation, dict.fromkeys(members, each)) for each in odd]
    assert all(asked), list(zip(odd, asked, strict=True))
