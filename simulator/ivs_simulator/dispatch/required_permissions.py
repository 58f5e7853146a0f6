"""The resources that each operation has to be allowed on.

Source: Service Authorization Reference, "Amazon Interactive Video Service", edition of 2026. It
does not list failover slates; what is chosen for them is said at their rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """Resource types, as they stand in an ARN."""

    AD_CONFIGURATION = "ad-configuration"
    CHANNEL = "channel"
    COMPOSITION = "composition"
    ENCODER_CONFIGURATION = "encoder-configuration"
    FAILOVER_SLATE_CONFIGURATION = "failover-slate-configuration"
    INGEST_CONFIGURATION = "ingest-configuration"
    PLAYBACK_KEY = "playback-key"
    PLAYBACK_RESTRICTION_POLICY = "playback-restriction-policy"
    PUBLIC_KEY = "public-key"
    RECORDING_CONFIGURATION = "recording-configuration"
    STAGE = "stage"
    STORAGE_CONFIGURATION = "storage-configuration"
    STREAM_KEY = "stream-key"


class Named(StrEnum):
    """How a call names the resources it is checked on; mostly, the member that holds the ARN."""

    ARN = "arn"
    ARNS = "arns"
    CHANNEL_ARN = "channelArn"
    RESOURCE_ARN = "resourceArn"
    VIEWER_SESSIONS = "viewerSessions[].channelArn"
    KEYS_OF_CHANNEL = "the stream keys of `arn`"
    BY_TYPE = "all resources of the type"


@dataclass(frozen=True, slots=True)
class Required:
    """A resource an operation's action must be allowed on; no `kind` means one of any type."""

    kind: Kind | None
    named: Named


_CHANNEL: Final = (Required(Kind.CHANNEL, Named.ARN),)
_CHANNEL_OF_STREAM: Final = (Required(Kind.CHANNEL, Named.CHANNEL_ARN),)
_ANY_CHANNEL: Final = (Required(Kind.CHANNEL, Named.BY_TYPE),)
_STREAM_KEY: Final = (Required(Kind.STREAM_KEY, Named.ARN),)
_ANY_STREAM_KEY: Final = (Required(Kind.STREAM_KEY, Named.BY_TYPE),)
_RECORDING: Final = (Required(Kind.RECORDING_CONFIGURATION, Named.ARN),)
_ANY_RECORDING: Final = (Required(Kind.RECORDING_CONFIGURATION, Named.BY_TYPE),)
_PLAYBACK_KEY: Final = (Required(Kind.PLAYBACK_KEY, Named.ARN),)
_ANY_PLAYBACK_KEY: Final = (Required(Kind.PLAYBACK_KEY, Named.BY_TYPE),)
_RESTRICTION: Final = (Required(Kind.PLAYBACK_RESTRICTION_POLICY, Named.ARN),)
_ANY_RESTRICTION: Final = (Required(Kind.PLAYBACK_RESTRICTION_POLICY, Named.BY_TYPE),)
_AD: Final = (Required(Kind.AD_CONFIGURATION, Named.ARN),)
_ANY_AD: Final = (Required(Kind.AD_CONFIGURATION, Named.BY_TYPE),)
_SLATE: Final = (Required(Kind.FAILOVER_SLATE_CONFIGURATION, Named.ARN),)
_ANY_SLATE: Final = (Required(Kind.FAILOVER_SLATE_CONFIGURATION, Named.BY_TYPE),)
_TAGGABLE: Final = (Required(None, Named.RESOURCE_ARN),)
# Actions without a resource type are granted by `"Resource": "*"` alone.
_NO_RESOURCE: Final[tuple[Required, ...]] = ()

_LOW_LATENCY: Final[Mapping[str, tuple[Required, ...]]] = {
    "BatchGetChannel": (Required(Kind.CHANNEL, Named.ARNS),),
    "BatchGetStreamKey": (Required(Kind.STREAM_KEY, Named.ARNS),),
    "BatchStartViewerSessionRevocation": (Required(Kind.CHANNEL, Named.VIEWER_SESSIONS),),
    "CreateAdConfiguration": _ANY_AD,
    "CreateChannel": _ANY_CHANNEL + _ANY_STREAM_KEY,
    # By analogy with the other Create operations.
    "CreateFailoverSlateConfiguration": _ANY_SLATE,
    "CreatePlaybackRestrictionPolicy": _ANY_RESTRICTION,
    "CreateRecordingConfiguration": _ANY_RECORDING,
    # Not on the channel: which channel gets a key cannot be limited by a policy.
    "CreateStreamKey": _ANY_STREAM_KEY,
    "DeleteAdConfiguration": _AD,
    "DeleteChannel": (*_CHANNEL, Required(Kind.STREAM_KEY, Named.KEYS_OF_CHANNEL)),
    # By analogy with the other Delete operations.
    "DeleteFailoverSlateConfiguration": _SLATE,
    "DeletePlaybackKeyPair": _PLAYBACK_KEY,
    "DeletePlaybackRestrictionPolicy": _RESTRICTION,
    "DeleteRecordingConfiguration": _RECORDING,
    "DeleteStreamKey": _STREAM_KEY,
    "GetAdConfiguration": _AD,
    "GetChannel": _CHANNEL,
    # By analogy with the other Get operations.
    "GetFailoverSlateConfiguration": _SLATE,
    "GetPlaybackKeyPair": _PLAYBACK_KEY,
    "GetPlaybackRestrictionPolicy": _RESTRICTION,
    "GetRecordingConfiguration": _RECORDING,
    "GetStream": _CHANNEL_OF_STREAM,
    "GetStreamKey": _STREAM_KEY,
    "GetStreamSession": _CHANNEL_OF_STREAM,
    "ImportPlaybackKeyPair": _ANY_PLAYBACK_KEY,
    "InsertAdBreak": _CHANNEL_OF_STREAM,
    "ListAdConfigurations": _NO_RESOURCE,
    "ListChannels": _ANY_CHANNEL,
    # By analogy with its neighbour ListAdConfigurations, which is the stricter reading.
    "ListFailoverSlateConfigurations": _NO_RESOURCE,
    "ListPlaybackKeyPairs": _ANY_PLAYBACK_KEY,
    "ListPlaybackRestrictionPolicies": _NO_RESOURCE,
    "ListRecordingConfigurations": _ANY_RECORDING,
    "ListStreamKeys": _CHANNEL_OF_STREAM + _ANY_STREAM_KEY,
    "ListStreamSessions": _CHANNEL_OF_STREAM,
    "ListStreams": _ANY_CHANNEL,
    "ListTagsForResource": _TAGGABLE,
    "PutMetadata": _CHANNEL_OF_STREAM,
    "StartViewerSessionRevocation": _CHANNEL_OF_STREAM,
    "StopStream": _CHANNEL_OF_STREAM,
    "TagResource": _TAGGABLE,
    "UntagResource": _TAGGABLE,
    # The reference gives it no resource type, unlike every other Update operation.
    "UpdateAdConfiguration": _NO_RESOURCE,
    "UpdateChannel": _CHANNEL,
    # By analogy with UpdatePlaybackRestrictionPolicy.
    "UpdateFailoverSlateConfiguration": _SLATE,
    "UpdatePlaybackRestrictionPolicy": _RESTRICTION,
}

