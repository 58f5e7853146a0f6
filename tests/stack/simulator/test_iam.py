"""IAM guards IVS as it does on AWS: who calls, with which policies, on which resources."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from ivs_simulator.dispatch.required_permissions import REQUIRED, Named, Required
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.model import Api
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.identities import (
    PATIENT,
    Identity,
    allow,
    denial,
    pass_iam,
    policy_of,
    role,
    user,
)
from tests.stack.simulated_aws import SimulatedAws

IVS: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}"
ANY_CHANNEL: Final = "arn:aws:ivs:*:*:channel/*"
ANY_KEY: Final = "arn:aws:ivs:*:*:stream-key/*"
TAGGABLE: Final = (Required(None, Named.RESOURCE_ARN),)
AS_SENT: Final = Config(parameter_validation=False, retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def channel(simulated: SimulatedAws) -> dict[str, Any]:
    """The answer to its creation."""
    created: dict[str, Any] = simulated.client("ivs", config=PATIENT).create_channel(name="guarded")
    return created


@pytest.fixture(scope="module")
def arn(channel: dict[str, Any]) -> str:
    return str(channel["channel"]["arn"])


@pytest.fixture(scope="module")
def mateo(simulated: SimulatedAws) -> Identity:
    """A user without any permission."""
    return user(simulated, "mateojackson")


@pytest.fixture(scope="module")
def mateos_clients(mateo: Identity) -> Mapping[Api, Any]:
    return {api: mateo.client(api, AS_SENT) for api in Api}


def test_the_denial_of_a_user_says_what_is_missing(mateo: Identity, arn: str) -> None:
    message = denial(mateo.client("ivs").get_channel, arn=arn)

    assert message == (
        f"User: arn:aws:iam::{ACCOUNT_ID}:user/mateojackson is not authorized to perform: "
        f"ivs:GetChannel on resource: {arn} "
        "because no identity-based policy allows the ivs:GetChannel action"
    )


def test_the_denial_of_a_role_session_says_what_is_missing(
    simulated: SimulatedAws, arn: str
) -> None:
    viewer = role(simulated, "viewer", allow("ivs:GetChannel", ANY_CHANNEL), session="monday")

    assert viewer.client("ivs").get_channel(arn=arn)["channel"]["arn"] == arn
    assert denial(viewer.client("ivs").stop_stream, channelArn=arn).startswith(
        f"User: arn:aws:sts::{ACCOUNT_ID}:assumed-role/viewer/monday is not authorized to "
        f"perform: ivs:StopStream on resource: {arn} "
    )


@pytest.mark.parametrize("operation", REQUIRED)
def test_a_new_user_may_do_nothing(mateos_clients: Mapping[Api, Any], operation: str) -> None:
    api = next(each for each in Api if operation in api_model.operation_names(each))
    in_the_path = {"resourceArn": f"{IVS}:channel/NotMineAtAll"}
    params = in_the_path if REQUIRED[operation][:1] == TAGGABLE else {}

    with pytest.raises(ClientError, match=rf"to perform: ivs:{operation} on resource: "):
        mateos_clients[api]._make_api_call(operation, params)


def test_an_explicit_deny_wins(simulated: SimulatedAws, arn: str) -> None:
    policy = policy_of(
        {"Effect": "Allow", "Action": "ivs:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ivs:Stop*", "Resource": ANY_CHANNEL},
    )
    ivs = user(simulated, "nearly-everything", policy).client("ivs")

    assert ivs.get_channel(arn=arn)["channel"]["arn"] == arn
    assert denial(ivs.stop_stream, channelArn=arn) == (
        f"User: arn:aws:iam::{ACCOUNT_ID}:user/nearly-everything is not authorized to perform: "
        f"ivs:StopStream on resource: {arn} with an explicit deny in an identity-based policy"
    )


def test_each_caller_has_his_own_permissions(simulated: SimulatedAws, arn: str) -> None:
    reader = user(simulated, "reader", allow("ivs:GetChannel", arn)).client("ivs")
    tagger = user(simulated, "tagger", allow("ivs:TagResource", arn)).client("ivs")

    assert reader.get_channel(arn=arn)["channel"]["arn"] == arn
    tagger.tag_resource(resourceArn=arn, tags={"seen": "yes"})
    assert "ivs:TagResource" in denial(reader.tag_resource, resourceArn=arn, tags={"seen": "no"})
    assert "ivs:GetChannel" in denial(tagger.get_channel, arn=arn)


def test_a_batch_needs_permission_for_each_of_its_parts(simulated: SimulatedAws, arn: str) -> None:
    actions = ["ivs:BatchGetChannel", "ivs:BatchStartViewerSessionRevocation"]
    ivs = user(simulated, "batcher", allow(actions, arn)).client("ivs")
    other = f"{IVS}:channel/NotMineAtAll"

    def revoke(*arns: str) -> None:
        sessions = [{"channelArn": each, "viewerId": "v"} for each in arns]
        ivs.batch_start_viewer_session_revocation(viewerSessions=sessions)

    assert ivs.batch_get_channel(arns=[arn])["channels"][0]["arn"] == arn
    assert f"on resource: {other} " in denial(ivs.batch_get_channel, arns=[arn, other])
    pass_iam(lambda: revoke(arn))
    assert f"on resource: {other} " in denial(lambda: revoke(arn, other))


def test_a_stream_key_is_guarded_as_itself(
    simulated: SimulatedAws, channel: dict[str, Any], arn: str
) -> None:
    actions = ["ivs:GetStreamKey", "ivs:CreateStreamKey", "ivs:ListStreamKeys"]
    of_channels = user(simulated, "of-channels", allow(actions, ANY_CHANNEL)).client("ivs")
    of_keys = user(simulated, "of-keys", allow(actions, ANY_KEY)).client("ivs")
    key = channel["streamKey"]["arn"]

    assert f"on resource: {key} " in denial(of_channels.get_stream_key, arn=key)
    assert f"on resource: {IVS}:stream-key/* " in denial(
        of_channels.create_stream_key, channelArn=arn
    )
    assert of_keys.get_stream_key(arn=key)["streamKey"]["arn"] == key
    pass_iam(of_keys.create_stream_key, channelArn=arn)
    assert f"on resource: {arn} " in denial(of_keys.list_stream_keys, channelArn=arn)


def test_actions_without_a_resource_type_are_granted_on_everything_only(
    simulated: SimulatedAws,
) -> None:
    actions = ["ivs:ListPlaybackRestrictionPolicies", "ivs:ListAdConfigurations"]
    narrow = user(simulated, "narrow", allow(actions, "arn:aws:ivs:*:*:*")).client("ivs")
    wide = user(simulated, "wide", allow(actions, "*")).client("ivs")

    assert "on resource: * " in denial(narrow.list_playback_restriction_policies)
    assert "on resource: * " in denial(narrow.list_ad_configurations)
    pass_iam(wide.list_playback_restriction_policies)
    pass_iam(wide.list_ad_configurations)


def _unsigned(mateo: Identity) -> Any:
    return mateo.client("ivs", Config(signature_version=UNSIGNED))


def _with_key_nobody_has(mateo: Identity) -> Any:
    key = {**mateo.credentials, "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}
    return Identity(mateo.aws, "", key).client("ivs")


def _signed_with_another_secret(mateo: Identity) -> Any:
    key = {**mateo.credentials, "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG"}
    return Identity(mateo.aws, "", key).client("ivs")


def _with_key_switched_off(mateo: Identity) -> Any:
    late = user(mateo.aws, "late", allow("ivs:*", "*"))
    mateo.aws.client("iam").update_access_key(
        UserName="late", AccessKeyId=late.credentials["aws_access_key_id"], Status="Inactive"
    )
    return late.client("ivs")


def _without_the_sessions_token(mateo: Identity) -> Any:
    lent = role(mateo.aws, "tokenless", allow("ivs:*", "*")).credentials
    key = {name: value for name, value in lent.items() if name != "aws_session_token"}
    return Identity(mateo.aws, "", key).client("ivs")


@pytest.mark.parametrize(
    ("client_of", "code"),
    [
        (_unsigned, "MissingAuthenticationTokenException"),
        (_with_key_nobody_has, "UnrecognizedClientException"),
        (_signed_with_another_secret, "InvalidSignatureException"),
        (_with_key_switched_off, "UnrecognizedClientException"),
        (_without_the_sessions_token, "UnrecognizedClientException"),
    ],
)
def test_who_cannot_say_who_he_is_gets_nothing(
    mateo: Identity, arn: str, client_of: Callable[[Identity], Any], code: str
) -> None:
    ivs = client_of(mateo)
    calls: list[Callable[[], object]] = [
        lambda: ivs.get_channel(arn=arn),
        lambda: ivs.list_tags_for_resource(resourceArn=arn),
    ]

    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        answer: Any = refused.value.response
        assert answer["Error"]["Code"] == code
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
