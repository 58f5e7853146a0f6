"""Events are found in what AWS keeps and sends them in, and what holds none is named."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

_START: Final = raw.stream(raw.at("10:00:00"), "Stream Start")
_CALL: Final = {
    **raw.api_call(raw.at("10:01:00"), "StopStream", {"channelArn": raw.LOBBY})["detail"],
    "eventVersion": "1.08",
    "eventID": "a1b2",
    "awsRegion": raw.REGION,
    "recipientAccountId": raw.ACCOUNT,
}
_OTHER_CALL: Final = {**_CALL, "eventSource": "s3.amazonaws.com", "eventName": "PutObject"}


def _notification(message: Any) -> dict[str, Any]:
    return {"Type": "Notification", "TopicArn": "t", "Message": json.dumps(message)}


def _subscription(message: Any) -> dict[str, Any]:
    logged = {
        "messageType": "DATA_MESSAGE",
        "logEvents": [{"id": "1", "timestamp": 1, "message": json.dumps(message)}],
    }
    data = base64.b64encode(gzip.compress(json.dumps(logged).encode())).decode()
    return {"awslogs": {"data": data}}


_CONTAINERS: Final[dict[str, Callable[[Any], Any]]] = {
    "archived": lambda event: {**event, "replay-name": "again"},
    "receive-message": lambda event: {"Messages": [{"MessageId": "1", "Body": json.dumps(event)}]},
    "queue-to-function": lambda event: {
        "Records": [{"messageId": "1", "body": json.dumps(event), "eventSource": "aws:sqs"}]
    },
    "topic": _notification,
    "topic-to-queue": lambda event: {"Messages": [{"Body": json.dumps(_notification(event))}]},
    "topic-to-function": lambda event: {
        "Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(event)}}]
    },
    "filter-log-events": lambda event: {
        "events": [{"timestamp": 1, "message": json.dumps(event), "eventId": "1"}],
        "searchedLogStreams": [],
    },
    "log-subscription": _subscription,
    "insights-row": lambda event: {"@timestamp": "t", "@message": json.dumps(event)},
    "get-query-results": lambda event: {
        "results": [
            [
                {"field": "@timestamp", "value": "t"},
                {"field": "@message", "value": json.dumps(event)},
            ]
        ]
    },
}


@pytest.mark.parametrize("form", _CONTAINERS)
def test_an_event_is_found_in_its_container(replay: Replay, write: Write, form: str) -> None:
    played = replay(write("given.json", json.dumps(_CONTAINERS[form](_START))))

    assert [each["name"] for each in played.of("event", origin="file")] == ["Stream Start"]
    assert (played.code, played.summary["rejected"]) == (0, 0)


def test_a_log_file_of_cloudtrail_gives_its_calls_of_ivs(replay: Replay, write: Write) -> None:
    file = write("trail.json", json.dumps({"Records": [_OTHER_CALL, _CALL]}))

    played = replay(file)

    (event,) = played.of("event", origin="file")
    assert (event["name"], event["channel_arn"], event["at"]) == (
        "StopStream",
        raw.LOBBY,
        "2026-03-01T10:01:00Z",
    )
    assert played.summary["rejected"] == 0


def test_an_export_of_cloudwatch_logs_is_read_compressed_and_by_folder(
    replay: Replay, tmp_path: Path
) -> None:
    lines = f"2026-03-01T10:00:01.123Z {json.dumps(_START)}\n2026-03-01T10:00:02.000Z START req\n"
    (tmp_path / "stream").mkdir()
    (tmp_path / "stream" / "000000.gz").write_bytes(gzip.compress(lines.encode()))

    played = replay(tmp_path)

    assert [each["name"] for each in played.of("event", origin="file")] == ["Stream Start"]
    (rejected,) = played.of("rejected")
    assert rejected["position"].endswith("000000.gz:2")


def test_standard_input_is_a_file_like_others(
    replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.BufferedReader(io.BytesIO(json.dumps(_START).encode()))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(given))

    assert [each["name"] for each in replay("-").of("event", origin="file")] == ["Stream Start"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"streamSession": {"streamId": "st-1"}}, "what an API call answers, with streamSession"),
        ({"channels": []}, "give them with --fleet"),
        ({"Records": [_OTHER_CALL]}, "found calls of other services only"),
        (_OTHER_CALL, "expected a call of IVS, found a call of s3.amazonaws.com"),
        ({"Source": "aws.ivs", "DetailType": "x"}, "an entry of PutEvents"),
        ({"timestamp": 1, "message": "START RequestId: 1"}, "found a text that is no JSON"),
        ({"awslogs": {"data": "no Base64"}}, "found a text that is no JSON"),
        ({"colour": "red"}, "an object with colour"),
        ({}, "an object without members"),
        (["text"], "found a text"),
    ],
)
def test_what_holds_no_event_is_named_and_is_an_error_if_it_is_all_there_is(
    replay: Replay, write: Write, given: Any, reason: str
) -> None:
    played = replay(write("given.json", json.dumps(given)))

    (rejected,) = played.of("rejected")
    assert reason in rejected["reason"]
    assert played.code == 1
    assert "no event could be read" in played.err


@pytest.mark.parametrize("given", ["", "\n", "[]", '{"Records": []}'])
def test_nothing_at_all_is_an_error_too(replay: Replay, write: Write, given: str) -> None:
    played = replay(write("given.json", given))

    assert (played.code, played.err) == (
        1,
        "streamwarden: no event could be read; there is none in what was given\n",
    )


def test_envelopes_end_somewhere(replay: Replay, write: Write) -> None:
    nested: Any = _START
    for _ in range(8):
        nested = _notification(nested)

    played = replay(write("given.json", json.dumps(nested)))

    assert "too many envelopes" in played.of("rejected")[0]["reason"]


def test_a_damaged_gzip_is_refused_with_its_name(replay: Replay, tmp_path: Path) -> None:
    file = tmp_path / "trail.json.gz"
    file.write_bytes(gzip.compress(json.dumps(_START).encode())[:-9])

    played = replay(file)

    assert (played.code, "trail.json.gz: the gzip is damaged" in played.err) == (1, True)
