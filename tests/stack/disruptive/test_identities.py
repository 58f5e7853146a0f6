"""The managed policies of the stack, on real users, groups and assumed roles.

Each identity may do exactly what its row says (docs/identities.md), and is denied anything else.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from streamwarden_cli.local.deployment import STACK_NAME
from streamwarden_cli.main import main
from tests.stack.account import Account, eventually
from tests.stack.identities import Identity, denial, pass_iam, user
from tests.stack.roles import client_of_role
from tests.stack.simulated_aws import SimulatedAws

type Call = Callable[[Identity, Account, Mapping[str, str]], None]

_OWN: Final = "own"
_OTHERS: Final = "others"
_REFUSED: Final = "with an explicit deny in a resource-based policy"
_ITEM: Final = {"pk": {"S": "tried"}, "sk": {"S": "tried"}}
_VIEWER: Final = ("viewer",)
_OPERATOR: Final = ("viewer", "operator")
_ADMINISTRATOR: Final = ("viewer", "operator", "administrator")


def _asking(
    service: str, operation: str, params: Callable[[Account, Mapping[str, str]], Any]
) -> Call:
    def call(identity: Identity, account: Account, channels: Mapping[str, str]) -> None:
        getattr(identity.client(service), operation)(**params(account, channels))

    return call


def _on_table(operation: str, **params: Any) -> Call:
    return _asking(
        "dynamodb",
        operation,
        lambda account, _: {"TableName": account.outputs.table_name, **params},
    )


def _on_queue(operation: str, queue: str, **params: Any) -> Call:
    return _asking(
        "sqs",
        operation,
        lambda account, _: {"QueueUrl": getattr(account.outputs, queue), **params},
    )


def _on_channel(operation: str, member: str, channel: str, **params: Any) -> Call:
    return _asking("ivs", operation, lambda _, channels: {member: channels[channel], **params})


def _tag(channel: str, **tags: str) -> Call:
    return _on_channel("tag_resource", "resourceArn", channel, tags=tags)


def _untag(channel: str, key: str) -> Call:
    return _on_channel("untag_resource", "resourceArn", channel, tagKeys=[key])


CALLS: Final[Mapping[str, Call]] = {
    "find the stack": _asking(
        "cloudformation", "describe_stacks", lambda *_: {"StackName": STACK_NAME}
    ),
    "read a record": _on_table("get_item", Key=_ITEM),
    "read the fleet index": _on_table(
        "query",
        IndexName="fleet",
        KeyConditionExpression="#scope = :scope",
        ExpressionAttributeNames={"#scope": "scope"},
        ExpressionAttributeValues={":scope": {"S": f"{ACCOUNT_ID}/{REGION}"}},
    ),
    "count messages": _on_queue("get_queue_attributes", "stream_inbox_url", AttributeNames=["All"]),
    "list channels": _asking("ivs", "list_channels", lambda *_: {}),
    # Nobody sees a letter without hiding it; nothing is hidden for longer than the call.
    "look at dead letters": _on_queue(
        "receive_message", "stream_inbox_dead_letters_url", VisibilityTimeout=0
    ),
    # The policy would let who mends; the queue asks for the parameter SenderArns as well.
    "put a dead letter back": _on_queue("send_message", "stream_inbox_url", MessageBody="tried"),
    # Something that no observer can read, so that nothing is set.
    "brake": _on_queue("send_message", "operator_inbox_url", MessageBody="tried"),
    # No such destination, so that nobody is told.
    "try a destination": _asking(
        "lambda",
        "invoke",
        lambda account, _: {
            "FunctionName": account.outputs.notify_function_name,
            "Payload": json.dumps({"test": "no-such-destination"}),
        },
    ),
    # No rule of the bus takes it.
    "give a verdict": _asking(
        "events",
        "put_events",
        lambda account, _: {
            "Entries": [
                {
                    "Source": "tried",
                    "DetailType": "tried",
                    "Detail": "{}",
                    "EventBusName": account.outputs.verdict_bus_name,
                }
            ]
        },
    ),
    "let go": _on_queue("send_message", "administrator_inbox_url", MessageBody="tried"),
    "look at an own channel": _on_channel("get_channel", "arn", _OWN),
    "stop an own stream": _on_channel("stop_stream", "channelArn", _OWN),
    "change an own channel": _on_channel("update_channel", "arn", _OWN, name="of-sofia"),
    "tag an own channel": _tag(_OWN, show="quiz"),
    "untag an own channel": _untag(_OWN, "show"),
    "look at another's channel": _on_channel("get_channel", "arn", _OTHERS),
    "stop another's stream": _on_channel("stop_stream", "channelArn", _OTHERS),
    "change another's channel": _on_channel("update_channel", "arn", _OTHERS, name="taken"),
    "tag another's channel": _tag(_OTHERS, show="quiz"),
    "take a channel": _tag(_OTHERS, Owner="sofia"),
    "give a channel away": _tag(_OWN, Owner="ana", show="quiz"),
    "leave a channel without owner": _untag(_OWN, "Owner"),
    "protect a channel by its tag": _tag(_OWN, **{"streamwarden:protected": "true"}),
    "list stream keys": _on_channel("list_stream_keys", "channelArn", _OWN),
    "create a channel": _asking("ivs", "create_channel", lambda *_: {"name": "tried"}),
    "write a record": _on_table("put_item", Item=_ITEM),
    "take commands": _on_queue("receive_message", "operator_inbox_url"),
    "request an action": _on_queue(
        "send_message",
        "action_queue_url",
        MessageBody="tried",
        MessageGroupId="tried",
        MessageDeduplicationId="tried",
    ),
}
_LOOKS: Final = frozenset(
    {
        "find the stack",
        "read a record",
        "read the fleet index",
        "count messages",
        "list channels",
    }
)
_BRAKES: Final = frozenset({"brake", "try a destination", "give a verdict"})
MAY: Final[Mapping[str, frozenset[str]]] = {
    "vera, a viewer": _LOOKS,
    "olga, an operator": _LOOKS | _BRAKES,
    "adam, an administrator": _LOOKS | _BRAKES | {"let go"},
    "dora, who mends": _LOOKS | {"look at dead letters"},
    "sofia, a service user": frozenset(
        {
            "look at an own channel",
            "stop an own stream",
            "change an own channel",
            "tag an own channel",
            "untag an own channel",
        }
    ),
    "a program that brakes": _BRAKES,
    "nobody": frozenset(),
}


@pytest.fixture(scope="module")
def aws(account: Account) -> SimulatedAws:
    return SimulatedAws(account.state_dir, account.local, account.control)


@pytest.fixture(scope="module")
def identities(account: Account, aws: SimulatedAws) -> Mapping[str, Identity]:
    return {
        "vera, a viewer": _member(account, aws, "vera", *_VIEWER),
        "olga, an operator": _member(account, aws, "olga-of-identities", *_OPERATOR),
        "adam, an administrator": _session(account, aws, "adam", *_ADMINISTRATOR),
        "dora, who mends": _member(account, aws, "dora-of-identities", "viewer", "dead_letters"),
        "sofia, a service user": _member(account, aws, "sofia", "service_user"),
        "a program that brakes": _session(account, aws, "moderation", "operator"),
        "nobody": user(aws, "nobody"),
    }


@pytest.fixture(scope="module")
def owned(account: Account) -> Mapping[str, str]:
    """A channel of Sofia's and one of somebody else."""
    return {
        _OWN: account.channel("of-sofia", tags={"team": "tests", "Owner": "sofia"}),
        _OTHERS: account.channel("of-ana", tags={"team": "tests", "Owner": "ana"}),
    }


