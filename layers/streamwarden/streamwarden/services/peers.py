"""Tell live channels where they stand among those that are counted together with them.

It costs no call of IVS: streams and tags are listed by every sweep, and airtime is in the fleet
index. Nor does it cost writes while no rule would care: each report is one.

Airtime is counted by the periods that rules need. An entry has those of the policy that its record
was decided under. Airtime of a period that is not there counts as nothing until a sweep has had the
record decided again, so that no stream is stopped for what is not known.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.inputs import Health, PeersListed
from streamwarden.domain.ivs import filled_tags
from streamwarden.domain.needs import Needs
from streamwarden.domain.state.airtime import SLOT
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.peers import REPEATED_AFTER, Peers, stored_value
from streamwarden.domain.state.periods import LocalPeriod, Span
from streamwarden.services.listings import Listed
from streamwarden.services.records import FleetEntry
from streamwarden.services.unfinished_sweep import Together

_ALL: Final = ""  # in the place of a tag's key: the whole account and region

# The key of a tag, and the value that channels share, as it is stored.
type Group = tuple[str, str]
# By the text of a period, how long channels were on the air in it.
type Spent = Mapping[str, timedelta]


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
    spent, periods = _spent(fleet, needs, now), _periods(needs)
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
                is_heir=_is_heir(ranks[key, value][arn], entry.peers, key),
                aired=_aired(spent.get((key, value), {}), periods.get(key, ())),
            )
            for key, value in _groups(fleet, arn, limits)
        }
        if found and not _is_unchanged(found, entry.peers, needs, periods, now):
            yield PeersListed(
                resource_arn=arn,
                time=now,
                stream_id=stream.stream_id,
                peers=found,
                is_healthy=stream.health is Health.HEALTHY,
            )


def together_of(fleet: Fleet, needs: Needs, now: datetime) -> Together:
    """What is kept of the channels for the invocation that goes on with the sweep."""
    keys = _limits(needs)
    fleet = replace(fleet, streams=_going_on(fleet))
    spent: dict[str, dict[str, Spent]] = defaultdict(dict)
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
    limits: dict[str, set[int]] = {key: set() for key in _periods(needs)}
    for key, limit in needs.peers:
        limits.setdefault(key, set()).add(limit)
    return {key: tuple(sorted(each)) for key, each in limits.items()}


def _groups(fleet: Fleet, arn: str, keys: Iterable[str]) -> Iterator[Group]:
    """What the channel is counted with. Of one that is not listed the tags are unknown."""
    channel = fleet.channels.get(arn)
    tags = filled_tags(channel.tags) if channel else fleet.earlier.tags.get(arn, {})
    for key in keys:
        if key == _ALL:
            yield _ALL, ""
        elif key in tags:
            yield key, stored_value(tags[key])


def _ranks(fleet: Fleet, keys: Iterable[str]) -> Mapping[Group, Mapping[str, int]]:
    """By group, the place of each live channel in it: 1 is the one that started first."""
    ranks: dict[Group, dict[str, int]] = defaultdict(dict)
    for stream in sorted(fleet.streams.values(), key=attrgetter("start_time", "channel_arn")):
        for group in _groups(fleet, stream.channel_arn, keys):
            ranks[group][stream.channel_arn] = len(ranks[group]) + 1
    return ranks


def _periods(needs: Needs) -> Mapping[str, Sequence[LocalPeriod]]:
    """By the key of a tag, the periods in which rules add up airtime by its values."""
    periods: dict[str, list[LocalPeriod]] = defaultdict(list)
    for key, period in sorted(needs.airtime):
        periods[key].append(period)
    return periods


def _aired(spent: Spent, periods: Iterable[LocalPeriod]) -> Mapping[str, int]:
    """The same in seconds: what is not there counts as nothing."""
    nothing = timedelta(0)
    texts = map(str, periods)
    return {text: spent.get(text, nothing) // timedelta(seconds=1) for text in texts}


def _spent(fleet: Fleet, needs: Needs, now: datetime) -> Mapping[Group, Spent]:
    """What the channels of each group have been on the air together in the periods of `now`.

    Exactly, of the channels of this invocation and of those before it.
    """
    spent: dict[Group, dict[str, timedelta]] = defaultdict(dict)
    for key, by_value in fleet.earlier.spent.items():
        spent |= {(key, value): dict(each) for value, each in by_value.items()}
    periods = {key: [*map(str, each)] for key, each in _periods(needs).items()}
    spans = {str(period): period.around(now) for _, period in needs.airtime}
    for arn in fleet.channels if periods else ():
        own = {period: _aired_by(fleet, arn, period, span, now) for period, span in spans.items()}
        for group in _groups(fleet, arn, periods):
            of_group, (key, _) = spent[group], group
            for period in periods[key]:
                of_group[period] = of_group.get(period, timedelta(0)) + own[period]
    return spent


def _aired_by(fleet: Fleet, arn: str, period: str, span: Span, now: datetime) -> timedelta:
    entry, stream = fleet.entries.get(arn), fleet.streams.get(arn)
    last = entry.aired.get(period) if entry else None
    spent = last.within(span) if last else timedelta(0)
    if stream is not None:
        spent += max(now - max(stream.start_time, span.start), timedelta(0))
    return spent


def _is_unchanged(
    found: Mapping[str, Peers],
    stored: Stamped[dict[str, Peers]] | None,
    needs: Needs,
    periods: Mapping[str, Sequence[LocalPeriod]],
    now: datetime,
) -> bool:
    """Whether no rule would judge otherwise by what is found than by what is stored."""
    if stored is None or now - stored.at >= REPEATED_AFTER:
        return False
    return all(
        key in stored.value
        and _is_same_place(peers, stored.value[key])
        and _is_same_count(peers, stored.value[key], key, needs)
        and all(
            _is_on_course(peers, stored.value[key], period, stored.at, now)
            for period in periods.get(key, ())
        )
        for key, peers in found.items()
    )


def _is_same_place(found: Peers, stored: Peers) -> bool:
    """Whether it is on the same side of each limit, however many there are on either side."""
    if (found.value, found.limits) != (stored.value, stored.limits):
        return False
    return all((found.rank <= limit) == (stored.rank <= limit) for limit in found.limits)


def _is_heir(rank: int, stored: Stamped[dict[str, Peers]] | None, key: str) -> bool:
    before = stored.value.get(key) if stored else None
    return rank == 1 and before is not None and before.rank != 1


def _is_same_count(found: Peers, stored: Peers, key: str, needs: Needs) -> bool:
    """Rules that warn of the number of streams read it from the record of the first one."""
    counts = [count for counted, count in needs.live_counts if counted == key]
    if found.rank != 1 or not counts:
        return True
    return stored.rank == 1 and all(
        (found.live < count) == (stored.live < count) for count in counts
    )


def _is_on_course(
    found: Peers, stored: Peers, period: LocalPeriod, counted_at: datetime, now: datetime
) -> bool:
    """Whether airtime grows at the stored rate, give or take a slot for each stream.

    One slot is five minutes. No budget is kept more exactly than that.
    """
    spent, expected = found.usage(now, period, now), stored.usage(counted_at, period, now)
    if spent is None or expected is None:
        return False
    return abs(spent.by(now) - expected.by(now)) <= SLOT * spent.streams
