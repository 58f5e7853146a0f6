"""Compare the account with what is remembered, and report every difference to the observers.

Events can be lost. A sweep reads ListChannels and ListStreams, one call per 100, and the fleet
index; what agrees costs nothing further.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.inputs import (
    Health,
    LookAgain,
    OwnInput,
    ResourceListed,
    ResourceNotListed,
    StreamListed,
    StreamNotListed,
)
from streamwarden.services.fleet import digest
from streamwarden.services.ports import (
    Clock,
    FleetEntry,
    FleetIndex,
    FleetListing,
    Inbox,
    ListedChannel,
    LiveStream,
)

# EventBridge Scheduler delivers within a minute of the time asked for.
_TIMER_GRACE: Final = timedelta(minutes=2)

# A viewer count is reported when it is first known, when it becomes none or some, and when it
# has changed by at least ten viewers and by more than a tenth.
_FEW_VIEWERS: Final = 10
_TENTH: Final = 10


class SweepReport(Struct, frozen=True, kw_only=True):
    """What a sweep saw and how many differences it reported."""

    channels: int
    streams: int
    differences: int


class Sweeper(Struct, frozen=True, kw_only=True):
    """What a sweep needs: the account's listing, the fleet index, and the observers' inboxes."""

    listing: FleetListing
    index: FleetIndex
    stream_inbox: Inbox
    change_inbox: Inbox
    clock: Clock

    def sweep(self) -> SweepReport:
        """Read, compare, report. Raises TryAgain, Refused."""
        now = self.clock()
        streams = {stream.channel_arn: stream for stream in self.listing.streams()}
        channels = {channel.arn: channel for channel in self.listing.channels()}
        entries = {entry.resource_arn: entry for entry in self.index.entries()}
        changes = list(_changed_channels(channels, entries, now))
        live = list(_changed_streams(streams, entries, now))
        told = {each.resource_arn for each in live}
        live += [each for each in _overdue(entries, now) if each.resource_arn not in told]
        self.stream_inbox.put(live)
        self.change_inbox.put(changes)
        return SweepReport(
            channels=len(channels), streams=len(streams), differences=len(changes) + len(live)
        )


def _changed_channels(
    listed: Mapping[str, ListedChannel], entries: Mapping[str, FleetEntry], now: datetime
) -> Iterator[OwnInput]:
    for arn, channel in listed.items():
        entry = entries.get(arn)
        found = digest(channel.settings, channel.tags)
        if entry is None or entry.is_gone or entry.digest != found:
            yield ResourceListed(
                resource_arn=arn,
                time=now,
                settings=dict(channel.settings),
                tags=dict(channel.tags),
            )
    for arn, entry in entries.items():
        if arn not in listed and not entry.is_gone:
            yield ResourceNotListed(resource_arn=arn, time=now)


def _changed_streams(
    listed: Mapping[str, LiveStream], entries: Mapping[str, FleetEntry], now: datetime
) -> Iterator[OwnInput]:
    for arn, stream in listed.items():
        entry = entries.get(arn)
        if entry is None or not _agrees(stream, entry):
            yield StreamListed(
                resource_arn=arn,
                time=now,
                stream_id=stream.stream_id,
                health=stream.health,
                start_time=stream.start_time,
                viewer_count=stream.viewer_count,
            )
    for arn, entry in entries.items():
        if entry.live_stream_id is not None and arn not in listed:
            yield StreamNotListed(resource_arn=arn, time=now)


def _agrees(stream: LiveStream, entry: FleetEntry) -> bool:
    if stream.stream_id != entry.live_stream_id or not entry.is_on_air:
        return False
    if not _are_viewers_alike(stream.viewer_count, entry.viewers):
        return False
    is_stalled = stream.health is Health.STARVING
    return stream.health is Health.UNKNOWN or is_stalled == entry.is_stalled


def _are_viewers_alike(counted: int | None, reported: int | None) -> bool:
    """Whether no rule would care: a count is rarely the same twice, and each report is a write."""
    if counted is None:
        return True
    if reported is None or (counted == 0) != (reported == 0):
        return False
    change = abs(counted - reported)
    return change < _FEW_VIEWERS or change * _TENTH <= reported


def _overdue(entries: Mapping[str, FleetEntry], now: datetime) -> Iterator[OwnInput]:
    for arn, entry in entries.items():
        is_late = entry.look_again_at is not None and entry.look_again_at < now - _TIMER_GRACE
        if is_late or entry.has_unsent:
            yield LookAgain(resource_arn=arn, time=now)
