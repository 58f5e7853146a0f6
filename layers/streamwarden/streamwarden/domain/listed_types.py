"""The types of resources beside channels that IVS lists for a whole account, one line each.

Sweeps list what a policy is about, rules may be about their tags, and actions may tag them. A new
type is a line here, its word in `ResourceType` and `rules/tags/tagged`, and its permissions.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from streamwarden.domain.arn import ResourceType


class ListedType(Struct, frozen=True, kw_only=True):
    """How IVS lists a type, in the words of the API Reference.

    `entries` is the member of the answer of `listing`. `made_by`, `changed_by` and `deleted_by` are
    the calls that CloudTrail tells of; what nothing changes has no `changed_by`. `compared` are the
    members of an entry that rules and conditions look at, beside its tags. `counted_as` is what the
    record of the account calls their number, and empty where no rule counts them. `has_uses` says
    that a sweep counts the channels that use one.
    """

    listing: str
    entries: str
    made_by: str
    deleted_by: str
    changed_by: str = ""
    compared: tuple[str, ...] = ("name",)
    counted_as: str = ""
    has_uses: bool = False

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
}
