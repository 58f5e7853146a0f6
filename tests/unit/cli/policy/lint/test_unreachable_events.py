"""An `event_alert` on names and fields that IVS never sends is warned of; its neighbour is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from streamwarden_cli.policy.lint.event_contents import contents_of
from tests.unit.cli.policy.documents import warnings_of


def alert(detail_type: str, more: str) -> str:
    return f"{{id: a, kind: event_alert, params: {{detail_type: {detail_type}, {more}}}}}"


EVENTS = Path(__file__).parents[5] / "events"
STATE, LIMIT = "IVS Stream State Change", "IVS Limit Breach"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            alert(STATE, "name: stream takeover"),
            "no such event named 'stream takeover' comes; did you mean 'Stream Takeover'?; ",
        ),
        (
            alert(STATE, "name: [Stream Start, Stream Take over]"),
            "no such event named 'Stream Take over' comes; did you mean 'Stream Takeover'?; ",
        ),
        (
            alert("IVS Stream Health Change", "name: Starving"),
            "no such event named 'Starving' comes; did you mean 'Starvation End'?; these come: "
            "Starvation End and Starvation Start",
        ),
        (
            alert("AWS API Call via CloudTrail", "name: StopStream"),
            "no such event named 'StopStream' comes; ",
        ),
        (
            alert(STATE, "where: \"detail.event_name == 'Stream Takover'\""),
            "no such event named 'Stream Takover' comes; did you mean 'Stream Takeover'?; ",
        ),
        (
            alert(
                STATE, "where: \"contains(['Stream End', 'Stream Takover'], detail.event_name)\""
            ),
            "no such event named 'Stream Takover' comes; did you mean 'Stream Takeover'?; ",
        ),
        (
            alert(STATE, "where: 'contains(`[\"StreamEnd\"]`, detail.event_name)'"),
            "no such event named 'StreamEnd' comes; did you mean 'Stream End'?; ",
        ),
        (
            alert(STATE, "where: \"detail.channel_arn == 'arn:aws:ivs:eu-west-1:1:channel/a'\""),
            "no such event has detail.channel_arn; did you mean 'channel_name'?; these have: ",
        ),
        (
            alert("IVS Recording State Change", "where: \"detail.event_name == 'Recording End'\""),
            "no such event has detail.event_name",
        ),
        (
            alert(LIMIT, "where: \"detail.limit == 'Ingest Bitrate'\""),
            "AWS may send limit_name in place of detail.limit; write `name` instead",
        ),
    ],
)
def test_an_event_that_never_comes(rule: str, expected: str) -> None:
    (warning,) = warnings_of(rule)

    assert warning.partition("rules[0].params: a: ")[2].startswith(expected)


@pytest.mark.parametrize(
    "rule",
    [
        alert(STATE, "name: Stream Takeover"),
        alert(STATE, "name: '*Failure', where: \"detail.code == 'x' || detail.reason\""),
        alert(STATE, "where: \"detail.event_name == 'Stream End' && account == '111122223333'\""),
        alert(STATE, "where: \"contains(['Stream End', 'Stream Failure'], detail.event_name)\""),
        alert(STATE, "where: \"contains(detail.event_name, 'Takeover')\""),
        alert(STATE, "where: 'detail.event_name != `null` && detail.event_name != `[\"a\"]`'"),
        alert("'IVS *'", "where: \"detail.limit_name == 'Ingest Bitrate' || detail.stream_id\""),
        alert("'IVS *'", "name: [Starvation Start, Recording Start]"),
        alert("AWS API Call via CloudTrail", "name: Delete*, where: detail.sourceIPAddress"),
        alert("Tag Change on Resource", "name: Tag Change on Resource"),
        alert("IVS Recording State Change", "where: detail.recording_duration_ms > `0`"),
    ],
)
def test_an_event_that_may_come(rule: str) -> None:
    assert warnings_of(rule) == []


@pytest.mark.parametrize("file", sorted(EVENTS.rglob("*.json")), ids=lambda each: each.stem)
def test_a_sample_event_has_no_field_that_never_comes(file: Path) -> None:
    event: Any = json.loads(file.read_text())
    contents = contents_of((event["detail-type"],))

    assert contents.fields is None or event["detail"].keys() <= contents.fields
