"""What several listings say together, as members that rules look at and IVS does not have."""

from collections import Counter
from collections.abc import Mapping
from copy import replace
from typing import Final

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, ResourceType, account_arn
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.needs import Needs
from streamwarden.services.records import FleetEntry, ListedResource
from streamwarden.services.unfinished_sweep import Uses

type Listed = Mapping[str, ListedResource]

_POLICY: Final = ResourceType.PLAYBACK_RESTRICTION_POLICY
_KEY_PAIR: Final = ResourceType.PLAYBACK_KEY_PAIR


def with_restrictions(channels: Listed, others: Mapping[ResourceType, Listed]) -> Listed:
    """Channels with `playbackRestrictionPolicy`: what the attached policy says.

    None where none is attached or policies were not listed, so that an older one is forgotten.
    """
    policies = others.get(_POLICY, {})
    return {arn: _restricted(channel, policies) for arn, channel in channels.items()}


def _restricted(channel: ListedResource, policies: Listed) -> ListedResource:
    policy = policies.get(channel.settings.get("playbackRestrictionPolicyArn", ""))
    attached = {**policy.settings, "arn": policy.arn} if policy else None
    return replace(channel, settings={**channel.settings, "playbackRestrictionPolicy": attached})


def uses_of(channels: Listed) -> Uses:
    """What these channels use."""
    settings = [channel.settings for channel in channels.values()]
    by_arn = Counter(str(each.get("recordingConfigurationArn", "")) for each in settings)
    by_arn += Counter(str(each.get("playbackRestrictionPolicyArn", "")) for each in settings)
    return Uses(
        channels=len(settings),
        private=sum(bool(each.get("authorized")) for each in settings),
        by_arn=by_arn,
    )


def with_uses(others: Mapping[ResourceType, Listed], uses: Uses) -> Mapping[ResourceType, Listed]:
    """Resources that channels can use, with `channels`: how many do, or could.

    Tokens are signed with key pairs, which IVS does not tell; only private channels ask for any.
    """
    counted = {
        resource: {
            arn: _with_count(
                each, uses.private if resource is _KEY_PAIR else uses.by_arn.get(arn, 0)
            )
            for arn, each in listed.items()
        }
        for resource, listed in others.items()
        if LISTED_TYPES[resource].has_uses
    }
    return {**others, **counted}


def _with_count(resource: ListedResource, channels: int) -> ListedResource:
    return replace(resource, settings={**resource.settings, "channels": channels})


def account_of(
    place: Place,
    channels: int,
    streams: Mapping[str, LiveStream],
    others: Mapping[ResourceType, Listed],
) -> ListedResource:
    """What there is in the account: counts by the names of its quotas.

    Viewers of streams whose count IVS does not know are left out.
    """
    counts = {
        "channels": channels,
        "concurrentStreams": len(streams),
        "concurrentViews": sum(stream.viewer_count or 0 for stream in streams.values()),
    }
    counts |= {
        name: len(listed)
        for resource, listed in others.items()
        if (name := LISTED_TYPES[resource].counted_as)
    }
    return ListedResource(arn=account_arn(place.account, place.region), settings=counts, tags={})


def as_reported(account: ListedResource, entry: FleetEntry | None, needs: Needs) -> ListedResource:
    """The account with the counts of its record, where no rule would judge the new ones otherwise.

    Viewers come and go with every sweep, and each report is a write.
    """
    if entry is None:
        return account
    unchanged = {
        name: entry.counts[name]
        for name, count in account.settings.items()
        if name in entry.counts and _is_same_side(name, entry.counts[name], count, needs)
    }
    return replace(account, settings={**account.settings, **unchanged})


def _is_same_side(name: str, stored: int, count: int, needs: Needs) -> bool:
    """Whether both are below, or both not below, each limit of a rule."""
    limits = [limit for counted, limit in needs.counts if counted == name]
    return all((stored < limit) == (count < limit) for limit in limits)
