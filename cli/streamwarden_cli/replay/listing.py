"""What a sweep would have found of a channel just before an event first mentions it.

A replay makes no sweeps, so this is where settings, tags and live streams are known from. It is
read from the simulated world itself: no call is made, counted or recorded.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ivs_simulator.state import resources
from ivs_simulator.state.channels import summarise
from ivs_simulator.world import World
from streamwarden.adapters.ivs_sessions import ingest_of
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, account_arn, parse_arn, place_of
from streamwarden.domain.breaker import limit_of
from streamwarden.domain.events import parse_event
from streamwarden.domain.inputs import (
    Health,
    IngestObserved,
    Input,
    ResourceListed,
    StreamListed,
    StreamsCounted,
)
from streamwarden.services.listings import account_of
from streamwarden.services.records import ListedResource
from streamwarden_cli.scenario.channels import Channel, LiveNow

# CloudTrail and EventBridge write whole seconds; at the same second an event counts.
BEFORE: Final = timedelta(seconds=1)


def listed(
    world: World, channel_arn: str, mentioned_at: datetime, live: LiveNow | None = None
) -> Iterator[Input]:
    """The channel's entry in ListChannels, and in ListStreams if it is live.

    What is sent is known from the fleet or not at all: the encoders of the world are made up.
    """
    time = mentioned_at - BEFORE
    arn = parse_arn(channel_arn)
    account_region = world.account_region(arn.account, arn.region)
    summary: dict[str, Any] = summarise(account_region.channel(channel_arn))
    yield ResourceListed(
        resource_arn=channel_arn,
        time=time,
        settings={name: value for name, value in summary.items() if name not in ("arn", "tags")},
        tags=summary.get("tags", {}),
    )
    session = account_region.on_air(channel_arn)
    if session is not None:
        if live is not None and live.viewer_count is not None:
            session.viewers = live.viewer_count
        if live is not None and live.ended_at is not None:
            # In the world too: a stream that is said to have ended cannot be healthy as well.
            session.health = resources.Health.UNKNOWN
        yield StreamListed(
            resource_arn=channel_arn,
            time=time,
            stream_id=session.stream_id,
            health=Health(session.health),
            start_time=session.started_at.astimezone(UTC),
            viewer_count=live.viewer_count if live else None,
        )
    if live is not None:
        yield from _from_fleet(channel_arn, time, live)


def recounted(world: World, streams: Mapping[str, str], now: datetime) -> Iterator[Input]:
    """The viewer counts of these streams by channel, as a sweep repeats them before they are old.

    It says nothing else of the streams, whose health is known from events.
    """
    for channel_arn, stream_id in sorted(streams.items()):
        arn = parse_arn(channel_arn)
        session = world.account_region(arn.account, arn.region).on_air(channel_arn)
        if session is not None and session.stream_id == stream_id:
            yield StreamListed(
                resource_arn=channel_arn,
                time=now,
                stream_id=session.stream_id,
                health=Health.UNKNOWN,
                start_time=session.started_at.astimezone(UTC),
                viewer_count=session.viewers,
            )


def accounts_listed(
    channels: Iterable[Channel], mentioned_at: datetime
) -> Iterator[ResourceListed]:
    """What a sweep would count in each account and region of a fleet."""
    by_place: dict[Place, list[Channel]] = defaultdict(list)
    for channel in channels:
        by_place[place_of(channel.arn)].append(channel)
    for place, each in by_place.items():
        yield _counted(place, each, mentioned_at - BEFORE)


def streams_counted(
    channels: Iterable[Channel], mentioned_at: datetime
) -> Iterator[StreamsCounted]:
    """How many streams a sweep would count, where that changes what a breaker lets pass."""
    live = Counter(place_of(each.arn) for each in channels if each.live is not None)
    for place, number in live.items():
        if limit_of(number) != limit_of(None):
            arn = account_arn(place.account, place.region)
            yield StreamsCounted(resource_arn=arn, time=mentioned_at - BEFORE, live=number)


def _counted(place: Place, channels: Iterable[Channel], time: datetime) -> ResourceListed:
    listed = {each.arn: ListedResource(arn=each.arn, settings={}, tags={}) for each in channels}
    streams = {
        each.arn: LiveStream(
            channel_arn=each.arn,
            stream_id=each.live.stream_id,
            health=Health.UNKNOWN,
            start_time=each.live.start_time,
            viewer_count=each.live.viewer_count,
        )
        for each in channels
        if each.live is not None
    }
    account = account_of(place, len(listed), streams, {})
    return ResourceListed(
        resource_arn=account.arn, time=time, settings=dict(account.settings), tags={}
    )


def _from_fleet(channel_arn: str, time: datetime, live: LiveNow) -> Iterator[Input]:
    """What else the fleet says of the stream."""
    ingest = ingest_of(live.session)
    if ingest is not None:
        yield IngestObserved(
            resource_arn=channel_arn, time=time, stream_id=live.stream_id, ingest=ingest
        )
    if live.ended_at is not None:
        yield parse_event(_end(channel_arn, live.stream_id, live.ended_at))


def _end(channel_arn: str, stream_id: str, at: datetime) -> dict[str, Any]:
    arn = parse_arn(channel_arn)
    return {
        "id": f"end of {stream_id}",
        "source": "aws.ivs",
        "detail-type": "IVS Stream State Change",
        "account": arn.account,
        "region": arn.region,
        "time": at.isoformat(),
        "resources": [channel_arn],
        "detail": {"event_name": "Stream End", "channel_name": "", "stream_id": stream_id},
    }
