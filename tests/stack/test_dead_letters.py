"""A notification that was refused is listed with its reason, and told once its cause is mended.

Who does that has the two policies of the stack, and nothing more.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.local.access import REGION
from streamwarden_cli.main import main
from tests.stack.account import SENDER, Account, eventually
from tests.stack.identities import Identity, user
from tests.stack.roles import physical_names
from tests.stack.simulated_aws import SimulatedAws

_RULE: Final = "tls-only"
_QUEUE: Final = ("--queue", "NotificationQueue")

type Command = Callable[..., Any]


@pytest.fixture
def refused(account: Account) -> Iterator[Callable[[], None]]:
    """No notification reaches the topic until the answer is called, at the end at the latest."""
    iam, role = account.client("iam"), physical_names(account)["NotifyRole"]
    denied = {"Effect": "Deny", "Action": "sns:Publish", "Resource": "*"}
    account.settle()
    iam.put_role_policy(
        RoleName=role,
        PolicyName="Refused",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [denied]}),
    )

    def mend() -> None:
        if "Refused" in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            iam.delete_role_policy(RoleName=role, PolicyName="Refused")

    yield mend
    mend()


@pytest.fixture
def dead_letters(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs `dead-letters` as a new user who has both policies."""
    aws = SimulatedAws(account.state_dir, account.local, account.control)
    users = dict[str, Identity]()

    def new_user(name: str) -> Identity:
        made, iam = user(aws, name), aws.client("iam")
        for arn in (account.outputs.viewer_policy_arn, account.outputs.dead_letters_policy_arn):
            iam.attach_user_policy(UserName=name, PolicyArn=arn)
        return made

    def run(name: str, *words: str, code: ExitCode = ExitCode.DONE) -> Any:
        if name not in users:
            users[name] = new_user(name)
        with monkeypatch.context() as environment:
            for variable, value in users[name].credentials.items():
                environment.setenv(variable.upper(), value)
            where = ["--endpoint-url", account.local.endpoint, "--region", REGION]
            found = main(["dead-letters", *words, *where, "--json"])
        said = capsys.readouterr()
        assert found == code, said.err
        return json.loads(said.out) if said.out else said.err

    return run


def test_what_was_refused_is_told_once_its_cause_is_mended(
    account: Account, refused: Callable[[], None], dead_letters: Command
) -> None:
    channel = account.channel("unencrypted", insecureIngest=True)
    account.sweep()

    def listed() -> list[Any]:
        found = account.client("sqs").get_queue_attributes(
            QueueUrl=account.outputs.notification_queue_dead_letters_url,
            AttributeNames=["ApproximateNumberOfMessages"],
        )
        if found["Attributes"]["ApproximateNumberOfMessages"] == "0":
            return []
        letters = dead_letters(SENDER, "list", *_QUEUE)["dead_letters"]
        return [each for each in letters if channel in each["what"]]

    (letter,) = eventually(listed)
    assert "sns:Publish" in letter["reason"]
    assert letter["belongs_to"] == "NotificationQueue"
    assert account.statuses(channel, _RULE) == []

    refused()
    denied = dead_letters("emil", "redrive", letter["id"], code=ExitCode.FAILED)
    assert "takes your role or user in the parameter SenderArns" in denied
    (handled, *_) = dead_letters(SENDER, "redrive", letter["id"])["dead_letters"]

    assert handled["done"] == "redriven"
    eventually(lambda: account.statuses(channel, _RULE) == ["opened"])
    dead_letters(SENDER, "redrive", letter["id"], code=ExitCode.FAILED)
