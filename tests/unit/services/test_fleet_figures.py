"""What a sweep knows of the whole account, in figures, and what an entry has for them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.inputs import Health, Input, KeyObserved
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.verdicts import Mode, PlannedAction, Severity
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.fleet_figures import FleetFigures, figures_of
from streamwarden.services.records import FleetEntry, OpenIncident
from testbed import builders as build
from testbed.builders import CHANNEL, KEY, at
from tests.unit.services.fakes import Harness

NOW = at()


def entry(**given: Any) -> FleetEntry:
    return FleetEntry(**{"resource_arn": CHANNEL, "digest": "d", **given})


def stream(stream_id: str, started: datetime) -> LiveStream:
    return LiveStream(
        channel_arn=CHANNEL, stream_id=stream_id, health=Health.HEALTHY, start_time=started
    )


def figures(
    *entries: FleetEntry,
    streams: Mapping[str, LiveStream] | None = None,
    controls: AccountControls = NO_CONTROLS,
) -> FleetFigures:
    return figures_of(streams or {}, entries, controls, NOW, outdated=0, rechecked=0)


@pytest.mark.parametrize(
    ("known", "listed", "lost"),
    [
        (entry(live_stream_id="st-1"), stream("st-1", at(-1)), 0),
        (entry(live_stream_id="st-1"), None, 1),
        (entry(), None, 0),
        (entry(), stream("st-1", at(-1)), 1),
        (entry(live_stream_id="st-1"), stream("st-2", at(-1)), 1),
        # The event may be on its way.
        (entry(), stream("st-1", at(minutes=-1)), 0),
        # A first sweep finds channels that nobody has heard of.
        (None, stream("st-1", at(-1)), 0),
    ],
)
def test_a_start_or_an_end_that_no_event_told_is_lost(
    known: FleetEntry | None, listed: LiveStream | None, lost: int
) -> None:
    found = figures(
        *([known] if known else []), streams={listed.channel_arn: listed} if listed else {}
    )

    assert found.events_lost == lost


def test_incidents_are_counted_by_severity_and_by_rule_and_breaches_of_mode_observe_are_not() -> (
    None
):
    low = OpenIncident("owned", Severity.LOW, Mode.NOTIFY)
    high = OpenIncident("no-marathons", Severity.HIGH, Mode.ENFORCE, is_calm=True)
    silent = OpenIncident("quiet", Severity.CRITICAL, Mode.OBSERVE)

    found = figures(
        entry(incidents=(high, low)),
        entry(incidents=(low, silent)),
        entry(incidents=(high,), is_gone=True),
    )

    assert {each: number for each, number in found.open_by_severity.items() if number} == {
        Severity.LOW: 2,
        Severity.HIGH: 1,
    }
    assert set(found.open_by_severity) == set(Severity)
    assert found.open_by_rule == (("owned", 2), ("no-marathons", 1))


def test_a_channel_counts_as_without_a_key_when_no_rotation_takes_so_long() -> None:
    found = figures(
        entry(keyless_since=NOW - timedelta(minutes=11)),
        entry(keyless_since=NOW - timedelta(minutes=9)),
        entry(),
    )

    assert found.without_key == 1


def test_the_oldest_key_and_the_longest_wait_for_a_rotation_count() -> None:
    made = NOW - timedelta(days=30)

    found = figures(
        entry(key_made_on=made.toordinal(), rotation_due_since=NOW - timedelta(days=2)),
        entry(key_made_on=NOW.toordinal(), rotation_due_since=NOW - timedelta(days=9)),
        entry(),
    )

    assert found.oldest_key.days == 30
    assert found.rotation_overdue == timedelta(days=9)
    assert figures(entry()).rotation_overdue == timedelta(0)
    assert figures(entry()).oldest_key == timedelta(0)


def test_a_breaker_counts_until_it_is_released() -> None:
    tripped = AccountControls(tripped={"no-marathons": NOW - timedelta(minutes=1)})

    assert figures(controls=tripped).breakers_tripped == 1
    assert figures(controls=NO_CONTROLS).breakers_tripped == 0


def key_observed(when: datetime, key: str | None, made: datetime | None = None) -> KeyObserved:
    return KeyObserved(resource_arn=CHANNEL, time=when, key_arn=key, minted_at=made)


def entry_after(*inputs: Input, moment: datetime = NOW) -> FleetEntry:
    rule = build.compiled_rule(
        "stream_key_age", {"limit": "P30D"}, PlannedAction(kind="rotate_key"), mode=Mode.ENFORCE
    )
    harness = Harness(build.policy_of(rule))
    harness.time.now = moment
    harness.observer().observe(CHANNEL, [build.channel_listed(at(-1)), *inputs])
    return fleet_entry(harness.store.load(CHANNEL))


def test_an_entry_says_since_when_a_channel_is_without_a_key() -> None:
    assert entry_after(key_observed(NOW, None)).keyless_since == NOW
    assert entry_after(key_observed(NOW, KEY)).keyless_since is None
    assert entry_after().keyless_since is None


def test_an_entry_says_when_a_key_was_made_and_since_when_it_is_due() -> None:
    made = NOW - timedelta(days=31)

    old = entry_after(key_observed(NOW, KEY, made))
    young = entry_after(key_observed(NOW, KEY, NOW))

    assert (old.key_made_on, old.rotation_due_since) == (
        made.toordinal(),
        made + timedelta(days=30),
    )
    assert (young.key_made_on, young.rotation_due_since) == (NOW.toordinal(), None)
