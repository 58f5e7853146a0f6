"""Whatever arrives is taken in or refused in words, and no later decision fails because of it."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.adapters.batches import Unprocessable, input_reader
from streamwarden.adapters.dynamodb.fleet import decode_entry
from streamwarden.adapters.dynamodb.reading import read_record
from streamwarden.adapters.dynamodb.records import record_item
from streamwarden.adapters.memory import (
    MemoryControls,
    MemoryOutbox,
    MemoryRecordStore,
    MemoryTimers,
)
from streamwarden.adapters.sqs import Message
from streamwarden.domain.arn import Place, ResourceType, resource_type_of
from streamwarden.domain.events import MalformedEvent, parse_event
from streamwarden.domain.inputs import Recheck, envelope_of, parse_input
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Mode
from streamwarden.services.observe import Observer
from testbed import builders
from tests.unit.domain.own_inputs import OWN_INPUTS

CORPUS: Final = Path(__file__).parents[3] / "events"
SAMPLES: Final = {
    path.relative_to(CORPUS).as_posix(): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(CORPUS.glob("*/*.json"))
}
OWN: Final = {f"{at} {type(own).__name__}": envelope_of(own) for at, own in enumerate(OWN_INPUTS)}
STARTED: Final = SAMPLES["stream-state/stream-start.json"]
NOW: Final = datetime(2026, 9, 12, 15, tzinfo=UTC)
HOME: Final = Place("210987654321", "eu-west-1")
RULES: Final = builders.every_kind()


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


GONE: Final = object()
ODD_VALUES: Final[tuple[Any, ...]] = (
    GONE,
    None,
    "",
    "HIDDEN_DUE_TO_SECURITY_REASONS",
    "\ud800",
    {"\ud800": 1},
    "x" * 300,
    "x" * 1_000_000,
    float("nan"),
    float("inf"),
    -1,
    1e308,
    10**18,
    10**400,
    True,
    [],
    {},
    [None],
    {"x": None},
    nested(40),
    nested(2_000),
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "1999-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "arn:aws:ivs:eu-west-1:210987654321:channel/" + "x" * 2_000,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything in an event."""
    if at:
        yield at
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from paths(value[key], (*at, key))


