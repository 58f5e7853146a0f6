"""Which account a command works on: the one that is named, else the local AWS if it runs."""

import os
from typing import Final

from streamwarden.domain.arn import Place, parse_arn, place_of, resource_type_of
from streamwarden_cli.aws import AwsAccount, AwsOptions, NoRegion, account_in, configured_account
from streamwarden_cli.local import server
from streamwarden_cli.local.access import ACCOUNT_ID, REGION, STATE, session

# Who sets one of them has an account in mind.
_SAYS_WHERE: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_REGION",
)
_LOCAL: Final = Place(ACCOUNT_ID, REGION)


def account_of_options(options: AwsOptions, resource: str | None = None) -> AwsAccount:
    """By options, environment, and the ARN of the resource that a command is about.

    Raises InvalidInput, BotoCoreError, LocalAwsError.
    """
    arn = resource if resource is not None and resource_type_of(resource) is not None else None
    is_said = options != AwsOptions() or any(map(os.environ.get, _SAYS_WHERE))
    is_elsewhere = arn is not None and place_of(arn) != _LOCAL
    local = None if is_said or is_elsewhere else server.running(STATE)
    if local is not None:
        return AwsAccount(session(), local.endpoint)
    if arn is not None:
        return account_in(parse_arn(arn).region, options)
    try:
        return configured_account(options)
    except NoRegion as error:
        if is_said:
            raise
        raise NoRegion(f"{error}. No local stack runs: streamwarden local up") from None
