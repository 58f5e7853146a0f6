"""The hours at which a channel may be on the air."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import ClassVar, Final

from streamwarden.domain.calendar import (
    WEEK,
    CalendarDate,
    ClockTime,
    Weekday,
    weekday_of,
    zone_named,
)
from streamwarden.domain.rules.check import (
    ON_AIR,
    Judge,
    LiveCheck,
    breach,
    compliant,
    not_applicable,
)
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.live_sessions.timetable import Timetable, TimetableView
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.stale_session import has_ended
from streamwarden.domain.verdicts import Finding


class AllowedHours(DeadlineCheck, LiveCheck, frozen=True):
    """A channel may be on the air only on `days`, from `start` until `end`, by the clock of `zone`.

    The hours belong to the day on which they begin, and may cross midnight. On a date of `closed`
    no stream may be on the air, from midnight to midnight. On a date of `open` every stream may be
    on the air, from midnight to midnight. `warnings` says how long before the allowed hours end
    people get an early warning, each once per stream and end. A rule with the action `warn` in mode
    enforce also puts the `warnings` into the stream. A stream that IVS still lists after its end
    event is off the air, as for `max_duration`.
    Data: `Stream Start` and `Stream End` events, `ListStreams`. Costs no IVS call.
    """

    breached_only_where: ClassVar = ON_AIR

    zone: str = "UTC"
    days: tuple[Weekday, ...] = WEEK
    start: ClockTime | None = None
    end: ClockTime | None = None
    closed: tuple[CalendarDate, ...] = ()
    open: tuple[CalendarDate, ...] = ()

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if not self.days:
            raise ValueError("`days`: name at least one of mon, tue, wed, thu, fri, sat, sun")
        if (self.start is None) != (self.end is None):
            raise ValueError("give both `start` and `end`, or neither")
        if self.start is not None and self.start == self.end:
            raise ValueError("`start` and `end` are the same; leave both out to allow whole days")
        if self.start is None and set(self.days) == set(WEEK) and not self.closed:
            raise ValueError("give `days`, `start` and `end`, or `closed`; else all is allowed")
        both = sorted(set(self.closed) & set(self.open))
        if both:
            raise ValueError(f"{both[0]} is both `closed` and `open`")
        if self.start is not None and self.end is not None:
            self.refuse_warnings_from(_from_until(self.start, self.end), "the allowed hours")

    @property
    def coming(self) -> str:
        return "the allowed hours of this channel end"

    def prepare(self) -> Judge:
        timetable_at = TimetableView(self._timetable()).at
        text, outside = _clock(self.zone), self._explain_outside()

        def judge(facts: Facts, now: datetime) -> Finding:
            live = facts.live
            if live is None or live.on_air_at is None:
                return _OFF_AIR
            if has_ended(facts):
                return _ENDED
            timetable, about = timetable_at(now), one_stream(live.stream_id)
            changes_at = timetable.changes_at
            if timetable.is_open and changes_at is None:
                return compliant("within the allowed hours", about=about)
            if timetable.is_open and changes_at is not None:
                reason = f"within the allowed hours until {text(changes_at)}"
                return self.ahead(reason, about=about, deadline=changes_at, now=now)
            since = min(max(live.on_air_at, timetable.closed_since or live.on_air_at), now)
            reason = f"on the air {outside(now)}"
            return breach(
                reason,
                about=about,
                since=since,
                recheck_at=changes_at,
                compared={"on_air_at": live.on_air_at, "closed_since": timetable.closed_since},
            )

        return judge

    def _timetable(self) -> Timetable:
        return Timetable(
            zone=zone_named(self.zone),
            days=frozenset(self.days),
            hours=(self.start, self.end) if self.start and self.end else None,
            closed_on=frozenset(self.closed),
            open_on=frozenset(self.open),
        )

    def _explain_outside(self) -> Callable[[datetime], str]:
        zone, closed = zone_named(self.zone), frozenset(self.closed)
        text, allowed = _clock(self.zone), self._describe_allowed()

        def explain(now: datetime) -> str:
            if now.astimezone(zone).date() in closed:
                return f"at {text(now)}, a closed date"
            return f"at {text(now)}; allowed is {allowed}"

        return explain

    def _describe_allowed(self) -> str:
        days = _describe_days(self.days)
        if self.start is None or self.end is None:
            return days
        return f"{days} from {self.start:%H:%M} to {self.end:%H:%M}"


def _from_until(start: time, end: time) -> timedelta:
    """From one time of day until the next time that it is the other."""
    first, last = (timedelta(hours=each.hour, minutes=each.minute) for each in (start, end))
    return (last - first) % timedelta(days=1)


def _clock(zone_name: str) -> Callable[[datetime], str]:
    """Formats a moment by the clock of the zone: `sat 2026-03-14 13:00 (Europe/Berlin)`."""
    zone = zone_named(zone_name)

    @lru_cache(maxsize=8)  # the same moment for every channel that is on the air
    def describe(moment: datetime) -> str:
        local = moment.astimezone(zone)
        return f"{weekday_of(local.date())} {local:%Y-%m-%d %H:%M} ({zone_name})"

    return describe


def _describe_days(days: Iterable[Weekday]) -> str:
    named = [day for day in WEEK if day in set(days)]
    return "every day" if len(named) == len(WEEK) else ", ".join(named)


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_ENDED: Final = not_applicable("the stream has ended; IVS still lists it")
