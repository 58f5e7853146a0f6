"""The deployed stack that a command about stream keys asks, and the channel that it is about."""

import boto3

from streamwarden.domain.arn import is_channel_arn, parse_arn


class RotationNotAsked(Exception):
    """The stack could not be asked; says why and what to do."""


def session_for(channel_arn: str) -> boto3.Session:
    """The operator's own session, in the region of the channel. Raises RotationNotAsked."""
    if not is_channel_arn(channel_arn):
        raise RotationNotAsked(
            f"{channel_arn!r} is not the ARN of an IVS channel "
            "(arn:aws:ivs:<region>:<account>:channel/<id>)"
        )
    return boto3.Session(region_name=parse_arn(channel_arn).region)


def outputs_of(session: boto3.Session, stack_name: str, *names: str) -> list[str]:
    """These outputs of the stack, in order. Raises RotationNotAsked, ClientError."""
    stack = session.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    found = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    missing = next((name for name in names if name not in found), None)
    if missing is not None:
        raise RotationNotAsked(
            f"stack {stack_name} has no output {missing}; is it a Streamwarden stack?"
        )
    return [found[name] for name in names]
