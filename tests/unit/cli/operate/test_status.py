"""`streamwarden status` counts what the fleet index says, and says what a sweep has read."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from streamwarden.domain.verdicts import Mode, Severity
from streamwarden.services.records import FleetEntry, OpenIncident
from streamwarden.services.unfinished_sweep import RunningSweep, begun_at
from streamwarden_cli.operate.queues import QueueDepth
from streamwarden_cli.operate.sections import Section
from streamwarden_cli.operate.status import SECTIONS, Status, status_sections
from testbed.builders import CHANNEL, KEY_PAIR, OTHER_CHANNEL, at
from tests.unit.cli.operate.finished_sweep import LAST

NOW: Final = at(1)
STOPPED: Final = OpenIncident("no-marathons", Severity.HIGH, Mode.ENFORCE)
CALM: Final = OpenIncident(
    "no-marathons", Severity.HIGH, Mode.ENFORCE, is_calm=True, is_acknowledged=True
)
UNTAGGED: Final = OpenIncident("owned", Severity.LOW, Mode.OBSERVE)
QUIET: Final = Status(
    now=NOW, mode="enforce", decided_under="enforce:4f", entries=(), running=None, last=None,
    queues=(),
)  # fmt: skip


def entry(arn: str = CHANNEL, *incidents: OpenIncident, **more: Any) -> FleetEntry:
    given = {"decided_under": "enforce:4f", **more}
    return FleetEntry(resource_arn=arn, digest="", incidents=incidents, **given)


def section(status: Status, key: str) -> Section:
    (found,) = [each for each in status_sections(status) if each.key == key]
    return found


def test_channels_and_what_is_live_are_counted_without_what_is_gone() -> None:
    entries = [
        entry(CHANNEL, is_on_air=True),
        entry(OTHER_CHANNEL, is_gone=True),
        entry(KEY_PAIR, UNTAGGED),
    ]

    fleet = section(replace(QUIET, entries=entries), "fleet")

    assert fleet.values == {"channels": 1, "live_streams": 1, "open_breaches": 1}


def test_what_is_open_is_counted_by_rule_the_most_urgent_first() -> None:
    entries = [entry(CHANNEL, UNTAGGED, STOPPED), entry(OTHER_CHANNEL, CALM)]

    found = section(replace(QUIET, entries=entries), "incidents")

    assert [(each["rule"], each["in_breach"], each["calm"]) for each in found.values] == [
        ("no-marathons", 1, 1),
        ("owned", 1, 0),
    ]
    assert found.rows[0] == (("high", "red"), "no-marathons", "enforce", "1", "1", "1")


@pytest.mark.parametrize(
    ("decided_under", "outdated"), [("enforce:4f", 1), ("notify:4f", 2), ("", 0)]
)
def test_records_that_were_decided_under_something_else_are_counted(
    decided_under: str, outdated: int
) -> None:
    entries = [entry(CHANNEL), entry(OTHER_CHANNEL, decided_under="enforce:3e")]

    deployed = section(replace(QUIET, entries=entries, decided_under=decided_under), "deployed")

    assert deployed.values["outdated"] == outdated


@pytest.mark.parametrize(
    ("held_until", "word"), [(at(1, 1), "at work"), (at(0, 59), "waiting to go on")]
)
def test_the_last_sweep_and_the_one_under_way_are_said(held_until: Any, word: str) -> None:
    unfinished = begun_at(at(0, 59), "enforce:4f")
    running = RunningSweep(holder="a", held_until=held_until, tries=1, unfinished=unfinished)

    sweep = section(replace(QUIET, running=running, last=LAST), "sweep")

    last, under_way = sweep.rows
    assert last[1] == ("2026-03-14 12:56:00 (4m ago): 2 channels, 1 live, 3 differences")
    assert str(under_way[1][0]).startswith(f"{word}: began 1m ago, reads streams")


def test_dead_letters_come_last_and_stand_out() -> None:
    queues = [QueueDepth("ADeadLetters", 2, 0), QueueDepth("BInbox", 1, 3, timedelta(minutes=2))]

    found = section(replace(QUIET, queues=queues), "queues")

    assert found.rows == [
        (("BInbox", ""), ("1", ""), "3", "2m"),
        (("ADeadLetters", "bold red"), ("2", "bold red"), "0", "-"),
    ]


def test_each_section_has_a_key_of_its_own() -> None:
    assert len({each.key for each in status_sections(QUIET)}) == len(SECTIONS)
