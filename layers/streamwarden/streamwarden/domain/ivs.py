"""The words of the IVS API that rules, actions, adapters and the command share (API Reference)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Api(StrEnum):
    """The APIs of IVS that have resources with tags, by the names that botocore has for clients."""

    LOW_LATENCY = "ivs"
    REAL_TIME = "ivs-realtime"


class ChannelType(StrEnum):
    BASIC = "BASIC"
    STANDARD = "STANDARD"
    ADVANCED_SD = "ADVANCED_SD"
    ADVANCED_HD = "ADVANCED_HD"


class LatencyMode(StrEnum):
    NORMAL = "NORMAL"
    LOW = "LOW"


class TranscodePreset(StrEnum):
    """Only ADVANCED channels have one."""

    HIGHER_BANDWIDTH_DELIVERY = "HIGHER_BANDWIDTH_DELIVERY"
    CONSTRAINED_BANDWIDTH_DELIVERY = "CONSTRAINED_BANDWIDTH_DELIVERY"


class ContainerFormat(StrEnum):
    TS = "TS"
    FRAGMENTED_MP4 = "FRAGMENTED_MP4"


class MultitrackPolicy(StrEnum):
    ALLOW = "ALLOW"
    REQUIRE = "REQUIRE"


class StreamState(StrEnum):
    LIVE = "LIVE"
    OFFLINE = "OFFLINE"


class ErrorCode(StrEnum):
    """Why IVS refuses a call, as far as actions and adapters tell it from other reasons."""

    CHANNEL_NOT_BROADCASTING = "ChannelNotBroadcasting"
    CONFLICT = "ConflictException"
    NOT_FOUND = "ResourceNotFoundException"
    QUOTA_EXCEEDED = "ServiceQuotaExceededException"
    VALIDATION = "ValidationException"


# Only AWS sets and removes tags whose keys begin so (AWS tagging rules).
_RESERVED_PREFIX: Final = "aws:"
# What UpdateChannel changes, but for the name, which is different for each channel, and for the
# configuration of multitrack input, which is no single value.
CHANNEL_SETTINGS: Final = (
    "adConfigurationArn",
    "authorized",
    "containerFormat",
    "failoverSlateConfigurationArn",
    "insecureIngest",
    "latencyMode",
    "playbackRestrictionPolicyArn",
    "preset",
    "recordingConfigurationArn",
    "type",
)


class IngestLimit(StrEnum):
    """The limits that belong to the channel; those of the account belong to no channel."""

    INGEST_BITRATE = "Ingest Bitrate"
    INGEST_RESOLUTION = "Ingest Resolution"


class AccountQuota(StrEnum):
    """The quotas whose excess IVS reports in events, with their names in these events."""

    CONCURRENT_BROADCASTS = "Concurrent Broadcasts"
    CONCURRENT_VIEWERS = "Concurrent Viewers"


def filled_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Those with a value: wherever a value is asked for, a blank tag is as good as none."""
    return {key: value for key, value in tags.items() if value.strip()}


def is_reserved_tag(key: str) -> bool:
    return key.lower().startswith(_RESERVED_PREFIX)
