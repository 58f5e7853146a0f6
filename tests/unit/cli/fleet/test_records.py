"""What a stack remembers of channels is written with a fleet, and is remembered again from it."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from msgspec.structs import replace

from streamwarden.domain.decision import Repetition, Standing
from streamwarden.domain.levels import Mode, Severity
from streamwarden.domain.state.airtime import newest_days, slots_between
from streamwarden.domain.state.controls import ChannelControls, Exemption, Protection, Sender
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.orders import Orders, Quarantine
from streamwarden.domain.state.resource import Recording, Resource, Session, StreamKey
from streamwarden.domain.verdicts import Breach
from streamwarden.services.records import Record
from streamwarden_cli.fleet.export import rendered
from streamwarden_cli.fleet.records import record_of
from streamwarden_cli.replay.remembered import remembered
from streamwarden_cli.scenario.reading import read_scenario

CHANNEL: Final = "arn:aws:ivs:eu-west-1:111122223333:channel/aaaaAAAAaaaa"
KEY: Final = "arn:aws:ivs:eu-west-1:111122223333:stream-key/bbbbBBBBbbbb"
NOW: Final = datetime(2026, 3, 12, 12, tzinfo=UTC)  # a Thursday
WHO: Final = Sender(id="AROAX:anna@example.com", claimed_arn="arn:aws:iam::1:user/anna")
LIVE: Final = {"streamId": "st-now", "startTime": "2026-03-12T11:00:00Z"}


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


BREACH: Final = Breach(
    rule_id="marathon",
    subject="st-now",
    severity=Severity.HIGH,
    mode=Mode.NOTIFY,
    since=ago(minutes=30),
    opened_at=ago(minutes=20),
    stream_id="st-now",
)
RECORD: Final = Record(
    state=Resource(
        arn=CHANNEL,
        first_seen_at=ago(days=100),
        last_on_air_at=ago(days=1),
        airtime=reduce(
            newest_days,
            [
                slots_between(ago(days=1, hours=3), ago(days=1)),
                # Over midnight, and of two parts of one day.
                slots_between(ago(hours=14), ago(hours=10)),
                slots_between(ago(hours=6), ago(hours=5, minutes=30)),
            ],
        ),
        key_arn=Stamped(KEY, ago(days=50)),
        stream_keys={KEY: StreamKey(arn=KEY, minted_at=ago(days=50))},
        sessions={"st-now": Session(stream_id="st-now", on_air_at=ago(hours=1))},
        recordings={
            "r-1": Recording(
                recording_id="r-1", stream_ids=frozenset({"st-now"}), started_at=ago(hours=1)
            ),
            "r-0": Recording(recording_id="r-0", stream_ids=frozenset({"st-before"})),
        },
        controls=ChannelControls(
            exemptions={
                "marathon": Stamped(
                    Exemption(until=NOW + timedelta(hours=1), reason="finals", author=WHO),
                    ago(hours=2),
                ),
                "over": Stamped(
                    Exemption(until=ago(hours=1), reason="finals", author=WHO), ago(hours=2)
                ),
                "ended": Stamped(None, ago(hours=2)),
            },
            protection=Stamped(Protection(reason="finals", author=WHO), ago(hours=2)),
        ),
    ),
    standing=Standing(
        breaches={BREACH.id: BREACH},
        pending_since={"owned": ago(days=2)},
        orders=Orders(
            quarantine=Quarantine(
                since=ago(hours=3),
                reason="three times",
                until=NOW + timedelta(hours=21),
                rule_id="marathon",
                spans=(timedelta(minutes=90), timedelta(hours=36), timedelta(days=3)),
                number=2,
                acted_at=ago(hours=3),
            )
        ),
        repetitions={
            "marathon": (Repetition("t-one1", ago(days=2)),),
            "owned": (Repetition("", ago(days=3)),),
        },
    ),
)


def written(record: Record, live: dict[str, Any] | None = None) -> dict[str, Any]:
    """The members, as they are in the file."""
    found: dict[str, Any] = yaml.safe_load(rendered(record_of(record, live, NOW)))
    return found


def read_back(record: Record, tmp_path: Path, live: dict[str, Any] | None = None) -> Record:
    channel = {"arn": CHANNEL, "name": "hall", "record": record_of(record, live, NOW)}
    file = tmp_path / "fleet.yaml"
    file.write_text(rendered({"from": "2026-03-12T12:00:00Z", "channels": [channel]}))
    (found,) = read_scenario(file).channels
    assert found.record is not None
    return remembered(CHANNEL, found.record, KEY, NOW)


def test_what_is_written_is_remembered_as_it_was(tmp_path: Path) -> None:
    found = read_back(RECORD, tmp_path, LIVE)

    for name in ("first_seen_at", "last_on_air_at", "airtime", "stream_keys"):
        assert getattr(found.state, name) == getattr(RECORD.state, name), name
    assert found.state.key_arn == Stamped(KEY, NOW)
    assert found.state.recordings == {"r-1": RECORD.state.recordings["r-1"]}
    controls = found.state.controls
    assert controls is not None
    assert controls.exemptions.keys() == {"marathon"}
    assert controls.protection is not None
    standing = found.standing
    assert standing.breaches == RECORD.standing.breaches
    assert standing.pending_since == {BREACH.id: BREACH.since, "owned": ago(days=2)}
    assert standing.orders.quarantine == RECORD.standing.orders.quarantine
    assert standing.repetitions == RECORD.standing.repetitions
    (incident,) = standing.incidents.values()
    assert (incident.rule_id, incident.opened_at) == ("marathon", BREACH.opened_at)


def test_what_is_on_the_air_counts_from_its_own_start_and_what_has_ended_does_not() -> None:
    airtime = newest_days(RECORD.state.airtime, slots_between(ago(hours=1), NOW))
    record = replace(RECORD, state=replace(RECORD.state, airtime=airtime))
    last = {"startTime": "2026-03-12T11:00:00Z", "endTime": "2026-03-12T12:00:00Z"}

    assert last not in written(record, LIVE)["streamSessions"]
    assert last in written(record)["streamSessions"]
    assert "recordings" not in written(record)


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (NOW, date(2026, 2, 28)),  # the month began before the week
        (datetime(2026, 3, 2, 3, tzinfo=UTC), date(2026, 2, 22)),  # elsewhere it is Sunday still
        (datetime(2026, 4, 1, 3, tzinfo=UTC), date(2026, 2, 28)),  # and here the last of March
    ],
)
def test_no_more_is_written_than_a_budget_may_count(now: datetime, first: date) -> None:
    start, end = now.replace(hour=0) - timedelta(days=32), now
    state = replace(RECORD.state, airtime=slots_between(start, end), sessions={})

    (session,) = record_of(replace(RECORD, state=state), None, now)["streamSessions"]

    assert session["startTime"] == f"{first}T00:00:00Z"


def test_what_another_clock_dates_ahead_has_been_by_now(tmp_path: Path) -> None:
    ahead = NOW + timedelta(minutes=20)
    state = replace(
        RECORD.state,
        last_on_air_at=ahead,
        stream_keys={KEY: StreamKey(arn=KEY, minted_at=ahead)},
        airtime=slots_between(ago(minutes=10), ahead),
        sessions={},
    )

    found = read_back(replace(RECORD, state=state), tmp_path)

    assert found.state.last_on_air_at == found.state.stream_keys[KEY].minted_at == NOW
    assert found.state.airtime == slots_between(ago(minutes=10), NOW)


def test_neither_keys_nor_people_are_written() -> None:
    text = rendered(record_of(RECORD, LIVE, NOW))

    assert "anna" not in text
    assert KEY not in text


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        (Resource(arn=CHANNEL), None),
        (Resource(arn=CHANNEL, key_arn=Stamped(None, NOW)), []),
        (Resource(arn=CHANNEL, key_arn=Stamped(KEY, NOW)), [{}]),
    ],
)
def test_no_key_is_another_thing_than_a_key_of_which_nothing_is_known(
    state: Resource, keys: list[Any] | None
) -> None:
    assert written(Record(state=state)).get("streamKeys") == keys
