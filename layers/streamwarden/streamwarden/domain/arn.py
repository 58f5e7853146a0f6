"""Amazon resource names, read strictly and without trusting where they came from."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

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


@lru_cache(maxsize=1024)  # an input asks some twenty times for the parts of the same one
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


@lru_cache(maxsize=1024)
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


class ResourceType(StrEnum):
    """What rules can be about, in the words of a policy."""

    CHANNEL = "channel"
    STREAM_KEY = "stream_key"
    PLAYBACK_KEY_PAIR = "playback_key_pair"
    RECORDING_CONFIGURATION = "recording_configuration"
    PLAYBACK_RESTRICTION_POLICY = "playback_restriction_policy"
    AD_CONFIGURATION = "ad_configuration"
    FAILOVER_SLATE_CONFIGURATION = "failover_slate_configuration"
    STAGE = "stage"
    COMPOSITION = "composition"
    ENCODER_CONFIGURATION = "encoder_configuration"
    INGEST_CONFIGURATION = "ingest_configuration"
    PUBLIC_KEY = "public_key"
    STORAGE_CONFIGURATION = "storage_configuration"
    ACCOUNT = "account"
    OTHER = "other"

    @property
    def noun(self) -> str:
        """As in "the playback key pair"."""
        return "resource" if self is ResourceType.OTHER else self.value.replace("_", " ")

    @property
    def in_arns(self) -> str:
        """As IVS writes it in ARNs (Service Authorization Reference); `account` is our own."""
        if self is ResourceType.PLAYBACK_KEY_PAIR:
            return "playback-key"
        return self.value.replace("_", "-")


_TYPES: Final[Mapping[str, ResourceType]] = {
    each.in_arns: each for each in ResourceType if each is not ResourceType.OTHER
}


@lru_cache(maxsize=1024)
def resource_type_of(arn: str) -> ResourceType | None:
    """What an ARN names; None unless it is a resource of IVS with a region and an account."""
    try:
        parsed = parse_arn(arn)
    except ValueError:
        return None
    is_account = parsed.account.isascii() and parsed.account.isdigit()
    if parsed.service != "ivs" or not parsed.region or not is_account:
        return None
    kind = _TYPES.get(parsed.resource_type, ResourceType.OTHER)
    return kind if kind is not ResourceType.CHANNEL or is_channel_arn(arn) else None


def noun_of(arn: str) -> str:
    """`channel`, `playback key pair`; also of a type that rules have no word for."""
    kind = resource_type_of(arn)
    if kind is None or kind is ResourceType.OTHER:
        return parse_arn(arn).resource_type.replace("-", " ")
    return kind.noun


def nouns_of(count: int, arn: str) -> str:
    """`1 channel`, `722 channels`."""
    noun = noun_of(arn)
    if count == 1:
        return f"1 {noun}"
    plural = f"{noun.removesuffix('y')}ies" if noun.endswith("policy") else f"{noun}s"
    return f"{count} {plural}"


def label_of(arn: str, name: str = "") -> str:
    """What a resource is called among those of its type: by its name, or else by its id."""
    parsed = parse_arn(arn)
    if resource_type_of(arn) is ResourceType.ACCOUNT:
        return f"{parsed.account} in {parsed.region}"
    return name or parsed.resource_id


def account_arn(account: str, region: str) -> str:
    """Stands for an account in a region, where something concerns no single resource of it.

    IVS has no such ARN: it is Streamwarden's own.
    """
    return f"arn:aws:ivs:{region}:{account}:account/{account}"


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
