"""What a sweep would have found of a channel just before the story first mentions it.

A replay makes no sweeps, so this is where settings, tags and live streams are known from. It is
read from the simulated world itself: no call is made, counted or told.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from simulator.channel import summarise
from simulator.world import World
from streamwarden.domain.arn import parse_arn
from streamwarden.domain.inputs import Health, Input, ResourceListed, StreamListed

# CloudTrail and EventBridge write whole seconds; at the same second an event counts.
_BEFORE: Final = timedelta(seconds=1)


def install(world: World, channel_arn: str, name: str | None) -> None:
    """Put the channel into the world with the API's defaults, unless it is there."""
    arn = parse_arn(channel_arn)
    if channel_arn not in world.realm(arn.account, arn.region).channels:
        world.add_channel(arn=channel_arn, name=name)


def listed(
    world: World, channel_arn: str, mentioned_at: datetime, viewers: int | None = None
) -> Iterator[Input]:
    """The channel's entry in ListChannels, and in ListStreams if it is live.

    How many watch is known from the fleet file or not at all: nobody watches in a replayed world.
    """
    time = mentioned_at - _BEFORE
    arn = parse_arn(channel_arn)
    realm = world.realm(arn.account, arn.region)
    summary: dict[str, Any] = summarise(realm.channel(channel_arn))
    yield ResourceListed(
        resource_arn=channel_arn,
        time=time,
        settings={name: value for name, value in summary.items() if name not in ("arn", "tags")},
        tags=summary.get("tags", {}),
    )
    session = realm.on_air(channel_arn)
    if session is not None:
        yield StreamListed(
            resource_arn=channel_arn,
            time=time,
            stream_id=session.stream_id,
            health=Health(session.health),
            start_time=session.started_at.astimezone(UTC),
            viewer_count=viewers,
        )
