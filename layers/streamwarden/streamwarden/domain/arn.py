"""Amazon resource names, read strictly and without trusting where they came from."""

import re

from msgspec import Struct

_SHAPE = "arn:partition:service:region:account:type/id"
_CHANNEL_ID = re.compile(r"[A-Za-z0-9-]+")  # the pattern of ChannelArn in the API model


class Arn(Struct, frozen=True):
    partition: str
    service: str
    region: str
    account: str
    resource_type: str
    resource_id: str

    def __str__(self) -> str:
        resource = f"{self.resource_type}/{self.resource_id}"
        return ":".join(("arn", self.partition, self.service, self.region, self.account, resource))


def parse_arn(text: str) -> Arn:
    """Region and account may be empty, as they are for IAM and global resources."""
    # The text itself is never quoted: a stream key pasted in the wrong place must not reach a log.
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise ValueError(f"not an ARN: expected {_SHAPE}")
    _, partition, service, region, account, resource = parts
    resource_type, _, resource_id = resource.partition("/")
    named = {"partition": partition, "service": service, "type": resource_type, "id": resource_id}
    for part, value in named.items():
        if not value:
            raise ValueError(f"not an ARN: the {part} is empty; expected {_SHAPE}")
    return Arn(partition, service, region, account, resource_type, resource_id)


def is_channel_arn(text: str) -> bool:
    try:
        arn = parse_arn(text)
    except ValueError:
        return False
    return (
        (arn.service, arn.resource_type) == ("ivs", "channel")
        and bool(arn.region)
        and arn.account.isascii()
        and arn.account.isdigit()
        and _CHANNEL_ID.fullmatch(arn.resource_id) is not None
    )


class Place(Struct, frozen=True):
    """An account and region: what IVS keeps apart, and what one stack looks after."""

    account: str
    region: str


def place_of(arn: str) -> Place:
    """Where any ARN lives, also one whose resource is not written `type/id` (Lambda functions).

    Raises ValueError.
    """
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[3] or not parts[4]:
        raise ValueError("not an ARN with a region and an account")
    return Place(account=parts[4], region=parts[3])
