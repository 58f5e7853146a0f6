"""Streamwarden's own inputs travel as events do, and come back as they were sent."""

import json
from typing import Any

import pytest

from streamwarden.domain.events import MalformedEvent, StreamStateChange, UnknownEvent
from streamwarden.domain.inputs import OwnInput, ResourceListed, envelope_of, parse_input
from testbed.builders import (
    CHANNEL,
    EVIDENCE,
    STREAM,
    action_finished,
    at,
    raw_event,
    stream_listed,
    stream_not_listed,
)
from testbed.key_wrappings import KEY as KEY_VALUE
from testbed.key_wrappings import WRAPPINGS, Wrapping, holds_secret
from tests.unit.domain.own_inputs import OWN_INPUTS


def sent(own: OwnInput) -> dict[str, Any]:
    travelled: dict[str, Any] = json.loads(json.dumps(envelope_of(own)))
    return travelled


@pytest.mark.parametrize("own", OWN_INPUTS, ids=lambda own: type(own).__name__)
def test_an_own_input_comes_back_as_it_was_sent(own: OwnInput) -> None:
    assert parse_input(sent(own)) == own


def test_every_own_input_is_tried() -> None:
    assert {type(each) for each in OWN_INPUTS} == set(OwnInput.__value__.__args__)


def test_an_own_input_looks_like_an_event() -> None:
    envelope = envelope_of(stream_not_listed(at()))

    assert envelope["source"] == "streamwarden"
    assert envelope["detail-type"] == "Streamwarden Stream Not Listed"
    assert envelope["resources"] == [CHANNEL]
    assert envelope["time"] == "2026-03-14T12:00:00Z"


def test_what_comes_from_elsewhere_is_read_as_an_event() -> None:
    detail = {"event_name": "Stream Start", "channel_name": "", "stream_id": STREAM}

    event = parse_input(raw_event("IVS Stream State Change", at(), detail))

    assert isinstance(event, StreamStateChange)


@pytest.mark.parametrize("detail_type", ["Streamwarden Coffee Break", "", None])
def test_an_unknown_own_input_is_named_with_what_is_expected(detail_type: str | None) -> None:
    raw = {**sent(stream_not_listed(at())), "detail-type": detail_type}

    with pytest.raises(MalformedEvent, match="Streamwarden and one of Recheck") as malformed:
        parse_input(raw)

    assert malformed.value.field == "detail-type"


def test_an_event_is_no_own_input_whatever_it_calls_its_source() -> None:
    event = raw_event("Streamwarden Stream Not Listed", at(), {}, source="streamwarden")
    event["detail"] = sent(stream_not_listed(at()))["detail"]

    with pytest.raises(MalformedEvent, match="source: expected another than 'streamwarden'"):
        parse_input(event)


def test_an_external_verdict_is_none_under_any_other_source() -> None:
    detail = {"stream_id": STREAM, "label": "x", "confidence": 1, "source": "bot"}
    detail["evidence_url"] = EVIDENCE
    kind = "Streamwarden External Verdict"

    assert isinstance(parse_input(raw_event(kind, at(), detail)), UnknownEvent)
    with pytest.raises(MalformedEvent, match="source"):
        parse_input(raw_event(kind, at(), detail, source="streamwarden"))


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ({"stream_id": None}, "stream_id"),
        ({"time": "noon"}, "time"),
        ({"start_time": 12}, "start_time"),
        ({"resource_arn": ["a"]}, "resource_arn"),
    ],
)
def test_a_malformed_member_is_named(broken: dict[str, Any], complaint: str) -> None:
    raw = sent(stream_listed(at()))
    raw["detail"] |= broken

    with pytest.raises(MalformedEvent, match=complaint):
        parse_input(raw)


@pytest.mark.parametrize("member", ["resource_arn", "time", "stream_id", "health", "start_time"])
def test_a_missing_member_is_named(member: str) -> None:
    raw = sent(stream_listed(at()))
    del raw["detail"][member]

    with pytest.raises(MalformedEvent, match=member):
        parse_input(raw)


@pytest.mark.parametrize("detail", [None, [], "text"])
def test_a_detail_that_is_no_object_is_malformed(detail: object) -> None:
    raw = {**sent(stream_listed(at())), "detail": detail}

    with pytest.raises(MalformedEvent, match="detail: Expected `object`"):
        parse_input(raw)


def test_an_outcome_of_no_known_status_is_malformed() -> None:
    raw = sent(action_finished(at(), "KgopvkVuUi7g/limit/stop"))
    raw["detail"]["outcome"]["status"] = "maybe"

    with pytest.raises(MalformedEvent, match=r"outcome\.status"):
        parse_input(raw)


@pytest.mark.parametrize("member", ["time", "start_time"])
def test_a_time_without_a_zone_is_malformed(member: str) -> None:
    # It would be compared with aware times later on, where nobody can say whence it came.
    raw = sent(stream_listed(at()))
    raw["detail"][member] = "2026-03-14T12:00:00"

    with pytest.raises(MalformedEvent, match=member):
        parse_input(raw)


def test_a_stream_key_never_shows_in_the_complaint() -> None:
    raw = sent(action_finished(at(), "KgopvkVuUi7g/limit/stop"))
    raw["detail"]["outcome"]["status"] = "sk_eu-west-1_AbCdEfGhIjKl_secret"

    with pytest.raises(MalformedEvent) as malformed:
        parse_input(raw)

    assert "AbCdEfGhIjKl" not in str(malformed.value)


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_no_input_holds_a_stream_key(wrap: Wrapping) -> None:
    key = wrap(KEY_VALUE)
    listed = ResourceListed(
        resource_arn=CHANNEL,
        time=at(),
        settings={"name": key, "deep": [{key: key}]},
        tags={"note": key, key: "x"},
    )

    assert not holds_secret(repr(parse_input(sent(listed))))


@pytest.mark.parametrize("source", ["streamwarden", "aws.ivs"])
def test_what_is_nested_too_deeply_is_malformed(source: str) -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]

    with pytest.raises(MalformedEvent, match="nested too deeply"):
        parse_input({"source": source, "detail": nested})
