"""Tell live channels where they stand among those that are counted together with them.

It costs no call of IVS: streams and tags are listed by every sweep, and airtime is in the fleet
index. Nor does it cost writes while no rule would care: each report is one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.inputs import PeersListed
from streamwarden.domain.needs import Needs
from streamwarden.domain.state.airtime import SHARED_PERIODS, SLOT, Period
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.peers import REPEATED_AFTER, Aired, Peers
from streamwarden.services.listings import Listed
from streamwarden.services.records import FleetEntry
from streamwarden.services.unfinished_sweep import Together

_ALL: Final = ""  # in the place of a tag's key: the whole account and region

# The key of a tag, and the value that channels share.
type Group = tuple[str, str]


class Fleet(Struct, frozen=True):
    """What a sweep has read: live streams, channels and fleet entries, each by channel ARN.

    `earlier` is what is kept of channels that earlier invocations of the sweep have read.
    """

    streams: Mapping[str, LiveStream]
    channels: Listed
    entries: Mapping[str, FleetEntry]
    earlier: Together = Together()


def changed_peers(fleet: Fleet, needs: Needs, now: datetime) -> Iterator[PeersListed]:
    """Observations of peers for the live channels whose record holds other peers.

    A channel whose stream is not known to be live, or counts as over, gets them from a later sweep.
    """
    limits = _limits(needs)
    if not limits:
        return
    fleet = replace(fleet, streams=_going_on(fleet))
    ranks = _ranks(fleet, limits)
    aired = _aired(fleet, needs, now)
    for arn, stream in fleet.streams.items():
        entry = fleet.entries.get(arn)
        if entry is None or not entry.is_on_air or entry.live_stream_id != stream.stream_id:
            continue
        found = {
            key: Peers(
                value=value,
                live=len(ranks[key, value]),
                rank=ranks[key, value][arn],
                limits=limits[key],
                aired=aired.get((key, value)),
            )
            for key, value in _groups(fleet, arn, limits)
        }
        if found and not _is_unchanged(found, entry.peers, now):
            yield PeersListed(resource_arn=arn, time=now, stream_id=stream.stream_id, peers=found)


def together_of(fleet: Fleet, needs: Needs, now: datetime) -> Together:
    """What is kept of the channels for the invocation that goes on with the sweep."""
    keys = _limits(needs)
    fleet = replace(fleet, streams=_going_on(fleet))
    spent: dict[str, dict[str, Mapping[Period, timedelta]]] = defaultdict(dict)
    for (key, value), by_period in _spent(fleet, needs, now).items():
        # What is not there counts as nothing, and an account may have many values.
        if known := {period: each for period, each in by_period.items() if each}:
            spent[key][value] = known
    tags = {arn: dict(_groups(fleet, arn, keys)) for arn in fleet.streams}
    return Together(tags={arn: each for arn, each in tags.items() if each}, spent=spent)


def _going_on(fleet: Fleet) -> Mapping[str, LiveStream]:
    """The listed streams, without those that are over.

    IVS lists a stream for a while after its end, and sometimes for good. If it were counted, a
    later stream would be stopped for it. Its airtime is in the entry by then. A stream of which no
    event has arrived counts as over for one sweep.
    """
    return {
        arn: stream
        for arn, stream in fleet.streams.items()
        if not _is_over(stream, fleet.entries.get(arn))
    }


def _is_over(stream: LiveStream, entry: FleetEntry | None) -> bool:
    if entry is None:
        return False
    return entry.live_stream_id != stream.stream_id or entry.is_stale


def _limits(needs: Needs) -> Mapping[str, tuple[int, ...]]:
    """The keys of tags that rules count by, each with the ranks that matter to one."""
    limits: dict[str, set[int]] = {key: set() for key in needs.airtime}
    for key, limit in needs.peers:
        limits.setdefault(key, set()).add(limit)
    return {key: tuple(sorted(each)) for key, each in limits.items()}


def _groups(fleet: Fleet, arn: str, keys: Iterable[str]) -> Iterator[Group]:
    """What the channel is counted with. Of one that is not listed the tags are unknown."""
    channel = fleet.channels.get(arn)
    tags = channel.tags if channel else fleet.earlier.tags.get(arn, {})
    for key in keys:
        if key == _ALL:
            yield _ALL, ""
        elif key in tags:
            yield key, tags[key]


def _ranks(fleet: Fleet, keys: Iterable[str]) -> Mapping[Group, Mapping[str, int]]:
    """By group, the place of each live channel in it: 1 is the one that started first."""
    ranks: dict[Group, dict[str, int]] = defaultdict(dict)
    for stream in sorted(fleet.streams.values(), key=attrgetter("start_time", "channel_arn")):
        for group in _groups(fleet, stream.channel_arn, keys):
            ranks[group][stream.channel_arn] = len(ranks[group]) + 1
    return ranks


def _aired(fleet: Fleet, needs: Needs, now: datetime) -> Mapping[Group, Aired]:
    """By group, what its channels have been on the air together in the day and month of `now`."""
    return {
        group: Aired(_seconds(each[Period.DAY]), _seconds(each[Period.MONTH]))
        for group, each in _spent(fleet, needs, now).items()
    }


def _spent(fleet: Fleet, needs: Needs, now: datetime) -> Mapping[Group, Mapping[Period, timedelta]]:
    """The same, exactly, of the channels of this invocation and of those before it."""
    if not needs.airtime:
        return {}
    spent: dict[Group, dict[Period, timedelta]] = defaultdict(dict)
    for key, by_value in fleet.earlier.spent.items():
        spent |= {(key, value): dict(each) for value, each in by_value.items()}
    for arn in fleet.channels:
        own = {period: _aired_by(fleet, arn, period, now) for period in SHARED_PERIODS}
        for group in _groups(fleet, arn, needs.airtime):
            for period, each in own.items():
                spent[group][period] = spent[group].get(period, timedelta(0)) + each
    return spent


def _aired_by(fleet: Fleet, arn: str, period: Period, now: datetime) -> timedelta:
    entry, stream = fleet.entries.get(arn), fleet.streams.get(arn)
    spent = entry.aired.within(period, now) if entry and entry.aired else timedelta(0)
    if stream is not None:
        spent += max(now - max(stream.start_time, period.around(now).start), timedelta(0))
    return spent


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _is_unchanged(
    found: Mapping[str, Peers], stored: Stamped[dict[str, Peers]] | None, now: datetime
) -> bool:
    """Whether no rule would judge otherwise by what is found than by what is stored."""
    if stored is None or now - stored.at >= REPEATED_AFTER:
        return False
    return all(
        key in stored.value
        and _is_same_place(peers, stored.value[key])
        and _is_on_course(peers, stored.value[key], stored.at, now)
        for key, peers in found.items()
    )


def _is_same_place(found: Peers, stored: Peers) -> bool:
    """Whether it is on the same side of each limit, however many there are on either side."""
    if (found.value, found.limits) != (stored.value, stored.limits):
        return False
    return all((found.rank <= limit) == (stored.rank <= limit) for limit in found.limits)


def _is_on_course(found: Peers, stored: Peers, counted_at: datetime, now: datetime) -> bool:
    """Whether airtime grows at the stored rate, give or take a slot for each stream.

    One slot is five minutes. No budget is kept more exactly than that.
    """
    for period in SHARED_PERIODS:
        spent = found.usage(now, period, now)
        expected = stored.usage(counted_at, period, now)
        if spent is None or expected is None:
            return spent is expected
        if abs(spent.by(now) - expected.by(now)) > SLOT * spent.streams:
            return False
    return True