def with_odd(raw: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(raw)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    if value is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


class Memory:
    """An observer of every kind of rule, whose records are as they would be read back."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = MemoryRecordStore()
        self.observer = Observer(
            store=self.store,
            controls=MemoryControls(self.store),
            timers=MemoryTimers(),
            outbox=MemoryOutbox(lambda: self.now),
            policy=RULES,
            max_mode=Mode.ENFORCE,
            clock=lambda: self.now,
            back_off=lambda _: None,
        )

    def take(self, raw: Any) -> str | None:
        """The resource that took it in; None if there is none."""
        subject = self.observer.subject_of(given := parse_input(raw, self.now))
        if subject is not None:
            self.observer.observe(subject, [given])
        return subject

    def read_back(self) -> None:
        """Each record as the table gives it back, which is what was saved."""
        for record in self.store.records():
            item = record_item(record)
            entry = decode_entry(item)
            assert entry is not None
            assert read_record(item, entry, record.pending).state == record.state

    def go_on(self, resource_arn: str) -> None:
        """An ordinary event, and time that passes."""
        for hours in (0, 1, 30):
            self.now = NOW + timedelta(hours=hours)
            if resource_type_of(resource_arn) is ResourceType.CHANNEL:
                time = self.now.isoformat()
                assert self.take({**STARTED, "resources": [resource_arn], "time": time})
            self.observer.observe(resource_arn, [Recheck(resource_arn=resource_arn, time=self.now)])


def check(raw: Any) -> None:
    memory, refused, subject = Memory(), "", None
    try:
        subject = memory.take(raw)
    except MalformedEvent as error:
        refused = str(error)
    assert len(refused.encode()) < 400
    memory.read_back()
    if subject is not None:
        memory.go_on(subject)


EVERYTHING: Final = {**SAMPLES, **OWN}


@given(name=st.sampled_from(sorted(EVERYTHING)), data=st.data())
def test_no_odd_value_makes_a_later_decision_fail(name: str, data: st.DataObject) -> None:
    raw = EVERYTHING[name]
    path = data.draw(st.sampled_from(list(paths(raw))))

    check(with_odd(raw, path, data.draw(st.sampled_from(ODD_VALUES))))


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_an_own_input_is_bounded_too(own: dict[str, Any]) -> None:
    late = with_odd(own, ("detail", "time"), "9999-12-31T23:59:59Z")

    with pytest.raises(MalformedEvent, match=r"detail\.time: expected a moment at most a day"):
        parse_input(late, NOW)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("time",), "2026-09-13T15:00:01Z", "time: expected a moment at most a day after 2026-09"),
        (("time",), "2014-12-31T23:59:59Z", "time: expected a moment since 2015, found '2014-12-"),
        (("detail", "stream_id"), "", "detail.stream_id: expected at least 1 characters, found 0"),
        (
            ("detail", "stream_id"),
            "st-" + "x" * 24,
            "detail.stream_id: expected at most 26 characters, found 27",
        ),
        (("detail", "note"), "x" * 300_000, "event: expected at most 262,144 bytes, found 300,"),
        (("detail", "note"), nested(40), "it is nested too deeply: expected at most 32 levels"),
        (("detail", "note"), ["\udfff"], r"detail.note[0]: expected Unicode text, found '\udfff'"),
        (("detail", "note"), float("-inf"), "detail.note: expected a finite number, found -inf"),
    ],
)
def test_the_field_and_what_was_found_are_named(
    path: tuple[str, ...], value: Any, complaint: str
) -> None:
    with pytest.raises(MalformedEvent) as refused:
        parse_event(with_odd(STARTED, path, value), NOW)

    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("name", "path", "value", "complaint"),
    [
        (
            "limit-breach/ingest-bitrate.json",
            ("detail", "limit_value"),
            10**400,
            "detail.limit_value: expected a number of 64 bits, found a larger one",
        ),
        (
            "limit-breach/ingest-bitrate.json",
            ("detail", "exceeded_by"),
            -0.5,
            "detail.exceeded_by: expected at least 0, found -0.5",
        ),
        (
            "recording-state/recording-end.json",
            ("detail", "recording_duration_ms"),
            10**15,
            "detail.recording_duration_ms: expected at most 31622400000, found 1000000000000000",
        ),
        (
            "api-calls/update-channel.json",
            ("detail", "eventTime"),
            "2030-01-01T00:00:00Z",
            "detail.eventTime: expected a moment at most a day after",
        ),
        (
            "api-calls/update-channel.json",
            ("detail", "requestParameters", "insecureIngest"),
            ["no"],
            "detail.requestParameters.insecureIngest: expected bool, found array",
        ),
    ],
)
def test_a_figure_that_nobody_measures_is_refused(
    name: str, path: tuple[str, ...], value: Any, complaint: str
) -> None:
    with pytest.raises(MalformedEvent) as refused:
        parse_event(with_odd(SAMPLES[name], path, value), NOW)

    assert complaint in str(refused.value)


def test_what_ivs_has_refused_may_be_anything() -> None:
    path = ("detail", "requestParameters", "insecureIngest")

    call = parse_event(with_odd(SAMPLES["api-calls/update-channel-refused.json"], path, ["no"]))

    assert call.name == "UpdateChannel"


def test_a_moment_a_day_ahead_is_taken_in() -> None:
    raw = {**STARTED, "time": "2026-09-13T15:00:00Z"}

    assert parse_event(raw, NOW).envelope.time == NOW + timedelta(days=1)


def test_texts_of_people_are_cut_with_a_mark() -> None:
    arn = STARTED["resources"][0]
    long = "t" * 1_000
    request = {"resourceArn": arn, "tags": {long: long}}
    raw = with_odd(SAMPLES["api-calls/tag-resource.json"], ("detail", "requestParameters"), request)
    memory = Memory()
    memory.take(with_odd(STARTED, ("detail", "channel_name"), long))

    memory.take(raw)

    state = memory.store.load(arn).state
    assert state.settings["name"].value == "t" * 127 + "…"
    assert Facts(state).tags == {"t" * 127 + "…": "t" * 255 + "…"}


def test_a_message_that_no_reader_bears_is_refused_at_once() -> None:
    message = Message(
        id="m-1", body="[" * 100_000, receipt="r-1", sent_at=NOW, receives=1, group=None
    )

    with pytest.raises(Unprocessable, match="nested too deeply"):
        input_reader(HOME)(message, NOW)


VERDICT: Final = SAMPLES["external-verdict/streamwarden-external-verdict.json"]


def test_a_sender_of_another_account_may_judge_a_channel_of_this_one() -> None:
    raw = with_odd(VERDICT, ("account",), "111111111111")

    assert parse_input(raw, NOW, HOME).resource_arn == VERDICT["resources"][0]


@pytest.mark.parametrize("elsewhere", ["eu-west-1:111111111111", "us-east-1:210987654321"])
def test_a_verdict_about_a_channel_elsewhere_is_refused(elsewhere: str) -> None:
    arn = VERDICT["resources"][0].replace("eu-west-1:210987654321", elsewhere)
    region, account = elsewhere.split(":")
    found = f"in eu-west-1, found one of account {account} in {region}"

    with pytest.raises(MalformedEvent, match=rf"resources\[0\]: expected a channel .* {found}"):
        parse_input(with_odd(VERDICT, ("resources",), [arn]), NOW, HOME)


def test_a_verdict_about_what_is_yet_to_come_is_refused() -> None:
    ahead = with_odd(VERDICT, ("time",), "2026-09-12T15:01:01Z")

    with pytest.raises(MalformedEvent, match="time: expected a moment at most 1m after 2026-09-12"):
        parse_input(ahead, NOW, HOME)
