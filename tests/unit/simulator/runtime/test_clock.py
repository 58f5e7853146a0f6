"""The local AWS's time runs ahead of the system's, never back, and stops where something is due."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ivs_simulator.runtime.clock import LONGEST_ADVANCE, Clock
from ivs_simulator.runtime.event_queue import EventQueue
from ivs_simulator.state.options import REALISTIC, Options
from ivs_simulator.world import World
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION

HOUR = timedelta(hours=1)


class Diary:
    """Timers that record what time the clock showed when they fired."""

    def __init__(self, clock: Clock) -> None:
        self.event_queue, self.clock = EventQueue(), clock
        self.seen: list[tuple[datetime, datetime]] = []

    def note(self, due: datetime) -> None:
        self.event_queue.add(due, lambda at: self.seen.append((at, self.clock())))

    @property
    def next_due(self) -> datetime | None:
        return self.event_queue.next_due

    def tick(self) -> None:
        self.event_queue.run_until(self.clock())


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: NOW)


def test_it_is_real_time_until_it_is_advanced(clock: Clock) -> None:
    assert (clock(), clock.offset) == (NOW, timedelta(0))


def test_offsets_add_up(clock: Clock) -> None:
    diary = Diary(clock)
    clock.advance(HOUR, diary)
    clock.advance(2 * HOUR, diary)

    assert (clock(), clock.offset) == (NOW + 3 * HOUR, 3 * HOUR)


def test_what_is_due_on_the_way_sees_its_own_time(clock: Clock) -> None:
    diary = Diary(clock)
    dues = [NOW + timedelta(minutes=minute) for minute in (20, 10, 60, 61)]
    for due in dues:
        diary.note(due)

    clock.advance(HOUR, diary)

    assert diary.seen == [(due, due) for due in sorted(dues[:3])]
    clock.advance(HOUR, diary)
    assert diary.seen[3:] == [(dues[3], dues[3])]


def test_what_follows_from_what_is_due_happens_on_the_way_too(clock: Clock) -> None:
    diary = Diary(clock)
    diary.event_queue.add(NOW + HOUR, lambda at: diary.note(at + HOUR))

    clock.advance(3 * HOUR, diary)

    assert diary.seen == [(NOW + 2 * HOUR, NOW + 2 * HOUR)]


def test_real_time_that_passes_on_the_way_is_not_lost() -> None:
    moments = iter(range(1000))
    clock = Clock(lambda: NOW + timedelta(seconds=next(moments)))
    diary = Diary(clock)
    diary.note(NOW + HOUR)

    clock.advance(2 * HOUR, diary)

    assert clock.offset == 2 * HOUR
    ((due, seen),) = diary.seen
    assert due <= seen < due + timedelta(minutes=1)


@pytest.mark.parametrize(
    "span", [timedelta(0), timedelta(seconds=-1), LONGEST_ADVANCE + timedelta(seconds=1)]
)
def test_time_goes_forward_and_not_for_ever(clock: Clock, span: timedelta) -> None:
    with pytest.raises(ValueError, match="time goes forward"):
        clock.advance(span, Diary(clock))


def test_a_world_lives_through_the_time_that_is_skipped(clock: Clock) -> None:
    events: list[dict[str, Any]] = []
    world = World(clock, events.append, options=Options(latencies=REALISTIC))
    made = world.call("CreateChannel", {}, account=ACCOUNT, region=REGION)
    broadcast = world.go_live(made["streamKey"]["value"])
    clock.advance(timedelta(minutes=1), world)
    broadcast.stall()
    del events[:]

    clock.advance(24 * HOUR, world)

    silent = (
        NOW + timedelta(minutes=1) + REALISTIC.missing_ingest if REALISTIC.missing_ingest else 0
    )
    assert isinstance(silent, datetime)
    assert [(event["detail"]["event_name"], event["time"]) for event in events] == [
        ("Session Ended", f"{silent:%Y-%m-%dT%H:%M:%SZ}"),
        ("Stream End", f"{silent + REALISTIC.draining:%Y-%m-%dT%H:%M:%SZ}"),
    ]
