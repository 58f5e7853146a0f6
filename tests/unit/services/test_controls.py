"""What observers remember of controls, and what holds while nobody can read them."""

from datetime import timedelta

from streamwarden.adapters.memory import MemoryRecordStore
from streamwarden.domain.arn import Place
from streamwarden.domain.brakes import pause_on
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.state.merge import Stamped
from streamwarden.services.controls import RememberedControls
from streamwarden.services.errors import PermanentError
from streamwarden.services.ports import ReadControls
from streamwarden.services.records import Record
from testbed.builders import ACCOUNT, CHANNEL, REGION
from tests.unit.services.fakes import Time

PLACE = Place(ACCOUNT, REGION)


class Lookup:
    """Controls that differ at each reading."""

    def __init__(self) -> None:
        self.readings = 0
        self.is_readable = True

    def of(self, place: Place, *, afresh: bool = False) -> AccountControls:
        self.readings += 1
        if not self.is_readable:
            raise PermanentError("the controls cannot be read")
        return AccountControls(live_streams=Stamped(self.readings, Time().now))


class CountingStore(MemoryRecordStore):
    """How often a record was read together with controls."""

    with_controls = 0

    def load_with_controls(self, resource_arn: str) -> tuple[Record, ReadControls]:
        self.with_controls += 1
        return super().load_with_controls(resource_arn)


def test_they_are_read_again_after_some_seconds_and_when_the_clock_goes_back() -> None:
    lookup, time = Lookup(), Time()
    remembered = RememberedControls(lookup, time)
    readings = []

    for seconds in (0, 4, 2, -60, 4, 1):
        time.later(seconds=seconds)
        remembered.of(PLACE)
        readings.append(lookup.readings)

    assert readings == [1, 1, 2, 3, 3, 4]


def test_where_they_have_to_be_read_they_are_read_with_the_record() -> None:
    lookup, time, store = Lookup(), Time(), CountingStore()
    remembered = RememberedControls(lookup, time)
    readings = []

    for seconds, afresh in ((0, False), (4, False), (0, True), (4, False), (1, False)):
        time.later(seconds=seconds)
        remembered.load_with(store, CHANNEL, afresh=afresh)
        readings.append(store.with_controls)

    assert readings == [1, 1, 2, 2, 3]
    assert remembered.of(PLACE) == NO_CONTROLS
    assert lookup.readings == 0


def test_while_they_cannot_be_read_everything_is_held_and_nothing_is_lost() -> None:
    """A failure would send every event of the account to a dead-letter queue."""
    lookup, time = Lookup(), Time()
    lookup.is_readable = False

    controls = RememberedControls(lookup, time).of(PLACE)

    held = pause_on(controls, time.now)
    assert held is not None
    assert "the controls cannot be read" in held.reason
    assert held.until is not None
    assert time.now < held.until <= time.now + timedelta(minutes=5)
    assert pause_on(NO_CONTROLS, time.now) is None
