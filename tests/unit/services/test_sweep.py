"""A sweep compares what is listed with what is remembered, and reports only differences."""

from copy import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, ResourceType
from streamwarden.domain.inputs import (
    Health,
    Recheck,
    ResourceListed,
    ResourceNotListed,
    StreamListed,
    StreamNotListed,
    StreamStillListed,
)
from streamwarden.domain.needs import Needs
from streamwarden.services.fleet import digest
from streamwarden.services.records import FleetEntry, ListedResource
from streamwarden.services.sweep import Sweeper
from testbed.builders import CHANNEL, STREAM, at
from tests.unit.services.fakes import NO_BRAKES, FakeIvs, Time, swept

NOTHING = Needs()
SETTINGS = {"name": "studio", "insecureIngest": False, "preset": ""}
LISTED = ListedResource(arn=CHANNEL, settings=SETTINGS, tags={"team": "news"})
DIGEST = digest(ResourceType.CHANNEL, SETTINGS, {"team": "news"})
IDLE = FleetEntry(resource_arn=CHANNEL, digest=DIGEST)
ON_AIR = replace(IDLE, live_stream_id=STREAM, is_on_air=True)
STALE = replace(ON_AIR, is_stale=True)
LIVE = LiveStream(channel_arn=CHANNEL, stream_id=STREAM, health=Health.HEALTHY, start_time=at())

NOTHING = Needs()


def _sweeper(
    ivs: FakeIvs, index: Any, streams: MemoryInbox, changes: MemoryInbox, needs: Needs = NOTHING
) -> Sweeper:
    return Sweeper(
        listing=ivs,
        sessions=ivs,
        keys=ivs,
        index=index,
        stream_inbox=streams,
        change_inbox=changes,
        controls=NO_BRAKES,
        place=Place("210987654321", "eu-west-1"),
        needs=needs,
        decided_under="",
        figures=lambda figures: None,
        restarted=lambda listing: None,
        clock=Time(at(1)),
    )


def sweep(
    entry: FleetEntry | None,
    live: LiveStream | None = None,
    listed: ListedResource | None = LISTED,
    needs: Needs = NOTHING,
) -> list[Any]:
    """The types of what a sweep reports of one channel."""
    streams, changes = MemoryInbox(), MemoryInbox()
    ivs = FakeIvs(live=live, listed=(listed,) if listed else ())

    class Index:
        def entries(self) -> list[FleetEntry]:
            return [entry] if entry else []

    sweeper = _sweeper(ivs, Index(), streams, changes, needs)
    report = swept(sweeper)
    output = [type(each) for each in (*changes.inputs, *streams.inputs)]
    assert report.differences == len(output)
    assert all(each.time == at(1) for each in (*changes.inputs, *streams.inputs))
    return output


@pytest.mark.parametrize(
    ("entry", "live", "expected"),
    [
        (IDLE, None, []),
        (None, None, [ResourceListed]),
        (None, LIVE, [ResourceListed, StreamListed]),
        (replace(IDLE, digest=""), None, [ResourceListed]),
        (replace(IDLE, is_gone=True), None, [ResourceListed]),
        (IDLE, LIVE, [StreamListed]),
        (ON_AIR, LIVE, []),
        (replace(ON_AIR, is_on_air=False), LIVE, [StreamListed]),
        (replace(ON_AIR, live_stream_id="st-old"), LIVE, [StreamListed]),
        (ON_AIR, None, [StreamNotListed]),
        (replace(ON_AIR, is_on_air=False), None, [StreamNotListed]),
        (replace(ON_AIR, is_stalled=True), LIVE, [StreamListed]),
        (ON_AIR, replace(LIVE, health=Health.STARVING), [StreamListed]),
        (replace(ON_AIR, is_stalled=True), replace(LIVE, health=Health.STARVING), []),
        (ON_AIR, replace(LIVE, health=Health.UNKNOWN), []),
        (STALE, LIVE, [StreamListed]),
        (STALE, replace(LIVE, health=Health.UNKNOWN), [StreamStillListed]),
        (STALE, replace(LIVE, health=Health.STARVING), [StreamListed]),
        (STALE, replace(LIVE, stream_id="st-new"), [StreamListed]),
        (STALE, None, [StreamNotListed]),
        (
            replace(STALE, is_stalled=True),
            replace(LIVE, health=Health.STARVING),
            [StreamStillListed],
        ),
        (replace(ON_AIR, is_stalled=True), replace(LIVE, health=Health.UNKNOWN), []),
        (replace(IDLE, has_pending=True), None, [Recheck]),
        (replace(IDLE, recheck_at=at(0, 57)), None, [Recheck]),
        (replace(IDLE, recheck_at=at(0, 58)), None, []),
        (replace(IDLE, recheck_at=at(2)), None, []),
        (replace(ON_AIR, has_pending=True), None, [StreamNotListed]),
    ],
)
def test_only_differences_are_reported(
    entry: FleetEntry | None, live: LiveStream | None, expected: list[Any]
) -> None:
    assert sweep(entry, live) == expected


