"""A record has little room, and other versions read it too: before and after a deployment."""

import json
from collections.abc import Mapping
from copy import replace
from typing import Any

import msgspec
import pytest

from streamwarden.adapters.dynamodb.fleet import decode_entry
from streamwarden.adapters.dynamodb.reading import read_record
from streamwarden.adapters.dynamodb.records import record_item
from streamwarden.domain.brakes import Brake
from streamwarden.domain.decision import Effect, Incident, ShareNotified, Standing
from streamwarden.domain.levels import Mode, Severity
from streamwarden.domain.state.resource import Resource
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.records import NOTHING_PENDING, Record
from testbed.builders import CHANNEL, at

OPENED = Incident(rule_id="no-marathons", severity=Severity.HIGH, mode=Mode.ENFORCE, opened_at=at())
AWAITED = replace(OPENED, rule_id="owned", awaited="an/action", awaited_since=at(1))
WHOLE = replace(
    AWAITED,
    rule_id="fought-over",
    times=3,
    notified_brakes=frozenset({Brake.PAUSE}),
    acknowledged_by="ann",
    acknowledged_at=at(2),
    is_on_repeat_notified=True,
)
RECORD = Record(
    state=Resource(arn=CHANNEL),
    standing=Standing(
        incidents={each.rule_id: each for each in (OPENED, AWAITED, WHOLE)},
        effects={
            "owned": {
                "tag": Effect(times=1, attempts=1, seen_at=at()),
                "stop": Effect(times=2, attempts=1, seen_at=at(), taken_back_at=at(1)),
            }
        },
        shares_notified={
            "budget": ShareNotified(percent=80),
            "viewers": ShareNotified(percent=90, calm_since=at(1)),
        },
    ),
)
# As every version before 2026-11-29 stored it: each list with all of its fields.
FORMERLY: dict[str, Any] = {
    "incidents": [*RECORD.standing.incidents.values()],
    "effects": RECORD.standing.effects,
    "shares_notified": RECORD.standing.shares_notified,
}


def read(item: Mapping[str, Any]) -> Record:
    entry = decode_entry(item)
    assert entry is not None
    return read_record(item, entry, NOTHING_PENDING)


def test_what_stands_at_its_default_takes_no_room_at_the_end_of_a_list() -> None:
    item = record_item(RECORD)

    assert json.loads(item["incidents"]["S"])[0] == [
        "no-marathons",
        "high",
        "enforce",
        "2026-03-14T12:00:00Z",
    ]
    assert json.loads(item["incidents"]["S"])[1][-1] == "2026-03-14T13:00:00Z"
    assert json.loads(item["effects"]["S"])["owned"]["tag"] == [1, 1, "2026-03-14T12:00:00Z"]
    assert json.loads(item["shares_notified"]["S"])["budget"] == [80]
    assert json.loads(item["entry"]["S"])["incidents"][1] == [
        "no-marathons",
        "high",
        "enforce",
        True,
    ]


def test_a_record_is_read_as_it_was_stored() -> None:
    found = read(record_item(RECORD))

    assert found.standing == RECORD.standing
    assert decode_entry(record_item(RECORD)) == fleet_entry(RECORD)


def test_a_record_of_an_earlier_version_reads_the_same() -> None:
    whole = {name: {"S": msgspec.json.encode(part).decode()} for name, part in FORMERLY.items()}

    assert read(record_item(RECORD) | whole).standing == RECORD.standing


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("incidents", list[Incident]),
        ("effects", dict[str, dict[str, Effect]]),
        ("shares_notified", dict[str, ShareNotified]),
    ],
)
def test_an_earlier_version_reads_what_this_one_stores(name: str, form: Any) -> None:
    """It decodes each part by its type alone, as this one does."""
    stored = record_item(RECORD)[name]["S"]

    assert msgspec.json.decode(stored, type=form) == FORMERLY[name]