def _arn(account: Account, policy: str) -> str:
    return str(getattr(account.outputs, f"{policy}_policy_arn"))


def _member(account: Account, aws: SimulatedAws, name: str, *policies: str) -> Identity:
    """A user of a group that has the policies."""
    made, iam, group = user(aws, name), aws.client("iam"), f"group-of-{name}"
    iam.create_group(GroupName=group)
    for each in policies:
        iam.attach_group_policy(GroupName=group, PolicyArn=_arn(account, each))
    iam.add_user_to_group(GroupName=group, UserName=name)
    return made


def _session(account: Account, aws: SimulatedAws, name: str, *policies: str) -> Identity:
    """Somebody who has assumed a role that has the policies."""
    iam = aws.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
    for each in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=_arn(account, each))
    lent = aws.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="monday")
    return Identity(aws, lent["AssumedRoleUser"]["Arn"], _credentials(lent))


def _credentials(lent: Mapping[str, Any]) -> dict[str, str]:
    return {
        "aws_access_key_id": lent["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": lent["Credentials"]["SecretAccessKey"],
        "aws_session_token": lent["Credentials"]["SessionToken"],
    }


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("identity", MAY)
def test_each_identity_may_do_exactly_what_its_row_says(
    account: Account, identities: Mapping[str, Identity], owned: Mapping[str, str],
    identity: str, call: str,
) -> None:  # fmt: skip
    def make() -> None:
        CALLS[call](identities[identity], account, owned)

    if call in MAY[identity]:
        pass_iam(make)
    else:
        assert "is not authorized to perform" in denial(make)


@pytest.fixture
def run_as(
    account: Account, identities: Mapping[str, Identity], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Runs a command with the credentials of an identity."""

    def run(identity: str, *words: str) -> int:
        for name, value in identities[identity].credentials.items():
            monkeypatch.setenv(name.upper(), value)
        return main([*words, "--endpoint-url", account.local.endpoint, "--region", REGION])

    return run


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["open"],
        ["channel", "of-sofia"],
        ["why", "of-sofia"],
        ["history", "of-sofia"],
        ["review"],
        ["watch", "--for", "1s"],
        ["ledger", "of-sofia"],
        ["ledger", "verify", "--all"],
        ["breaker", "show"],
        ["fleet", "export"],
        ["fleet", "export", "--stack-name", STACK_NAME],
    ],
    ids=" ".join,
)
def test_a_viewer_may_run_every_command_that_looks(
    account: Account, owned: Mapping[str, str], run_as: Callable[..., int],
    capsys: pytest.CaptureFixture[str], words: list[str],
) -> None:  # fmt: skip
    eventually(lambda: account.is_recorded(owned[_OWN]))

    code = run_as("vera, a viewer", *words)

    assert code in (ExitCode.DONE, ExitCode.NOTHING), capsys.readouterr().err


def test_who_may_not_send_is_told_by_the_command_which_policy_is_missing(
    account: Account, run_as: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["mode", "within-reason", "enforce", "--yes", "--reason", "a test"]

    code = run_as("olga, an operator", *words)

    said = capsys.readouterr().err
    assert code == ExitCode.FAILED
    assert account.outputs.administrator_policy_arn in said
    assert "is not authorized to perform: sqs:SendMessage" in said


def test_an_operator_tries_a_destination_without_a_look_at_its_secret(
    run_as: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_as("olga, an operator", "notify", "test", "topic")

    output = capsys.readouterr()
    assert code == ExitCode.DONE, output
    assert "opened        taken" in output.out
    assert "digest" not in output.out, "the policy of these tests asks for none"


def test_an_operator_judges_a_stream_by_the_command(
    owned: Mapping[str, str], run_as: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--label", "Tried", "--confidence", "0", "--evidence", "https://wiki.example.com/1"]

    code = run_as("olga, an operator", "verdict", "of-sofia", "--no-wait", *said)

    assert code == ExitCode.DONE, capsys.readouterr().err


def test_the_stack_itself_cannot_stop_what_the_tag_protects(account: Account) -> None:
    enforce = client_of_role(account, "EnforceRole", "ivs")
    protected = account.channel("kept", tags={"team": "tests", "streamwarden:protected": "true"})
    plain = account.channel("not-kept")

    assert "ivs:StopStream" in denial(enforce.stop_stream, channelArn=protected)
    with pytest.raises(ClientError, match="ChannelNotBroadcasting"):
        enforce.stop_stream(channelArn=plain)


@pytest.fixture
def with_parameters(account: Account) -> Iterator[Callable[..., None]]:
    """Deploys the stack with other parameters, for one test."""
    yield account.update_stack
    account.update_stack(RequireMfa="false", AllowedSourceCidrs="", OwnerPrincipalTag="")


def test_commands_are_taken_under_mfa_and_from_allowed_addresses_alone(
    account: Account, aws: SimulatedAws, identities: Mapping[str, Identity],
    with_parameters: Callable[..., None],
) -> None:  # fmt: skip
    olga = identities["olga, an operator"]
    under_mfa = _under_mfa(aws, olga, "olga-of-identities")
    brake = CALLS["brake"]

    with_parameters(RequireMfa="true", AllowedSourceCidrs="127.0.0.0/8")
    assert _REFUSED in denial(lambda: brake(olga, account, {}))
    brake(under_mfa, account, {})

    with_parameters(AllowedSourceCidrs="203.0.113.0/24")
    assert _REFUSED in denial(lambda: brake(under_mfa, account, {}))


def _under_mfa(aws: SimulatedAws, identity: Identity, name: str) -> Identity:
    """The same user, in a session that was asked for with a code of a device."""
    iam = aws.client("iam")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    iam.enable_mfa_device(
        UserName=name,
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1="123456",
        AuthenticationCode2="654321",
    )
    lent = identity.client("sts").get_session_token(
        SerialNumber=device["SerialNumber"], TokenCode="123456"
    )
    return replace(identity, credentials=_credentials(lent))


def test_a_service_user_with_a_role_is_known_by_the_tag_of_the_role(
    account: Account, aws: SimulatedAws, owned: Mapping[str, str],
    with_parameters: Callable[..., None],
) -> None:  # fmt: skip
    with_parameters(OwnerPrincipalTag="Login")
    role = _session(account, aws, "broadcaster", "service_user")
    aws.client("iam").tag_role(RoleName="broadcaster", Tags=[{"Key": "Login", "Value": "sofia"}])

    pass_iam(lambda: CALLS["stop an own stream"](role, account, owned))
    denial(lambda: CALLS["stop another's stream"](role, account, owned))
