"""How long a channel was on the air: which five-minute slots of each UTC day it was.

Slots are kept, not sums, because they merge: what arrives twice, in parts or in any order counts
once. They stay when the sessions that they come from are forgotten.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from streamwarden.domain.state.periods import LocalPeriod, Span

SLOT: Final = timedelta(minutes=5)
_SLOTS_A_DAY: Final = timedelta(days=1) // SLOT
# A month, and two days for late observations.
_DAYS_KEPT: Final = 33
# No observation of a day arrives after this time (`retention` has the source).
_SETTLED_AFTER: Final = timedelta(days=3)
_LONGEST_SETTLED: Final = 24
_MONDAY: Final = 0
_HEXADECIMAL: Final = "x"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = _EPOCH.toordinal()

# By ISO date, its slots, of which 0 is the one from midnight on: as ranges such as `228-251,264`,
# or where that is shorter as a number in hexadecimal, such as `x5555`, with a bit for each.
type Airtime = Mapping[str, str]


def newest_days(left: Airtime, right: Airtime) -> Airtime:
    """A join: every slot of either, of the newest 33 days."""
    if left == right or not left or not right:
        return left or right
    days = sorted(left.keys() | right.keys())[-_DAYS_KEPT:]
    return {day: _either(left.get(day, ""), right.get(day, "")) for day in days}


@lru_cache(maxsize=1024)
def _either(one: str, other: str) -> str:
    return one if one == other else _format_slots(_read(one) | _read(other))


def _read(slots: str) -> int:
    """A bit for each slot."""
    if slots.startswith(_HEXADECIMAL):
        return int(slots.removeprefix(_HEXADECIMAL), 16)
    bits = 0
    for span in filter(None, slots.split(",")):
        first, _, last = span.partition("-")
        bits |= (2 << int(last or first)) - (1 << int(first))
    return bits


def _format_slots(bits: int) -> str:
    ranges = ",".join(_ranges(bits))
    hexadecimal = f"{_HEXADECIMAL}{bits:x}"
    return ranges if len(ranges) <= len(hexadecimal) else hexadecimal


def _ranges(bits: int) -> Iterator[str]:
    for first, last in _runs(bits):
        yield str(first) if first == last else f"{first}-{last}"


def _runs(bits: int) -> Iterator[tuple[int, int]]:
    """The first and the last slot of each run."""
    slot = 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits >>= gap
        length = (~bits & (bits + 1)).bit_length() - 1
        first, last = slot + gap, slot + gap + length - 1
        yield first, last
        bits >>= length
        slot = last + 1


def within_days_kept(airtime: Airtime, now: datetime) -> Airtime:
    oldest = _date((now - _EPOCH).days - _DAYS_KEPT)
    return {day: slots for day, slots in airtime.items() if day > oldest}


def settled(
    airtime: Airtime, now: datetime, on_air_at: datetime | None, *, keeps_edges: bool = False
) -> Airtime:
    """The same times, with a few characters for each day that gets no more observations.

    Of such a day only the total airtime is kept. The live stream, which began at `on_air_at`, still
    gets observations, so its days stay as they are. With `keeps_edges`, so do the days in which a
    week or a month may begin by the clock of some time zone.
    """
    if all(len(slots) <= _LONGEST_SETTLED for slots in airtime.values()):
        return airtime
    settles = min(now - _SETTLED_AFTER, on_air_at - timedelta(days=1) if on_air_at else now)
    last = _date((settles - _EPOCH).days)
    return {
        day: slots
        if day > last
        or len(slots) <= _LONGEST_SETTLED
        or (keeps_edges and _may_be_an_edge(date.fromisoformat(day)))
        else _format_slots((1 << _count(slots)) - 1)
        for day, slots in airtime.items()
    }


def _may_be_an_edge(day: date) -> bool:
    days = (day, day + timedelta(days=1))
    return any(each.day == 1 or each.weekday() == _MONDAY for each in days)


def slots_between(start: datetime, end: datetime) -> Airtime:
    """The slots that a stream touches from `start` until just before `end`; none if it is over."""
    if end <= start:
        return {}
    first, last = (start - _EPOCH) // SLOT, -((_EPOCH - end) // SLOT) - 1
    last_day = last // _SLOTS_A_DAY
    first_day = max(first // _SLOTS_A_DAY, last_day - _DAYS_KEPT + 1)
    return {
        _date(day): _bits(first - day * _SLOTS_A_DAY, last - day * _SLOTS_A_DAY)
        for day in range(first_day, last_day + 1)
    }


def spans_on_air(airtime: Airtime) -> Iterator[tuple[datetime, datetime]]:
    """From when until just before when the channel was on the air, oldest first, in whole slots."""
    begins = ends = _EPOCH
    for day in sorted(airtime):
        for first, last in _runs(_read(airtime[day])):
            start = _midnight_of(day) + SLOT * first
            if start != ends:
                if ends > begins:
                    yield begins, ends
                begins = start
            ends = _midnight_of(day) + SLOT * (last + 1)
    if ends > begins:
        yield begins, ends


@lru_cache(maxsize=64)  # the days of the last month, for every channel
def _date(day: int) -> str:
    return date.fromordinal(_EPOCH_DAY + day).isoformat()


@lru_cache(maxsize=1024)  # streams begin and end together, and each is asked about again and again
def _bits(first: int, last: int) -> str:
    """The slots of one day, of which `first` and `last` may lie before and after it."""
    begins, ends = max(first, 0), min(last, _SLOTS_A_DAY - 1)
    return _format_slots((1 << (ends + 1)) - (1 << begins))


def before(airtime: Airtime, moment: datetime) -> Airtime:
    """The slots that end before the one in which `moment` is begins."""
    day, slot = divmod((moment - _EPOCH) // SLOT, _SLOTS_A_DAY)
    today = _date(day)
    kept = {each: slots for each, slots in airtime.items() if each < today}
    if bits := _read(airtime.get(today, "")) & ((1 << slot) - 1):
        kept[today] = _format_slots(bits)
    return kept


def aired_within(airtime: Airtime, span: Span) -> timedelta:
    """How long the channel was on the air within the span, counted in slots."""
    first, last = _edges(span)
    return SLOT * sum(
        _count(slots)
        if first.day < day < last.day
        else _count_on_edge(day, _read(slots), first, last)
        for day, slots in airtime.items()
        if first.day <= day <= last.day
    )


class _Edge(NamedTuple):
    """The UTC day in which a period begins or ends, and how many of its slots are before that."""

    day: str
    slots: int


@lru_cache(maxsize=64)
def _edges(span: Span) -> tuple[_Edge, _Edge]:
    first, before = divmod((span.start - _EPOCH) // SLOT, _SLOTS_A_DAY)
    last, final = divmod((span.end - _EPOCH) // SLOT - 1, _SLOTS_A_DAY)
    return _Edge(_date(first), before), _Edge(_date(last), final + 1)


def _count_on_edge(day: str, bits: int, first: _Edge, last: _Edge) -> int:
    if day == last.day:
        bits &= (1 << last.slots) - 1
    return (bits >> first.slots if day == first.day else bits).bit_count()


def _count(slots: str) -> int:
    return _read(slots).bit_count()


class LastAired(Struct, frozen=True, array_like=True):
    """The newest span of a period in which a channel was on the air, and its slots within it."""

    name: str
    slots: int

    def within(self, span: Span) -> timedelta:
        """How long it was on the air within a span of the period: nothing if that is newer."""
        return SLOT * self.slots if span.name == self.name else timedelta(0)


def last_aired(airtime: Airtime, periods: Iterable[LocalPeriod]) -> dict[str, LastAired]:
    """By the text of each period; nothing of a channel that never was on the air."""
    day = max(airtime, default=None)
    if day is None:
        return {}
    newest = _midnight_of(day) + SLOT * (_read(airtime[day]).bit_length() - 1)
    spans = {str(period): period.around(newest) for period in periods}
    return {
        period: LastAired(span.name, aired_within(airtime, span) // SLOT)
        for period, span in spans.items()
    }


def _midnight_of(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


class Usage(Struct, frozen=True):
    """Airtime that was `spent` by the moment `at`, and by how many live streams it grows since."""

    spent: timedelta
    at: datetime
    streams: int

    def by(self, now: datetime) -> timedelta:
        return self.spent + max(now - self.at, timedelta(0)) * self.streams

    def reaches(self, limit: timedelta) -> datetime:
        """When `limit` is spent, if the streams go on; in the past if it was less before."""
        return self.at + (limit - self.spent) / self.streams
