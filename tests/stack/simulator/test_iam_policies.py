"""Policies people write for IVS: those of the user guide, word by word, and some on tags."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.identities import (
    PATIENT,
    Identity,
    allow,
    denial,
    example,
    pass_iam,
    policy_of,
    role,
    user,
)
from tests.stack.simulated_aws import SimulatedAws

type Tags = dict[str, str]
type Create = Callable[[Tags], str]

ANY_CHANNEL: Final = "arn:aws:ivs:*:*:channel/*"
ANY_KEY: Final = "arn:aws:ivs:*:*:stream-key/*"
THE_CHANNEL: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/VgNkEJgOVX9N"


@pytest.fixture(scope="module")
def channel_tagged(simulated: SimulatedAws) -> Create:
    """Makes a channel with these tags; its ARN."""
    ivs = simulated.client("ivs", config=PATIENT)

    def create(tags: Tags) -> str:
        return str(ivs.create_channel(tags=tags)["channel"]["arn"])

    return create


def test_use_the_console(simulated: SimulatedAws) -> None:
    someone = user(simulated, "console-user", example("use-the-console"))
    ivs, iam = someone.client("ivs"), someone.client("iam")

    arn = ivs.create_channel(tags={"a": "b"})["channel"]["arn"]
    ivs.delete_channel(arn=arn)
    pass_iam(ivs.list_playback_restriction_policies)
    someone.client("s3").list_buckets()
    someone.client("lambda").list_functions()
    iam.create_service_linked_role(AWSServiceName="ivs.amazonaws.com")

    denial(iam.list_users)
    denial(iam.create_role, RoleName="mine", AssumeRolePolicyDocument="{}")
    denial(someone.client("lambda").delete_function, FunctionName="x")
    denial(someone.client("dynamodb").list_tables)
    denial(someone.client("cloudwatch").list_metrics)


def test_users_view_their_own_permissions(simulated: SimulatedAws) -> None:
    arnav = user(simulated, "arnav-desai", example("view-own-permissions"))
    other = user(simulated, "someone-else", allow("ivs:*", "*"))
    iam, ivs = arnav.client("iam"), arnav.client("ivs")
    name = "arnav-desai"

    assert iam.get_user(UserName=name)["User"]["Arn"] == arnav.arn
    iam.get_user()  # MiniStack takes it for the root's question, yet asks for the right permission
    assert iam.list_user_policies(UserName=name)["PolicyNames"] == ["given"]
    assert iam.get_user_policy(UserName=name, PolicyName="given")["UserName"] == name
    iam.list_attached_user_policies(UserName=name)
    iam.list_groups_for_user(UserName=name)
    iam.list_users()
    iam.list_policies()

    denial(iam.get_user, UserName="someone-else")
    denial(iam.list_user_policies, UserName="someone-else")
    denial(iam.get_user_policy, UserName="someone-else", PolicyName="given")
    denial(iam.list_access_keys, UserName=name)
    denial(iam.delete_user_policy, UserName=name, PolicyName="given")
    denial(ivs.list_channels)
    denial(other.client("iam").get_user)


@pytest.fixture(scope="module")
def the_channel(simulated: SimulatedAws) -> str:
    """The channel the policy of the user guide names."""
    created = {
        "eventName": "CreateChannel",
        "eventTime": "2026-11-01T08:00:00Z",
        "requestParameters": {},
        "responseElements": {"channel": {"arn": THE_CHANNEL, "name": "arena"}},
    }
    envelope = {
        "source": "aws.ivs",
        "detail-type": "AWS API Call via CloudTrail",
        "account": ACCOUNT_ID,
        "region": REGION,
        "resources": [],
        "time": "2026-11-01T08:00:00Z",
        "detail": created,
    }
    simulated.control.mirror(envelope)
    return THE_CHANNEL


def test_access_one_channel(
    simulated: SimulatedAws, the_channel: str, channel_tagged: Create
) -> None:
    ivs = user(simulated, "of-one-channel", example("access-one-channel")).client("ivs")
    other = channel_tagged({})

    assert the_channel in [each["arn"] for each in ivs.list_channels()["channels"]]
    ivs.list_streams()
    assert ivs.get_channel(arn=the_channel)["channel"]["arn"] == the_channel
    ivs.update_channel(arn=the_channel, name="renamed")
    for call in (ivs.get_stream, ivs.stop_stream):
        with pytest.raises(ivs.exceptions.ChannelNotBroadcasting):
            call(channelArn=the_channel)
    with pytest.raises(ivs.exceptions.ChannelNotBroadcasting):
        ivs.put_metadata(channelArn=the_channel, metadata="goal")

    denial(ivs.get_channel, arn=other)
    denial(ivs.update_channel, arn=other, name="mine")
    denial(ivs.get_stream, channelArn=other)
    denial(ivs.stop_stream, channelArn=other)
    denial(ivs.put_metadata, channelArn=other, metadata="goal")
    denial(ivs.batch_get_channel, arns=[the_channel])
    denial(ivs.delete_channel, arn=the_channel)
    denial(ivs.list_stream_keys, channelArn=the_channel)
    denial(ivs.list_stream_sessions, channelArn=the_channel)
    denial(ivs.tag_resource, resourceArn=the_channel, tags={"a": "b"})
    denial(ivs.create_channel)


@pytest.fixture(scope="module")
def richard(simulated: SimulatedAws) -> Identity:
    return user(simulated, "richard-roe", example("view-channels-by-tag"))


@pytest.mark.parametrize("key", ["Owner", "owner"])
def test_channels_are_viewed_by_their_owner(
    richard: Identity, channel_tagged: Create, key: str
) -> None:
    arn = channel_tagged({key: "richard-roe", "team": "sports"})

    assert richard.client("ivs").get_channel(arn=arn)["channel"]["arn"] == arn


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"Owner": "jane-doe"},
        {"Owner": "Richard-Roe"},
        {"Owner": "richard-roe2"},
        {"Owners": "richard-roe"},
        {"team": "richard-roe"},
        {"Owner": "richard-roe", "owner": "jane-doe"},
        {"Owner": "jane-doe", "owner": "richard-roe"},
    ],
)
def test_channels_are_not_viewed_by_others(
    richard: Identity, channel_tagged: Create, tags: Tags
) -> None:
    denial(richard.client("ivs").get_channel, arn=channel_tagged(tags))


def test_owners_list_channels_and_do_nothing_else(
    richard: Identity, channel_tagged: Create
) -> None:
    ivs, arn = richard.client("ivs"), channel_tagged({"Owner": "richard-roe"})

    assert arn in [
        each["arn"]
        for page in ivs.get_paginator("list_channels").paginate()
        for each in page["channels"]
    ]
    denial(ivs.stop_stream, channelArn=arn)
    denial(ivs.batch_get_channel, arns=[arn])
    denial(ivs.list_streams)


def test_a_role_has_no_user_name(simulated: SimulatedAws, channel_tagged: Create) -> None:
    policy = example("view-channels-by-tag")
    someone = role(simulated, "owner-by-role", policy, session="richard-roe")

    denial(someone.client("ivs").get_channel, arn=channel_tagged({"Owner": "richard-roe"}))


def test_a_variable_can_have_a_default(simulated: SimulatedAws, channel_tagged: Create) -> None:
    owner = "${aws:username, 'the-house'}"
    condition = {"StringEquals": {"aws:ResourceTag/Owner": owner}}
    policy = allow("ivs:GetChannel", ANY_CHANNEL, Condition=condition)
    ivs = role(simulated, "of-the-house", policy).client("ivs")

    ivs.get_channel(arn=channel_tagged({"Owner": "the-house"}))
    denial(ivs.get_channel, arn=channel_tagged({"Owner": "richard-roe"}))


def test_older_documents_have_no_variables(simulated: SimulatedAws, channel_tagged: Create) -> None:
    policy = {**example("view-channels-by-tag"), "Version": "2008-10-17"}
    ivs = user(simulated, "jane-doe", policy).client("ivs")

    denial(ivs.get_channel, arn=channel_tagged({"Owner": "jane-doe"}))


def test_channels_are_made_for_a_team_only(simulated: SimulatedAws, channel_tagged: Create) -> None:
    with_team = {"Null": {"aws:RequestTag/team": "false"}}
    on = [ANY_CHANNEL, ANY_KEY]
    policy = allow(["ivs:CreateChannel", "ivs:TagResource"], on, Condition=with_team)
    ivs = user(simulated, "maker", policy).client("ivs")
    existing = channel_tagged({"team": "news"})

    denial(ivs.create_channel)
    denial(ivs.create_channel, tags={"name": "team"})
    denial(ivs.tag_resource, resourceArn=existing, tags={"name": "team"})
    assert ivs.create_channel(tags={"team": "sports"})["channel"]["tags"] == {"team": "sports"}
    ivs.tag_resource(resourceArn=existing, tags={"team": "sports", "name": "arena"})


def test_a_team_is_chosen_among_those_allowed(simulated: SimulatedAws) -> None:
    of_sports = {"StringEquals": {"aws:RequestTag/team": "sports"}}
    actions = ["ivs:CreateChannel", "ivs:TagResource"]
    ivs = user(simulated, "sports", allow(actions, "*", Condition=of_sports)).client("ivs")

    ivs.create_channel(tags={"team": "sports"})
    denial(ivs.create_channel, tags={"team": "news"})
    denial(ivs.create_channel, tags={"team": "Sports"})


def test_tags_of_a_new_resource_need_permission_to_tag(simulated: SimulatedAws) -> None:
    policy = allow("ivs:CreateChannel", [ANY_CHANNEL, ANY_KEY])
    ivs = user(simulated, "plain-maker", policy).client("ivs")

    ivs.create_channel(name="plain")
    assert "ivs:TagResource" in denial(ivs.create_channel, tags={"team": "sports"})


def _never_the_team() -> dict[str, Any]:
    forbidden = {"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}
    untag = {"Action": "ivs:UntagResource", "Resource": ANY_CHANNEL}
    return policy_of(
        {"Effect": "Allow", **untag}, {"Effect": "Deny", **untag, "Condition": forbidden}
    )


def _only_some() -> dict[str, Any]:
    permitted = {"ForAllValues:StringEquals": {"aws:TagKeys": ["env", "project"]}}
    return allow("ivs:UntagResource", ANY_CHANNEL, Condition=permitted)


@pytest.mark.parametrize("policy", [_never_the_team(), _only_some()], ids=["any", "all"])
def test_the_team_is_never_untagged(
    simulated: SimulatedAws,
    channel_tagged: Create,
    policy: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:
    ivs = user(simulated, f"untagger-{request.node.callspec.id}", policy).client("ivs")
    arn = channel_tagged({"team": "sports", "env": "test", "project": "x"})

    denial(ivs.untag_resource, resourceArn=arn, tagKeys=["team"])
    denial(ivs.untag_resource, resourceArn=arn, tagKeys=["env", "team"])
    ivs.untag_resource(resourceArn=arn, tagKeys=["env", "project"])
    left = simulated.client("ivs", config=PATIENT).list_tags_for_resource(resourceArn=arn)["tags"]
    assert left == {"team": "sports"}


def test_a_role_stops_test_channels_only(simulated: SimulatedAws, channel_tagged: Create) -> None:
    on_test = {"StringEquals": {"aws:ResourceTag/env": "test"}}
    policy = allow("ivs:StopStream", ANY_CHANNEL, Condition=on_test)
    ivs = role(simulated, "stopper", policy).client("ivs")
    administrator = simulated.client("ivs", config=PATIENT)
    test, prod = channel_tagged({"env": "test"}), channel_tagged({"env": "prod"})
    for arn in (test, prod):
        simulated.control.go_live(arn)

    ivs.stop_stream(channelArn=test)
    denial(ivs.stop_stream, channelArn=prod)
    assert administrator.get_stream(channelArn=prod)["stream"]["state"] == "LIVE"
    administrator.tag_resource(resourceArn=prod, tags={"env": "test"})
    ivs.stop_stream(channelArn=prod)

    with pytest.raises(administrator.exceptions.ChannelNotBroadcasting):
        administrator.get_stream(channelArn=prod)
