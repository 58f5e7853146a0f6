"""The schema for senders says what an observer takes in."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from streamwarden.domain.events import ExternalVerdict, MalformedEvent, parse_event
from streamwarden_cli.verdicts import schema

SAMPLE = (
    Path(__file__).parents[4] / "events" / "external-verdict" / "streamwarden-external-verdict.json"
)


def sample(**changed: object) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(SAMPLE.read_text())
    return {**raw, "detail": {**raw["detail"], **changed}}


def is_valid(event: dict[str, Any]) -> bool:
    return bool(jsonschema.Draft202012Validator(schema.verdict_schema()).is_valid(event))


def test_the_file_is_as_the_model_says() -> None:
    assert schema.PATH.read_text() == schema.rendered()


@pytest.mark.parametrize(
    ("changed", "is_right"),
    [
        ({}, True),
        ({"stream_id": None}, True),
        ({"confidence": 1}, True),
        ({"viewers": [{"id": "ann"}, {"id": "ben", "version": 3}]}, True),
        ({"evidence_url": "https://a.example:8443/x?y=1#z"}, True),
        ({"evidence_url": "http://a.example/x"}, False),
        ({"evidence_url": "https://a.example/x\n"}, False),
        ({"evidence_url": f"https://a.example/{'x' * 500}"}, False),
        ({"label": "bell \x07"}, False),
        ({"label": "x" * 65}, False),
        ({"source": "turned \u202e"}, False),
        ({"confidence": 94}, False),
        ({"viewers": [{"id": "ann"}] * 21}, False),
        ({"viewers": [{"name": "ann"}]}, False),
    ],
)
def test_the_schema_and_the_observer_agree(changed: dict[str, object], is_right: bool) -> None:
    event = sample(**changed)

    assert is_valid(event) == is_right
    if is_right:
        assert isinstance(parse_event(event), ExternalVerdict)
    else:
        with pytest.raises(MalformedEvent):
            parse_event(event)
