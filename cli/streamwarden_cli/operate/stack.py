"""The deployed stack that an operator looks at: in an AWS account, or the local one."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from botocore.config import Config

from streamwarden.domain.arn import Place, account_arn, place_of
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.aws import AwsAccount, AwsOptions, add_aws_options
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.local.access import HOST
from streamwarden_cli.local.account import account_of_options
from streamwarden_cli.local.deployment import STACK_NAME

# Records are read by several threads, which share a client.
THREADS: Final = 16
_CONFIG: Final = Config(
    max_pool_connections=THREADS, retries={"mode": "standard", "total_max_attempts": 8}
)


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """A stack as CloudFormation describes it, and the account that it is in."""

    name: str
    account: AwsAccount
    place: Place
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    is_local: bool

    @classmethod
    def find(cls, account: AwsAccount, name: str) -> Self:
        """Raises InvalidInput, ClientError, BotoCoreError."""
        cloudformation = account.client("cloudformation")
        described = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        outputs = _pairs(described, "Outputs", "OutputKey", "OutputValue")
        if "TableName" not in outputs:
            raise InvalidInput(f"--stack: {name} has no output TableName; is it Streamwarden?")
        return cls(
            name=name,
            account=account,
            place=place_of(described["StackId"]),
            outputs=outputs,
            parameters=_pairs(described, "Parameters", "ParameterKey", "ParameterValue"),
            # An option says so, or the environment.
            is_local=cloudformation.meta.endpoint_url.startswith(f"http://{HOST}:"),
        )

    @property
    def table_name(self) -> str:
        return self.outputs["TableName"]

    @property
    def account_arn(self) -> str:
        """What the records of an account and region are kept under."""
        return account_arn(self.place.account, self.place.region)

    @property
    def max_mode(self) -> Mode:
        """How far its rules may go: a stack that observes still notifies."""
        return Mode.ENFORCE if self.outputs.get("Mode") == "enforce" else Mode.NOTIFY

    @property
    def heading(self) -> str:
        where = "the local AWS" if self.is_local else f"account {self.place.account}"
        return f"Stack {self.name} in {where}, {self.place.region}"

    def client(self, service: str) -> Any:
        return self.account.client(service, _CONFIG)


def add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stack",
        "--stack-name",
        metavar="NAME",
        default=STACK_NAME,
        help="the deployed stack (default: %(default)s)",
    )


def add_stack_options(parser: argparse.ArgumentParser) -> None:
    add_stack(parser)
    add_aws_options(parser)


def stack_of(args: argparse.Namespace, resource: str | None = None) -> DeployedStack:
    """It is in the region of the resource, if one is given by its ARN.

    Raises InvalidInput, ClientError, BotoCoreError.
    """
    return DeployedStack.find(account_of_options(AwsOptions.read(args), resource), args.stack)


def _pairs(described: Mapping[str, Any], kind: str, key: str, value: str) -> dict[str, str]:
    return {each[key]: each.get(value, "") for each in described.get(kind, ())}
