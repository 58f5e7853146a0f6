"""Which AWS account a command works on: the options that say it, and the clients that follow.

What is not given comes from where every AWS program takes it: environment and configuration files.
"""

import argparse
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from streamwarden_cli.documents.problems import InvalidInput

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config


@dataclass(frozen=True, slots=True)
class AwsOptions:
    """The options as they are given; None is what the environment says."""

    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None

    @classmethod
    def read(cls, args: argparse.Namespace) -> Self:
        return cls(args.region, args.profile, args.endpoint_url)


class NoRegion(InvalidInput):
    """Nothing names a region; says how to name one."""


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """An account in one region, as the operator reaches it."""

    session: "boto3.Session"
    endpoint_url: str | None

    # boto3 names the type of a client by an overload for each service, which no wrapper can repeat.
    def client(self, service: Any, config: "Config | None" = None) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint_url, config=config)


def aws_options() -> argparse.ArgumentParser:
    """For `parents` of each parser whose command calls AWS in the region of an ARN."""
    parser = argparse.ArgumentParser(add_help=False)
    add_aws_options(parser, "default: that of the ARN; another one is refused")
    return parser


def add_aws_options(
    parser: argparse.ArgumentParser, region: str = "default: that of your AWS configuration"
) -> None:
    """`region` is what the help says of that option."""
    group = parser.add_argument_group("AWS")
    group.add_argument("--region", metavar="REGION", help=region)
    group.add_argument("--profile", metavar="NAME", help="of your AWS configuration")
    group.add_argument(
        "--endpoint-url",
        metavar="URL",
        type=_url,
        help="where all services answer, such as a local AWS",
    )


def account_in(region: str, options: AwsOptions) -> AwsAccount:
    """The operator's account in the region of a resource.

    Raises InvalidInput when the options name another region, BotoCoreError for an unknown profile.
    """
    if options.region not in (None, region):
        raise InvalidInput(
            f"--region: the ARN is of {region}, and the option names {options.region}"
        )
    session = _session(region, options.profile)
    return AwsAccount(session, options.endpoint_url)


def configured_account(options: AwsOptions) -> AwsAccount:
    """The operator's account in the region that the options or the configuration name.

    Raises NoRegion, InvalidInput and BotoCoreError.
    """
    # AWS_REGION as in version 2 of the AWS CLI. boto3 only knows AWS_DEFAULT_REGION.
    region = options.region or os.environ.get("AWS_REGION")
    region = region or _session(None, options.profile).region_name
    if region is None:
        raise NoRegion("no region is known: name it by --region, or by the variable AWS_REGION")
    return account_in(region, options)


def _session(region: str | None, profile: str | None) -> "boto3.Session":
    import boto3  # a third of a second, which no parser waits for

    return boto3.Session(region_name=region, profile_name=profile)


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(
            f"expected a URL such as http://127.0.0.1:4566, found {text!r}"
        )
    return text