@pytest.mark.parametrize(
    ("counted_at", "viewers", "needed", "expected"),
    [
        (at(0, 30), 5, True, [StreamListed]),
        (at(0, 31), 5, True, []),
        (at(0, 30), 5, False, []),
        (at(0, 30), None, True, []),
    ],
)
def test_a_count_that_stays_the_same_is_reported_before_it_is_old(
    counted_at: datetime, viewers: int | None, needed: bool, expected: list[Any]
) -> None:
    entry = replace(ON_AIR, viewers=5, counted_at=counted_at)

    reported = sweep(entry, replace(LIVE, viewer_count=viewers), needs=Needs(viewers=needed))

    assert reported == expected


@pytest.mark.parametrize(
    ("reported", "counted", "is_reported"),
    [
        (None, 0, True),
        (0, 0, False),
        (0, 1, True),
        (1, 0, True),
        (1, 10, False),
        (1, 11, True),
        (1000, 1100, False),
        (1000, 1101, True),
        (1000, 899, True),
        (1000, None, False),
    ],
)
def test_viewers_are_reported_when_a_rule_that_reads_them_would_care(
    reported: int | None, counted: int | None, is_reported: bool
) -> None:
    entry, live = replace(ON_AIR, viewers=reported), replace(LIVE, viewer_count=counted)

    assert sweep(entry, live, needs=Needs(viewers=True)) == [StreamListed] * is_reported
    assert sweep(entry, live) == []


@pytest.mark.parametrize("still", [True, False])
def test_viewers_are_not_reported_for_an_exemption_that_has_ended(*, still: bool) -> None:
    needs = Needs(viewers_until=at(1) + timedelta(seconds=still))

    reported = sweep(ON_AIR, replace(LIVE, viewer_count=9), needs=needs)

    assert reported == [StreamListed] * still


@pytest.mark.parametrize(
    ("entry", "expected"),
    [(IDLE, [ResourceNotListed]), (replace(IDLE, is_gone=True), []), (None, [])],
)
def test_a_channel_that_is_not_listed_is_reported_once(
    entry: FleetEntry | None, expected: list[Any]
) -> None:
    assert sweep(entry, listed=None) == expected


@pytest.mark.parametrize(
    ("settings", "tags"),
    [
        ({"name": "other"}, {"team": "news"}),
        (SETTINGS, {"team": "sports"}),
        (SETTINGS, {}),
        ({**SETTINGS, "insecureIngest": True}, {"team": "news"}),
        ({**SETTINGS, "recordingConfigurationArn": "arn"}, {"team": "news"}),
    ],
)
def test_what_a_rule_can_see_makes_a_difference(
    settings: dict[str, Any], tags: dict[str, str]
) -> None:
    assert sweep(IDLE, listed=replace(LISTED, settings=settings, tags=tags)) == [ResourceListed]


@pytest.mark.parametrize(
    "settings", [{"name": "studio"}, {**SETTINGS, "playbackUrl": "https://x", "srt": {}}]
)
def test_what_no_rule_can_see_makes_none(settings: dict[str, Any]) -> None:
    assert sweep(IDLE, listed=replace(LISTED, settings=settings)) == []


def test_what_a_newer_version_has_stored_takes_no_place_of_what_is_decided_again() -> None:
    outdated = replace(IDLE, decided_under="another")
    newer = [
        replace(outdated, resource_arn=f"{CHANNEL}{number}", is_newer=True)
        for number in range(1_000)
    ]
    streams, changes = MemoryInbox(), MemoryInbox()
    ivs = FakeIvs(listed=(LISTED,))
    index = SimpleNamespace(entries=lambda: [*newer, outdated])
    sweeper = _sweeper(ivs, index, streams, changes)

    report = swept(sweeper)

    assert (report.outdated, report.rechecked) == (1_001, 1)
    assert [each.resource_arn for each in changes.inputs] == [IDLE.resource_arn]
