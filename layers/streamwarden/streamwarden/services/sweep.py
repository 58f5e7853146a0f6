"""Compare the account with what is remembered, and report every difference to the observers.

Events can be lost. A sweep reads ListChannels and ListStreams, one call per 100, what else the
policy needs, and the fleet index; what agrees costs nothing further.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, ResourceType, account_arn, resource_type_of
from streamwarden.domain.breaker import limit_of
from streamwarden.domain.inputs import OwnInput, Recheck, StreamsCounted
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy_outline import with_modes
from streamwarden.domain.state.controls import AccountControls
from streamwarden.services.differences import (
    Entries,
    changed_resources,
    changed_streams,
    held_records,
    missing_resources,
    outdated_records,
    overdue,
)
from streamwarden.services.errors import OutOfTime, PermanentError, TemporaryError, TokenRefused
from streamwarden.services.fleet_figures import figures_of
from streamwarden.services.ingest import observed_ingests
from streamwarden.services.listings import (
    Listed,
    account_of,
    as_reported,
    uses_of,
    with_restrictions,
    with_uses,
)
from streamwarden.services.pages import pages, whole
from streamwarden.services.peers import Fleet, changed_peers, together_of
from streamwarden.services.ports import (
    Clock,
    ControlsLookup,
    FiguresLog,
    FleetIndex,
    FleetListing,
    HasTime,
    Inbox,
    KeyLookup,
    Restarted,
    StreamSessions,
)
from streamwarden.services.records import FleetEntry, ListedResource, Page
from streamwarden.services.stream_keys import observed_keys
from streamwarden.services.unfinished_sweep import Listing, UnfinishedSweep, begun_at

# How many records a sweep has decided again after a deployment. Each is a message, a read and a
# write; so many hold up an event that comes behind them by some seconds.
_RECHECKS_A_SWEEP: Final = 1_000

_CHANNEL: Final = ResourceType.CHANNEL
_ACCOUNT: Final = ResourceType.ACCOUNT

type _ByType = Mapping[ResourceType | None, Entries]  # where a type has none, it is empty


class SweepReport(Struct, frozen=True, kw_only=True):
    """What a sweep saw and how many differences it reported, in all its invocations together.

    `began_at` is the moment of which it tells. `outdated` records were decided under another
    policy, mode or code; it had `rechecked` of them looked at, and the next sweep goes on.
    """

    began_at: datetime
    channels: int
    streams: int
    differences: int
    outdated: int
    rechecked: int


class Sweeper(Struct, frozen=True, kw_only=True):
    """What a sweep needs: the account's listing, the fleet index, and the observers' inboxes.

    `decided_under` is what a decision depends on now, beside what is known and set by operators.
    `newer` are the resources whose records a newer version has stored.
    """

    listing: FleetListing
    sessions: StreamSessions
    keys: KeyLookup
    index: FleetIndex
    stream_inbox: Inbox
    change_inbox: Inbox
    controls: ControlsLookup
    place: Place
    needs: Needs
    decided_under: str
    figures: FiguresLog
    restarted: Restarted
    clock: Clock
    newer: frozenset[str] = frozenset()

    def begin(self) -> UnfinishedSweep:
        """A sweep that has read nothing yet."""
        return begun_at(self.clock(), self.decided_under)

    def go_on(
        self, begun: UnfinishedSweep, has_time: HasTime = lambda: True
    ) -> SweepReport | UnfinishedSweep:
        """Read, compare, report: to the end, or as far as there is time.

        At least one page is read. What is known is reported before more is read: a listing that IVS
        refuses or has no time for holds up nothing that matters more. Stops wait for streams, so
        these come first, and what nothing else rests on comes last. Raises TemporaryError,
        PermanentError.
        """
        sweep = self._read_streams(begun, has_time)
        if sweep.listing is Listing.STREAMS:
            return sweep
        entries = _by_type(self.index.entries())
        return self._reporting(entries)._compare(begun, sweep, entries, has_time)

    def _reporting(self, entries: _ByType) -> "Sweeper":
        """The same, which reports nothing that observers of this version would refuse."""
        newer = frozenset(each.resource_arn for each in _every(entries) if each.is_newer)
        return replace(self, newer=newer) if newer else self

    def _compare(
        self,
        begun: UnfinishedSweep,
        sweep: UnfinishedSweep,
        entries: _ByType,
        has_time: HasTime,
    ) -> SweepReport | UnfinishedSweep:
        if begun.listing is Listing.STREAMS:
            sweep = self._report_streams(sweep, entries)
        sweep, channels = self._read_channels(sweep, has_time)
        streams = {stream.channel_arn: stream for stream in sweep.streams}
        fleet = Fleet(streams, channels, entries[_CHANNEL], sweep.together)
        has_time_for_rest = begun.listing is Listing.REST or has_time()
        if sweep.listing is Listing.CHANNELS or not has_time_for_rest:
            return self._report_part(sweep, fleet)
        try:
            return self._report_rest(sweep, fleet, entries, has_time)
        except OutOfTime:
            if begun.listing is Listing.REST:
                raise
            return self._kept(sweep, fleet)  # the next invocation has more time, and does it again

    def _read_streams(self, sweep: UnfinishedSweep, has_time: HasTime) -> UnfinishedSweep:
        if sweep.listing is not Listing.STREAMS:
            return sweep
        sweep, found = self._read(sweep, self.listing.streams, has_time)
        sweep = replace(sweep, streams=(*sweep.streams, *found))
        return sweep if sweep.token else replace(sweep, listing=Listing.CHANNELS)

    def _read_channels(
        self, sweep: UnfinishedSweep, has_time: HasTime
    ) -> tuple[UnfinishedSweep, Listed]:
        if sweep.listing is not Listing.CHANNELS:
            return sweep, {}
        read = partial(self.listing.resources, _CHANNEL)
        sweep, found = self._read(sweep, read, has_time)
        sweep = sweep if sweep.token else replace(sweep, listing=Listing.REST)
        return sweep, _by_arn(found)

    def _read[T](
        self, sweep: UnfinishedSweep, page: Callable[[str], Page[T]], has_time: HasTime
    ) -> tuple[UnfinishedSweep, list[T]]:
        """Go on with the listing. A token that IVS refuses begins it again, once a sweep."""
        try:
            found, token = pages(page, sweep.token, has_time)
        except TokenRefused:
            if sweep.listing in sweep.restarted:
                raise
            self.restarted(sweep.listing)
            sweep = sweep.from_start()
            found, token = pages(page, sweep.token, has_time)
        return replace(sweep, token=token), found

    def _report_streams(self, sweep: UnfinishedSweep, entries: _ByType) -> UnfinishedSweep:
        """Also the records that are decided again: once a sweep."""
        now = sweep.began_at
        streams = {stream.channel_arn: stream for stream in sweep.streams}
        live = list(changed_streams(streams, entries[_CHANNEL], self.needs, now))
        live_arns = {each.resource_arn for each in live}
        recheck = overdue(_every(entries), now)
        late = [each for each in recheck if each.resource_arn not in live_arns]
        differences = self._put(self.stream_inbox, [*live, *late])
        controls = self.controls.of(self.place)
        self._put(self.stream_inbox, [*self._count(len(streams), controls, now)])
        under = with_modes(self.decided_under, controls)
        outdated = outdated_records(_every(entries), under, now)
        rechecked = [each for each in outdated if not each.is_newer][:_RECHECKS_A_SWEEP]
        held = held_records(_every(entries), controls, now)
        self._request_rechecks([*rechecked, *held][:_RECHECKS_A_SWEEP], now)
        # Also where a listing fails later, it is known how far a deployment has come.
        self.figures(
            figures_of(
                streams,
                _every(entries),
                controls,
                now,
                outdated=len(outdated),
                rechecked=len(rechecked),
            )
        )
        return replace(
            sweep, differences=differences, outdated=len(outdated), rechecked=len(rechecked)
        )

    def _count(self, live: int, controls: AccountControls, now: datetime) -> Iterator[OwnInput]:
        """How many streams are live, where that changes what a breaker lets pass."""
        known = controls.live_streams.value if controls.live_streams else None
        if limit_of(live) != limit_of(known):
            arn = account_arn(self.place.account, self.place.region)
            yield StreamsCounted(resource_arn=arn, time=now, live=live)

    def _request_rechecks(self, outdated: Iterable[FleetEntry], now: datetime) -> None:
        """Only what may have to be stopped goes the way of stops."""
        live, rest = list[OwnInput](), list[OwnInput]()
        for each in outdated:
            looked_at = live if each.live_stream_id else rest
            looked_at.append(Recheck(resource_arn=each.resource_arn, time=now))
        self._put(self.stream_inbox, live)
        self._put(self.change_inbox, rest)

    def _report_part(self, sweep: UnfinishedSweep, fleet: Fleet) -> UnfinishedSweep:
        """What the channels that were read say by themselves. The rest is kept for the end."""
        others = self._others(sweep)
        channels = with_restrictions(fleet.channels, others)
        changes = [*changed_resources(channels, fleet.entries, sweep.began_at)]
        return replace(
            self._kept(sweep, fleet),
            others={resource: tuple(listed.values()) for resource, listed in others.items()},
            differences=sweep.differences + self._put(self.change_inbox, changes),
        )

    def _kept(self, sweep: UnfinishedSweep, fleet: Fleet) -> UnfinishedSweep:
        """The sweep with what its end needs of the channels that were read."""
        return replace(
            sweep,
            listed=sweep.listed.with_arns(fleet.channels),
            uses=sweep.uses + uses_of(fleet.channels),
            together=together_of(fleet, self.needs, sweep.began_at),
        )

    def _report_rest(
        self, sweep: UnfinishedSweep, fleet: Fleet, entries: _ByType, has_time: HasTime
    ) -> SweepReport:
        """What only the whole listing says, and what is asked for in single calls."""
        now, uses = sweep.began_at, sweep.uses + uses_of(fleet.channels)
        earlier = (arn for arn in fleet.entries if arn in sweep.listed)
        listed = {*fleet.channels, *earlier}
        reported = self._put(self.stream_inbox, [*changed_peers(fleet, self.needs, now)])
        others = self._others(sweep)
        changes = [
            *changed_resources(with_restrictions(fleet.channels, others), fleet.entries, now),
            *missing_resources(listed, fleet.entries, now),
            *_changed_others(with_uses(others, uses), entries, now),
            *self._changed_account(uses.channels, fleet.streams, others, entries[_ACCOUNT], now),
        ]
        reported += self._put(self.change_inbox, changes)
        reported += self._put(self.stream_inbox, self._ingests(fleet, now))
        reported += self._put(self.change_inbox, self._keys(listed, fleet.entries, now))
        reported += self._report_alone(entries, now, has_time)
        return SweepReport(
            began_at=now,
            channels=uses.channels,
            streams=len(fleet.streams),
            differences=sweep.differences + reported,
            outdated=sweep.outdated,
            rechecked=sweep.rechecked,
        )

    def _report_alone(self, entries: _ByType, now: datetime, has_time: HasTime) -> int:
        """A type that is refused, as where a region does not have it, holds up none of the others.

        Each is kept no longer than it takes: an account may have more than a sweep can hand on.
        Raises OutOfTime.
        """
        reported, refusals = 0, list[TemporaryError | PermanentError]()
        for resource in self._listed_types(stand_alone=True):
            if refusals and not has_time():
                raise OutOfTime(f"{refusals[0]}; there is no time for the others")
            try:
                listed = self._all_of(resource, has_time)
            except OutOfTime as reason:
                raise OutOfTime(f"{LISTED_TYPES[resource].listing}: {reason}") from reason
            except (TemporaryError, PermanentError) as refusal:
                refusals.append(refusal)
            else:
                changes = [*_changed_others({resource: listed}, entries, now)]
                reported += self._put(self.change_inbox, changes)
        if refusals:
            raise refusals[0]
        return reported

    def _changed_account(
        self,
        channels: int,
        streams: Mapping[str, LiveStream],
        others: Mapping[ResourceType, Listed],
        entries: Entries,
        now: datetime,
    ) -> Iterator[OwnInput]:
        if _ACCOUNT in self.needs.resources:
            account = account_of(self.place, channels, streams, others)
            account = as_reported(account, entries.get(account.arn), self.needs)
            yield from changed_resources({account.arn: account}, entries, now)

    def _ingests(self, fleet: Fleet, now: datetime) -> list[OwnInput]:
        if not self.needs.ingest:
            return []
        return [*observed_ingests(self.sessions, fleet.streams.values(), fleet.entries, now)]

    def _keys(self, channels: Iterable[str], entries: Entries, now: datetime) -> list[OwnInput]:
        if not self.needs.stream_keys:
            return []
        return [*observed_keys(self.keys, channels, entries, now)]

    def _others(self, sweep: UnfinishedSweep) -> Mapping[ResourceType, Listed]:
        """What the policy looks at beside channels and streams, and channels or counts rest on.

        Read once a sweep.
        """
        if sweep.others is not None:
            return {resource: _by_arn(found) for resource, found in sweep.others.items()}
        return {
            resource: self._all_of(resource) for resource in self._listed_types(stand_alone=False)
        }

    def _listed_types(self, *, stand_alone: bool) -> Sequence[ResourceType]:
        """Those that the policy needs; those of the API that a region may not have come last, and
        of these what takes long: a call for each, or what has ended and is still listed."""
        needed = sorted(self.needs.resources & LISTED_TYPES.keys(), key=_place)
        return [each for each in needed if LISTED_TYPES[each].stands_alone is stand_alone]

    def _put(self, inbox: Inbox, found: Sequence[OwnInput]) -> int:
        """How many differences there were that observers of this version take in."""
        taken = [each for each in found if each.resource_arn not in self.newer]
        inbox.put(taken)
        return len(taken)

    def _all_of(self, resource: ResourceType, has_time: HasTime = lambda: True) -> Listed:
        return _by_arn(whole(partial(self.listing.resources, resource), has_time))


def _place(resource: ResourceType) -> tuple[str, bool, bool, str]:
    listed = LISTED_TYPES[resource]
    return listed.api, bool(listed.over), not listed.has_tags, resource


def _changed_others(
    others: Mapping[ResourceType, Listed], entries: _ByType, now: datetime
) -> Iterator[OwnInput]:
    for resource, listed in others.items():
        yield from changed_resources(listed, entries[resource], now)
        yield from missing_resources(listed, entries[resource], now)


def _by_arn(listed: Iterable[ListedResource]) -> Listed:
    return {each.arn: each for each in listed}


def _by_type(entries: Iterable[FleetEntry]) -> _ByType:
    found: dict[ResourceType | None, dict[str, FleetEntry]] = defaultdict(dict)
    for entry in entries:
        found[resource_type_of(entry.resource_arn)][entry.resource_arn] = entry
    return found


def _every(entries: _ByType) -> Iterable[FleetEntry]:
    return chain.from_iterable(each.values() for each in entries.values())
