"""Compare the account with what is remembered, and report every difference to the observers.

Events can be lost. A sweep reads ListChannels and ListStreams, one call per 100, what else the
policy needs, and the fleet index; what agrees costs nothing further.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, ResourceType, resource_type_of
from streamwarden.domain.inputs import (
    Health,
    OwnInput,
    Recheck,
    ResourceListed,
    ResourceNotListed,
    StreamListed,
    StreamNotListed,
    StreamStillListed,
)
from streamwarden.domain.rules.needs import Needs
from streamwarden.domain.state.viewers import REPEATED_AFTER
from streamwarden.services.fleet import digest, settings_listed
from streamwarden.services.ingest import observed_ingests
from streamwarden.services.listings import (
    LISTED_TYPES,
    Listed,
    account_of,
    as_reported,
    with_restrictions,
    with_uses,
)
from streamwarden.services.peers import Fleet, changed_peers
from streamwarden.services.ports import (
    Clock,
    FleetIndex,
    FleetListing,
    Inbox,
    KeyLookup,
    Progress,
    StreamSessions,
)
from streamwarden.services.records import FleetEntry
from streamwarden.services.stream_keys import observed_keys

# EventBridge Scheduler delivers within a minute of the time asked for.
_TIMER_GRACE: Final = timedelta(minutes=2)

# How many records a sweep has decided again after a deployment. Each is a message, a read and a
# write; so many hold up an event that comes behind them by some seconds.
_RECHECKS_A_SWEEP: Final = 1_000

# Where a rule reads viewers, a count is reported when it is first known, when it becomes none or
# some, and when it has changed by at least ten viewers and by more than a tenth; else before it
# grows old.
_FEW_VIEWERS: Final = 10
_TENTH: Final = 10

_CHANNEL: Final = ResourceType.CHANNEL
_ACCOUNT: Final = ResourceType.ACCOUNT

type Entries = Mapping[str, FleetEntry]
type _ByType = Mapping[ResourceType | None, Entries]  # where a type has none, it is empty


class SweepReport(Struct, frozen=True, kw_only=True):
    """What a sweep saw and how many differences it reported.

    `outdated` records were decided under another policy, mode or code; it had `rechecked` of
    them looked at, and the next sweep goes on.
    """

    channels: int
    streams: int
    differences: int
    outdated: int
    rechecked: int


class Sweeper(Struct, frozen=True, kw_only=True):
    """What a sweep needs: the account's listing, the fleet index, and the observers' inboxes.

    `decided_under` is what a decision depends on now, beside what is known.
    """

    listing: FleetListing
    sessions: StreamSessions
    keys: KeyLookup
    index: FleetIndex
    stream_inbox: Inbox
    change_inbox: Inbox
    place: Place
    needs: Needs
    decided_under: str
    progress: Progress
    clock: Clock

    def sweep(self) -> SweepReport:
        """Read, compare, report. Raises TemporaryError, PermanentError.

        What is known is reported before more is read: a listing that IVS refuses or has no time
        for holds up nothing that matters more. Stops wait for streams, so these come first.
        """
        now = self.clock()
        streams = {stream.channel_arn: stream for stream in self.listing.streams()}
        entries = _by_type(self.index.entries())
        reported = self._report_streams(streams, entries, now)
        outdated = self._outdated(entries, now)
        rechecked = outdated[:_RECHECKS_A_SWEEP]
        self._request_rechecks(rechecked, now)
        # Also where a listing fails later, it is known how far a deployment has come.
        self.progress(len(outdated), len(rechecked))
        channels = {channel.arn: channel for channel in self.listing.resources(_CHANNEL)}
        reported += self._report_peers(Fleet(streams, channels, entries[_CHANNEL]), now)
        reported += self._report_resources(streams, channels, entries, now)
        ingests = self._ingests(streams.values(), entries[_CHANNEL], now)
        reported += _put(self.stream_inbox, ingests)
        keys = self._keys(channels, entries[_CHANNEL], now)
        reported += _put(self.change_inbox, keys)
        return SweepReport(
            channels=len(channels),
            streams=len(streams),
            differences=reported,
            outdated=len(outdated),
            rechecked=len(rechecked),
        )

    def _report_streams(
        self, streams: Mapping[str, LiveStream], entries: _ByType, now: datetime
    ) -> int:
        """How many differences there were; so with the other reports."""
        live = list(_changed_streams(streams, entries[_CHANNEL], self.needs, now))
        live_arns = {each.resource_arn for each in live}
        overdue = [each for each in _overdue(entries, now) if each.resource_arn not in live_arns]
        return _put(self.stream_inbox, [*live, *overdue])

    def _outdated(self, entries: _ByType, now: datetime) -> list[FleetEntry]:
        """What was decided under something else than now, live channels first.

        Each sweep begins elsewhere: records that cannot be decided must not hold up the rest.
        """
        every = chain.from_iterable(each.values() for each in entries.values())
        outdated = (each for each in every if each.decided_under != self.decided_under)
        by_arn = sorted(outdated, key=lambda each: each.resource_arn)
        begins = int(now.timestamp()) % max(len(by_arn), 1)
        return sorted([*by_arn[begins:], *by_arn[:begins]], key=lambda each: not _is_live(each))

    def _request_rechecks(self, outdated: Iterable[FleetEntry], now: datetime) -> None:
        """Only what may have to be stopped goes the way of stops."""
        live, rest = list[OwnInput](), list[OwnInput]()
        for each in outdated:
            looked_at = live if _is_live(each) else rest
            looked_at.append(Recheck(resource_arn=each.resource_arn, time=now))
        self.stream_inbox.put(live)
        self.change_inbox.put(rest)

    def _report_peers(self, fleet: Fleet, now: datetime) -> int:
        return _put(self.stream_inbox, [*changed_peers(fleet, self.needs, now)])

    def _report_resources(
        self,
        streams: Mapping[str, LiveStream],
        channels: Listed,
        entries: _ByType,
        now: datetime,
    ) -> int:
        others = self._others()
        changes = list(_changed(with_restrictions(channels, others), entries[_CHANNEL], now))
        for resource, listed in with_uses(others, channels).items():
            changes += _changed(listed, entries[resource], now)
        if _ACCOUNT in self.needs.resources:
            account = account_of(self.place, channels, streams, others)
            account = as_reported(account, entries[_ACCOUNT].get(account.arn), self.needs)
            changes += _changed({account.arn: account}, entries[_ACCOUNT], now)
        return _put(self.change_inbox, changes)

    def _ingests(
        self, streams: Iterable[LiveStream], entries: Entries, now: datetime
    ) -> list[OwnInput]:
        if not self.needs.ingest:
            return []
        return [*observed_ingests(self.sessions, streams, entries, now)]

    def _keys(self, channels: Iterable[str], entries: Entries, now: datetime) -> list[OwnInput]:
        if not self.needs.stream_keys:
            return []
        return [*observed_keys(self.keys, channels, entries, now)]

    def _others(self) -> dict[ResourceType, Listed]:
        """What the policy looks at beside channels and streams."""
        return {
            resource: {each.arn: each for each in self.listing.resources(resource)}
            for resource in sorted(self.needs.resources & LISTED_TYPES)
        }


def _is_live(entry: FleetEntry) -> bool:
    return entry.live_stream_id is not None


def _put(inbox: Inbox, found: Sequence[OwnInput]) -> int:
    inbox.put(found)
    return len(found)


def _by_type(entries: Iterable[FleetEntry]) -> _ByType:
    found: dict[ResourceType | None, dict[str, FleetEntry]] = defaultdict(dict)
    for entry in entries:
        found[resource_type_of(entry.resource_arn)][entry.resource_arn] = entry
    return found


def _changed(listed: Listed, entries: Entries, now: datetime) -> Iterator[OwnInput]:
    for arn, resource in listed.items():
        entry = entries.get(arn)
        kind = resource_type_of(arn)
        found = digest(kind, resource.settings, resource.tags)
        if entry is None or entry.is_gone or entry.digest != found:
            yield ResourceListed(
                resource_arn=arn,
                time=now,
                settings=settings_listed(kind, resource.settings),
                tags=dict(resource.tags),
            )
    for arn, entry in entries.items():
        if arn not in listed and not entry.is_gone:
            yield ResourceNotListed(resource_arn=arn, time=now)


def _changed_streams(
    listed: Mapping[str, LiveStream], entries: Entries, needs: Needs, now: datetime
) -> Iterator[OwnInput]:
    for arn, stream in listed.items():
        entry = entries.get(arn)
        is_count_old = needs.viewers and _is_count_old(stream, entry, now)
        if entry is None or is_count_old or not _agrees(stream, entry, needs):
            yield StreamListed(
                resource_arn=arn,
                time=now,
                stream_id=stream.stream_id,
                health=stream.health,
                start_time=stream.start_time,
                viewer_count=stream.viewer_count,
            )
        elif entry.is_stale:
            yield StreamStillListed(resource_arn=arn, time=now, stream_id=stream.stream_id)
    for arn, entry in entries.items():
        if entry.live_stream_id is not None and arn not in listed:
            yield StreamNotListed(resource_arn=arn, time=now)


def _agrees(stream: LiveStream, entry: FleetEntry, needs: Needs) -> bool:
    if stream.stream_id != entry.live_stream_id or not entry.is_on_air:
        return False
    if needs.viewers and not _are_viewers_alike(stream.viewer_count, entry.viewers):
        return False
    if entry.is_stale and stream.health is Health.HEALTHY:
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


def _is_count_old(stream: LiveStream, entry: FleetEntry | None, now: datetime) -> bool:
    """Whether the stored count needs one in its place before it grows old."""
    if stream.viewer_count is None or entry is None or entry.counted_at is None:
        return False
    return now - entry.counted_at >= REPEATED_AFTER


def _overdue(entries: _ByType, now: datetime) -> Iterator[OwnInput]:
    for arn, entry in chain.from_iterable(each.items() for each in entries.values()):
        is_late = entry.recheck_at is not None and entry.recheck_at < now - _TIMER_GRACE
        if is_late or entry.has_pending:
            yield Recheck(resource_arn=arn, time=now)
