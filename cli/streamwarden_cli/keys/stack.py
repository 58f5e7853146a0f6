"""The deployed stack that a command about stream keys asks, and the channel that it is about."""

from streamwarden.domain.arn import is_channel_arn
from streamwarden_cli.aws import AwsAccount, AwsOptions
from streamwarden_cli.local.account import account_of_options


class RotationNotAsked(Exception):
    """The stack could not be asked; says why and what to do."""


def account_of(channel_arn: str, aws: AwsOptions) -> AwsAccount:
    """The account of the channel. Raises RotationNotAsked, and as `account_of_options`."""
    if not is_channel_arn(channel_arn):
        raise RotationNotAsked(
            f"{channel_arn!r} is not the ARN of an IVS channel "
            "(arn:aws:ivs:<region>:<account>:channel/<id>)"
        )
    return account_of_options(aws, channel_arn)


def outputs_of(account: AwsAccount, stack_name: str, *names: str) -> list[str]:
    """These outputs of the stack, in order. Raises RotationNotAsked, ClientError."""
    stack = account.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    found = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    missing = next((name for name in names if name not in found), None)
    if missing is not None:
        raise RotationNotAsked(
            f"stack {stack_name} has no output {missing}; is it a Streamwarden stack?"
        )
    return [found[name] for name in names]