# Of the API for real-time, whose actions have the same prefix.
_REAL_TIME: Final[Mapping[str, tuple[Required, ...]]] = {
    "CreateEncoderConfiguration": (Required(Kind.ENCODER_CONFIGURATION, Named.BY_TYPE),),
    "CreateIngestConfiguration": (Required(Kind.INGEST_CONFIGURATION, Named.BY_TYPE),),
    "CreateStage": (Required(Kind.STAGE, Named.BY_TYPE),),
    "CreateStorageConfiguration": (Required(Kind.STORAGE_CONFIGURATION, Named.BY_TYPE),),
    "DeleteEncoderConfiguration": (Required(Kind.ENCODER_CONFIGURATION, Named.ARN),),
    "DeleteIngestConfiguration": (Required(Kind.INGEST_CONFIGURATION, Named.ARN),),
    "DeletePublicKey": (Required(Kind.PUBLIC_KEY, Named.ARN),),
    "DeleteStage": (Required(Kind.STAGE, Named.ARN),),
    "DeleteStorageConfiguration": (Required(Kind.STORAGE_CONFIGURATION, Named.ARN),),
    "GetComposition": (Required(Kind.COMPOSITION, Named.ARN),),
    "GetEncoderConfiguration": (Required(Kind.ENCODER_CONFIGURATION, Named.ARN),),
    "GetIngestConfiguration": (Required(Kind.INGEST_CONFIGURATION, Named.ARN),),
    "GetPublicKey": (Required(Kind.PUBLIC_KEY, Named.ARN),),
    "GetStage": (Required(Kind.STAGE, Named.ARN),),
    "GetStorageConfiguration": (Required(Kind.STORAGE_CONFIGURATION, Named.ARN),),
    "ImportPublicKey": (Required(Kind.PUBLIC_KEY, Named.BY_TYPE),),
    # Not known to have a type: the stricter reading, as of its neighbours.
    "ListCompositions": _NO_RESOURCE,
    "ListEncoderConfigurations": _NO_RESOURCE,
    "ListIngestConfigurations": _NO_RESOURCE,
    "ListPublicKeys": _NO_RESOURCE,
    # Not known to have a type: the stricter reading, as of its neighbours.
    "ListStages": _NO_RESOURCE,
    "ListStorageConfigurations": _NO_RESOURCE,
    "StartComposition": (Required(Kind.COMPOSITION, Named.BY_TYPE),),
    "StopComposition": (Required(Kind.COMPOSITION, Named.ARN),),
    "UpdateIngestConfiguration": (Required(Kind.INGEST_CONFIGURATION, Named.ARN),),
    "UpdateStage": (Required(Kind.STAGE, Named.ARN),),
}
REQUIRED: Final = {**_LOW_LATENCY, **_REAL_TIME}

# A call that creates one of these with tags needs ivs:TagResource as well (the reference's table
# of operations), on the type: the resource has no ARN yet. A new channel's tags are not its key's.
TAGGED_WHEN_CREATED: Final[Mapping[str, Kind]] = {
    "CreateAdConfiguration": Kind.AD_CONFIGURATION,
    "CreateChannel": Kind.CHANNEL,
    "CreateEncoderConfiguration": Kind.ENCODER_CONFIGURATION,
    # By analogy with the other Create operations.
    "CreateFailoverSlateConfiguration": Kind.FAILOVER_SLATE_CONFIGURATION,
    "CreateIngestConfiguration": Kind.INGEST_CONFIGURATION,
    "CreatePlaybackRestrictionPolicy": Kind.PLAYBACK_RESTRICTION_POLICY,
    "CreateRecordingConfiguration": Kind.RECORDING_CONFIGURATION,
    "CreateStage": Kind.STAGE,
    "CreateStorageConfiguration": Kind.STORAGE_CONFIGURATION,
    "CreateStreamKey": Kind.STREAM_KEY,
    "ImportPlaybackKeyPair": Kind.PLAYBACK_KEY,
    "ImportPublicKey": Kind.PUBLIC_KEY,
    "StartComposition": Kind.COMPOSITION,
}
