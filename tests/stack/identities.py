"""Users and roles of the local AWS: made by its administrator, and what they may and may not do."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from streamwarden_cli.local.access import ACCOUNT_ID
from tests.stack.simulated_aws import SimulatedAws

type Policy = dict[str, Any]

# Throttling is not what is looked at here.
PATIENT: Final = Config(retries={"mode": "standard", "max_attempts": 10})
_POLICIES: Final = Path(__file__).parent / "simulator" / "policies"


@dataclass(frozen=True)
class Identity:
    """Someone with credentials of his own."""

    aws: SimulatedAws
    arn: str
    credentials: dict[str, str]

    def client(self, service: str, config: Config = PATIENT) -> Any:
        return self.aws.client(service, config=config, **self.credentials)


def user(aws: SimulatedAws, name: str, policy: Policy | None = None) -> Identity:
    iam = aws.client("iam")
    arn = str(iam.create_user(UserName=name)["User"]["Arn"])
    if policy is not None:
        document = json.dumps(policy)
        iam.put_user_policy(UserName=name, PolicyName="given", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    credentials = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    return Identity(aws, arn, credentials)


def role(aws: SimulatedAws, name: str, policy: Policy, session: str = "at-work") -> Identity:
    """A role, as a caller has it that assumed it."""
    iam = aws.client("iam")
    lenders = {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    trust = allow("sts:AssumeRole", None, Principal=lenders)
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=json.dumps(policy))
    lent = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName=session)
    credentials = {
        "aws_access_key_id": lent["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": lent["Credentials"]["SecretAccessKey"],
        "aws_session_token": lent["Credentials"]["SessionToken"],
    }
    return Identity(aws, lent["AssumedRoleUser"]["Arn"], credentials)


def allow(action: str | list[str], resource: str | list[str] | None, **more: Any) -> Policy:
    """A policy of one statement."""
    on = {} if resource is None else {"Resource": resource}
    return policy_of({"Effect": "Allow", "Action": action, **on, **more})


def policy_of(*statements: Policy) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def example(name: str) -> Policy:
    """A policy from the IAM page of the IVS user guide, as it stands there."""
    document: Policy = json.loads((_POLICIES / f"{name}.json").read_text())
    return document


def denial(call: Callable[..., object], **params: Any) -> str:
    """The message a call is denied with; fails if it is not."""
    with pytest.raises(ClientError) as refused:
        call(**params)
    answer: Any = refused.value.response
    assert answer["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}, answer["Error"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(answer["Error"]["Message"])


def pass_iam(call: Callable[..., object], **params: Any) -> None:
    """Fails if the call is denied; what the service itself thinks of it does not matter."""
    code = ""
    try:
        call(**params)
    except ClientError as error:
        code = error.response["Error"]["Code"]
    assert "AccessDenied" not in code
