"""What sweeps find about live channels together, which a replay repeats as it does viewer counts.

It changes with every stream that starts or ends, and no event carries it.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from ivs_simulator.state.account_region import AccountRegion
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.inputs import Health, PeersListed
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy import Policy
from streamwarden.services.peers import Fleet, changed_peers
from streamwarden.services.records import FleetEntry, ListedResource

# As often as a stack sweeps that is deployed with the template's defaults.
LISTED_EVERY: Final = timedelta(minutes=5)


def needs_of(policy: Policy) -> Needs:
    """What the policy's rules need of the parts of a sweep that a replay repeats."""
    each = [rule.needs for rule in policy.rules]
    return Needs(
        peers=frozenset().union(*(needs.peers for needs in each)),
        airtime=frozenset().union(*(needs.airtime for needs in each)),
        viewers=any(needs.viewers or needs.viewers_until for needs in each),
    )


def listed_peers(
    account_region: AccountRegion, entries: Iterable[FleetEntry], needs: Needs, now: datetime
) -> Iterator[PeersListed]:
    """What a sweep of one account and region would find now, without a call that is recorded."""
    channels = {
        arn: ListedResource(arn=arn, settings={}, tags=dict(channel.tags))
        for arn, channel in account_region.channels.items()
    }
    streams = {
        arn: LiveStream(
            channel_arn=arn,
            stream_id=session.stream_id,
            health=Health(session.health),
            start_time=session.started_at.astimezone(UTC),
        )
        for arn, session in account_region.streaming.items()
    }
    state = {entry.resource_arn: entry for entry in entries}
    return changed_peers(Fleet(streams, channels, state), needs, now)
