"""The types of resources beside channels that IVS lists for a whole account, one line each.

Sweeps list what a policy is about, rules may be about their tags, and actions may tag them. A new
type is a line here, its word in `ResourceType` and `rules/tags/tagged`, and its permissions.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from streamwarden.domain.arn import ResourceType, resource_type_of
from streamwarden.domain.ivs import Api


class ListedType(Struct, frozen=True, kw_only=True):
    """How IVS lists a type, in the words of the API Reference.

    `entries` is the member of the answer of `listing`. `made_by`, `changed_by` and `deleted_by` are
    the calls that CloudTrail tells of; what nothing changes has no `changed_by`. `compared` are the
    members of an entry that rules and conditions look at, beside its tags. `counted_as` is what the
    record of the account calls their number, and empty where no rule counts them. `has_uses` says
    that a sweep counts the channels that use one. `has_tags` says that an entry has its tags; those
    of any other are read one by one. `over` are the states of one that has ended, and is still
    listed: it counts as gone.
    """

    listing: str
    entries: str
    made_by: str
    deleted_by: str
    changed_by: str = ""
    compared: tuple[str, ...] = ("name",)
    counted_as: str = ""
    has_uses: bool = False
    api: Api = Api.LOW_LATENCY
    has_tags: bool = True
    over: frozenset[str] = frozenset()

    @property
    def stands_alone(self) -> bool:
        """Whether nothing but its own records rests on its listing."""
        return not self.counted_as and not self.has_uses


LISTED_TYPES: Final[Mapping[ResourceType, ListedType]] = {
    ResourceType.PLAYBACK_KEY_PAIR: ListedType(
        listing="ListPlaybackKeyPairs",
        entries="keyPairs",
        made_by="ImportPlaybackKeyPair",
        deleted_by="DeletePlaybackKeyPair",
        compared=("fingerprint", "name"),
        counted_as="playbackKeyPairs",
        has_uses=True,
    ),
    ResourceType.RECORDING_CONFIGURATION: ListedType(
        listing="ListRecordingConfigurations",
        entries="recordingConfigurations",
        made_by="CreateRecordingConfiguration",
        deleted_by="DeleteRecordingConfiguration",
        compared=("destinationConfiguration", "name", "state"),
        counted_as="recordingConfigurations",
        has_uses=True,
    ),
    ResourceType.PLAYBACK_RESTRICTION_POLICY: ListedType(
        listing="ListPlaybackRestrictionPolicies",
        entries="playbackRestrictionPolicies",
        made_by="CreatePlaybackRestrictionPolicy",
        changed_by="UpdatePlaybackRestrictionPolicy",
        deleted_by="DeletePlaybackRestrictionPolicy",
        compared=("allowedCountries", "allowedOrigins", "enableStrictOriginEnforcement", "name"),
        counted_as="playbackRestrictionPolicies",
        has_uses=True,
    ),
    ResourceType.AD_CONFIGURATION: ListedType(
        listing="ListAdConfigurations",
        entries="adConfigurations",
        made_by="CreateAdConfiguration",
        changed_by="UpdateAdConfiguration",
        deleted_by="DeleteAdConfiguration",
    ),
    ResourceType.FAILOVER_SLATE_CONFIGURATION: ListedType(
        listing="ListFailoverSlateConfigurations",
        entries="failoverSlateConfigurations",
        made_by="CreateFailoverSlateConfiguration",
        changed_by="UpdateFailoverSlateConfiguration",
        deleted_by="DeleteFailoverSlateConfiguration",
    ),
    ResourceType.STAGE: ListedType(
        api=Api.REAL_TIME,
        listing="ListStages",
        entries="stages",
        made_by="CreateStage",
        changed_by="UpdateStage",
        deleted_by="DeleteStage",
    ),
    ResourceType.COMPOSITION: ListedType(
        api=Api.REAL_TIME,
        listing="ListCompositions",
        entries="compositions",
        made_by="StartComposition",
        deleted_by="StopComposition",
        compared=(),
        over=frozenset({"STOPPING", "STOPPED", "FAILED"}),
    ),
    ResourceType.ENCODER_CONFIGURATION: ListedType(
        api=Api.REAL_TIME,
        listing="ListEncoderConfigurations",
        entries="encoderConfigurations",
        made_by="CreateEncoderConfiguration",
        deleted_by="DeleteEncoderConfiguration",
    ),
    ResourceType.INGEST_CONFIGURATION: ListedType(
        api=Api.REAL_TIME,
        listing="ListIngestConfigurations",
        entries="ingestConfigurations",
        made_by="CreateIngestConfiguration",
        changed_by="UpdateIngestConfiguration",
        deleted_by="DeleteIngestConfiguration",
        has_tags=False,
    ),
    ResourceType.PUBLIC_KEY: ListedType(
        api=Api.REAL_TIME,
        listing="ListPublicKeys",
        entries="publicKeys",
        made_by="ImportPublicKey",
        deleted_by="DeletePublicKey",
    ),
    ResourceType.STORAGE_CONFIGURATION: ListedType(
        api=Api.REAL_TIME,
        listing="ListStorageConfigurations",
        entries="storageConfigurations",
        made_by="CreateStorageConfiguration",
        deleted_by="DeleteStorageConfiguration",
    ),
}


def api_of(resource_arn: str) -> Api:
    """The API that knows the resource."""
    kind = resource_type_of(resource_arn)
    listed = LISTED_TYPES.get(kind) if kind else None
    return listed.api if listed else Api.LOW_LATENCY
