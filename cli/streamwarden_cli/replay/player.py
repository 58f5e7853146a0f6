"""Plays a timeline on a stack: the loop over the moments at which something happens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from ivs_simulator.wire.errors import IvsError
from streamwarden.domain.arn import account_arn, place_of
from streamwarden.domain.inputs import Input
from streamwarden.domain.state.viewers import REPEATED_AFTER
from streamwarden_cli.console import passing
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.evidence import evidence_of
from streamwarden_cli.replay.listing import (
    BEFORE,
    accounts_listed,
    listed,
    recounted,
    streams_counted,
)
from streamwarden_cli.replay.peers import LISTED_EVERY
from streamwarden_cli.replay.recorder import Recorder
from streamwarden_cli.replay.records import Origin
from streamwarden_cli.replay.remembered import remembered, remembered_of_account
from streamwarden_cli.replay.stack import MemoryStack
from streamwarden_cli.replay.timeline import Entry, Rejection, Timeline, time_of
from streamwarden_cli.scenario.channels import Channel
from streamwarden_cli.scenario.fleet import Fleet
from streamwarden_cli.scenario.kinds.broadcasts import Viewers
from streamwarden_cli.scenario.performing import add_channels
from streamwarden_cli.scenario.timeline import Step

# As the schedule of the deployed stack says: once a day, at this time of day, UTC.
_ROTATES_AT: Final = time(4)
_DAY: Final = timedelta(days=1)

# What an event makes the world raise that says less of a call than the API asks for.
_IMPOSSIBLE: Final = (LookupError, TypeError, AttributeError, ValueError, OverflowError, IvsError)


@dataclass(slots=True)
class Player:
    """One replay, from the first event to the end. It tells a person how far it is."""

    timeline: Timeline
    fleet: Fleet
    stack: MemoryStack
    clock: VirtualClock
    recorder: Recorder
    _mentions: dict[str, datetime] = field(init=False)
    _state: set[str] = field(init=False)
    _rotates_at: datetime = field(init=False)
    _lists_peers_at: datetime | None = field(init=False)
    _recounts_at: datetime | None = field(init=False)
    _counted: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._mentions = self.timeline.first_mentions()
        # A channel whose creation is part of the timeline is known from that alone.
        self._state = set(self.timeline.created_channels())
        self._rotates_at = _next_rotation(self.clock())
        self._lists_peers_at = self.clock() if self.stack.has_peers else None
        self._recounts_at = None
        # The streams whose viewers are known: what nothing says of a stream is unknown.
        self._counted = dict(_counted_streams(self.fleet.channels))

    def play(self, end: datetime) -> None:
        """Time runs on until `end` after the last event.

        Raises InvalidInput for the fleet, and for a step that is refused.
        """
        begin = self.clock()
        with passing(end - begin) as passed:
            self.stack.looked = lambda: passed(self.clock() - begin)
            self._play_all(end)
        self.recorder.summary()

    def _play_all(self, end: datetime) -> None:
        add_channels(self.stack.control, self.fleet)
        if self.timeline.has_time:
            self._list_the_fleet()
        for item in self.timeline.items:
            if isinstance(item, Rejection):
                self.recorder.rejection(item)
                continue
            self._pass_time(time_of(item))
            self.clock.advance(time_of(item))
            if isinstance(item, Step):
                self._perform(item)
            else:
                self._play(item)
        self._pass_time(end, itself_too=True)
        self.clock.advance(end)

    def _list_the_fleet(self) -> None:
        """All at the moment before anything is mentioned, so that every event comes after it."""
        begins_at = self.timeline.begins_at
        moment = min([*self._mentions.values(), *self.timeline.moments], default=self.clock())
        moment = min(moment, begins_at) if begins_at is not None else moment
        if self.stack.counts_viewers:
            self._recounts_at = moment + REPEATED_AFTER
        self._remember(moment)
        for counted in streams_counted(self.fleet.channels, moment):
            self.stack.observe(counted.resource_arn, counted)
        for channel in self.fleet.channels:
            if channel.arn not in self._state or channel.live:
                self._state.add(channel.arn)
                found = listed(self.stack.world, channel.arn, moment, channel.live)
                self.stack.observe(channel.arn, *found)
        for account in accounts_listed(self.fleet.channels, moment):
            if self.stack.subject_of(account) is not None:
                self.stack.observe(account.resource_arn, account)

    def _remember(self, moment: datetime) -> None:
        """What the records of a stack hold, where the fleet says so."""
        at, account = moment - BEFORE, self.fleet.account
        if account is not None:
            for place in dict.fromkeys(place_of(each.arn) for each in self.fleet.channels):
                arn = account_arn(place.account, place.region)
                self.stack.remember(remembered_of_account(arn, account, at))
        keys = {each["arn"]: next(iter(each["streamKeyArns"]), None) for each in self._there()}
        for channel in self.fleet.channels:
            if channel.record is not None:
                key_arn = keys.get(channel.arn)
                record = channel.record.as_of(moment)
                self.stack.remember(remembered(channel.arn, record, key_arn, at))

    def _there(self) -> list[dict[str, Any]]:
        """Asked for only where a record says something: it takes a while for thousands."""
        has_records = any(each.record is not None for each in self.fleet.channels)
        return self.stack.control.state() if has_records else []

    def _perform(self, step: Step) -> None:
        try:
            self.stack.perform(step)
        except DocumentErrors as error:
            self.recorder.refusal(error)
            return
        if isinstance(step.does, Viewers) and self.stack.counts_viewers and not step.is_refused:
            # No event says how many watch: a sweep of this moment does.
            self._counted.update(self.stack.stream_of(step.does.channel))
            self._recount(self.clock())

    def _play(self, entry: Entry) -> None:
        before = self._introduction(entry)
        self._mirror(entry)
        subject = self.stack.subject_of(entry.event)
        self.recorder.event(entry.event, subject or entry.event.resource_arn, Origin.FILE)
        if subject is not None:
            self._state.add(subject)
            self.stack.observe(subject, *before, entry.event)

    def _mirror(self, entry: Entry) -> None:
        """The services take in what the world cannot follow: so they do when they are deployed."""
        try:
            self.stack.world.mirror(evidence_of(entry))
        except _IMPOSSIBLE:
            return

    def _introduction(self, entry: Entry) -> tuple[Input, ...]:
        """What a listing says of a channel that was not mentioned before: the API's defaults."""
        arn = entry.channel_arn
        if arn is None or arn in self._state:
            return ()
        self.recorder.assumed()
        self.stack.world.add_seen_channel(arn, getattr(entry.event, "channel_name", None) or "")
        return tuple(listed(self.stack.world, arn, self._mentions[arn]))

    def _pass_time(self, until: datetime, *, itself_too: bool = False) -> None:
        """Timers, rotations and what sweeps find about peers, each at its moment.

        Those of `until` come after its events.
        """
        while (at := self._next_moment()) < until or (itself_too and at == until):
            self.clock.advance(at)
            self.stack.live_on()
            self.stack.fire_timers()
            if self._rotates_at <= at:
                self.stack.rotate_keys()
                self._rotates_at += _DAY
            if self._lists_peers_at is not None and self._lists_peers_at <= at:
                self.stack.observe_peers()
                self._lists_peers_at += LISTED_EVERY
            if self._recounts_at is not None and self._recounts_at <= at:
                self._recount(at)

    def _recount(self, now: datetime) -> None:
        for each in recounted(self.stack.world, self._counted, now):
            self.stack.observe(each.resource_arn or "", each)
        self._recounts_at = now + REPEATED_AFTER

    def _next_moment(self) -> datetime:
        moments = (
            self.stack.world.next_due,
            self.stack.timers.next_at(),
            self._lists_peers_at,
            self._recounts_at,
            self._rotates_at,
        )
        return min([at for at in moments if at is not None])


def _counted_streams(channels: Iterable[Channel]) -> Iterator[tuple[str, str]]:
    for channel in channels:
        live = channel.live
        if live is not None and live.viewer_count is not None and live.ended_at is None:
            yield channel.arn, live.stream_id


def _next_rotation(now: datetime) -> datetime:
    today = datetime.combine(now.date(), _ROTATES_AT, now.tzinfo)
    return today if today > now else today + _DAY
