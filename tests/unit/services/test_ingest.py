"""What encoders send is asked for a few streams at a time, until it is known."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place
from streamwarden.domain.inputs import Health, IngestObserved, Input, StreamListed
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.verdicts import Mode
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.ingest import observed_ingests
from streamwarden.services.records import FleetEntry, Record
from streamwarden.services.sweep import Sweeper
from testbed.builders import (
    CHANNEL,
    NEXT_STREAM,
    NOON,
    STREAM,
    at,
    ingest_observed,
    starvation_start,
    state_from,
    stream_end,
    stream_listed,
    stream_not_listed,
    stream_start,
    video_track,
)
from tests.unit.services.fakes import NO_BRAKES, FakeIvs, Time, swept

SENDS = Ingest(video=(video_track(),))
KNOWN = FleetEntry(
    resource_arn=CHANNEL, digest="", live_stream_id=STREAM, is_on_air=True, is_ingest_known=True
)


@dataclass
class Sessions:
    """StreamSessions that answers so many times, and then is busy."""

    answers: int = 1000
    sends: Ingest | None = SENDS
    asked: list[str] = field(default_factory=list)

    def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
        self.asked.append(stream_id)
        if len(self.asked) > self.answers:
            raise TemporaryError("ivs:GetStreamSession: ThrottlingException")
        return self.sends


def live(stream_id: str = STREAM, start_time: datetime = NOON, arn: str = CHANNEL) -> LiveStream:
    return LiveStream(
        channel_arn=arn, stream_id=stream_id, health=Health.HEALTHY, start_time=start_time
    )


def crowd(size: int) -> list[LiveStream]:
    """Each began a minute after the one before."""
    start = at()
    return [
        live(f"st-{number:02}", start + timedelta(minutes=number), f"{CHANNEL}{number:02}")
        for number in range(size)
    ]


@pytest.mark.parametrize(
    ("entry", "asked"),
    [
        (None, [STREAM]),
        (KNOWN, []),
        (FleetEntry(resource_arn=CHANNEL, digest="", live_stream_id=STREAM), [STREAM]),
        (FleetEntry(resource_arn=CHANNEL, digest="", is_ingest_known=True), [STREAM]),
    ],
)
def test_what_is_known_is_not_asked_again(entry: FleetEntry | None, asked: list[str]) -> None:
    sessions = Sessions()
    entries = {CHANNEL: entry} if entry else {}

    found = list(observed_ingests(sessions, [live()], entries, at(1)))

    assert sessions.asked == asked
    assert found == [ingest_observed(at(1), audio=()) for _ in asked]


def test_another_stream_is_another_encoder() -> None:
    sessions = Sessions()

    list(observed_ingests(sessions, [live(NEXT_STREAM)], {CHANNEL: KNOWN}, at(1)))

    assert sessions.asked == [NEXT_STREAM]


def test_the_twenty_newest_are_asked() -> None:
    sessions = Sessions(sends=None)

    found = list(observed_ingests(sessions, crowd(25), {}, at(1)))

    assert found == []
    assert sessions.asked == [f"st-{number:02}" for number in range(24, 4, -1)]


def test_a_stream_without_an_id_is_not_asked_about() -> None:
    sessions = Sessions()

    assert list(observed_ingests(sessions, [live("")], {}, at(1))) == []
    assert sessions.asked == []


def test_where_ivs_is_busy_the_rest_has_time() -> None:
    sessions = Sessions(answers=2)

    found = list(observed_ingests(sessions, crowd(25), {}, at(1)))

    assert [each.stream_id for each in found] == ["st-24", "st-23"]
    assert len(sessions.asked) == 3


@dataclass
class Swept:
    """One sweep of a channel on the air, about which nothing is known yet."""

    needs: Needs
    ivs: FakeIvs = field(default_factory=lambda: FakeIvs(live=live(), sends=SENDS))
    inbox: MemoryInbox = field(default_factory=MemoryInbox)

    def run(self) -> list[Input]:
        class Index:
            def entries(self) -> list[FleetEntry]:
                return []

        sweeper = Sweeper(
            listing=self.ivs,
            sessions=self.ivs,
            keys=self.ivs,
            index=Index(),
            stream_inbox=self.inbox,
            change_inbox=MemoryInbox(),
            controls=NO_BRAKES,
            place=Place("210987654321", "eu-west-1"),
            needs=self.needs,
            decided_under=decided_under("", Mode.ENFORCE),
            figures=lambda figures: None,
            restarted=lambda listing: None,
            clock=Time(at(1)),
        )
        report = swept(sweeper)
        assert report.differences >= len(self.inbox.inputs)
        return list(self.inbox.inputs)


def test_a_sweep_asks_only_where_the_policy_needs_it() -> None:
    without, asking = Swept(Needs()).run(), Swept(Needs(ingest=True)).run()

    assert [type(each) for each in without] == [StreamListed]
    assert [type(each) for each in asking] == [StreamListed, IngestObserved]


def test_a_missing_permission_hides_no_difference() -> None:
    class Forbidden(FakeIvs):
        def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
            raise PermanentError("ivs:GetStreamSession: AccessDeniedException")

    swept = Swept(Needs(ingest=True), ivs=Forbidden(live=live()))

    with pytest.raises(PermanentError):
        swept.run()
    assert [type(each) for each in swept.inbox.inputs] == [StreamListed]


def entry_of(*inputs: Input) -> FleetEntry:
    return fleet_entry(Record(state=state_from(*inputs)))


PARTIAL = video_track(bitrate=None)


@pytest.mark.parametrize(
    ("inputs", "is_known"),
    [
        ((stream_start(at()),), False),
        ((stream_start(at()), ingest_observed(at(minutes=1))), True),
        ((stream_start(at()), ingest_observed(at(minutes=9), PARTIAL)), False),
        ((stream_start(at()), ingest_observed(at(minutes=10), PARTIAL)), True),
        ((stream_start(at()), ingest_observed(at(minutes=1), video_track(), PARTIAL)), False),
        ((stream_start(at()), ingest_observed(at(minutes=1)), stream_end(at(1))), False),
        (
            (
                stream_start(at()),
                ingest_observed(at(minutes=1)),
                stream_start(at(1), NEXT_STREAM),
            ),
            False,
        ),
    ],
)
def test_an_answer_with_gaps_is_asked_for_again_while_the_stream_is_young(
    inputs: tuple[Input, ...], is_known: bool
) -> None:
    assert entry_of(*inputs).is_ingest_known is is_known


LISTED_AFTER_ITS_END = stream_listed(at(1, minutes=6), health="UNKNOWN", start_time=at())
STARVING = stream_listed(at(minutes=5), health="STARVING", start_time=at())


@pytest.mark.parametrize(
    ("inputs", "is_stale"),
    [
        ((stream_start(at()),), False),
        ((stream_start(at()), stream_end(at(1))), False),
        ((stream_start(at()), stream_end(at(1)), LISTED_AFTER_ITS_END), True),
        (
            (stream_start(at()), stream_end(at(1)), LISTED_AFTER_ITS_END, stream_not_listed(at(2))),
            False,
        ),
        ((stream_start(at()), STARVING), True),
        ((stream_start(at()), STARVING, starvation_start(at(minutes=4))), False),
    ],
)
def test_what_seems_to_be_over_lingers(inputs: tuple[Input, ...], is_stale: bool) -> None:
    assert entry_of(*inputs).is_stale is is_stale
