"""The example sends what an observer reads; nothing leaves this machine."""

import json
from typing import Any

import boto3
import pytest

from examples.moderation import app
from streamwarden.domain.events import VERDICT_SOURCE, ExternalVerdict, parse_event

FOLDER = "ivs/v1/123456789012/abcdEFGHijkl/2026/3/14/18/2/r9vmu7yL1Gbr/media"


class Aws:
    def __init__(self, *labels: tuple[str, float], code: str = "") -> None:
        self.labels, self.code = labels, code
        self.entries: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []

    def detect_moderation_labels(self, **asked: Any) -> Any:
        self.asked.append(asked)
        return {"ModerationLabels": [{"Name": n, "Confidence": c} for n, c in self.labels]}

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803  # the API's name
        self.entries += Entries
        failed = [{"ErrorCode": self.code}] if self.code else []
        return {"FailedEntryCount": len(failed), "Entries": failed}


def handle(aws: Aws, monkeypatch: pytest.MonkeyPatch, key: str) -> dict[str, int]:
    monkeypatch.setenv("VERDICT_BUS_NAME", "streamwarden-verdicts")
    monkeypatch.setattr(boto3, "client", lambda _: aws)
    event = {
        "detail-type": "Object Created",
        "source": "aws.s3",
        "region": "eu-west-1",
        "time": "2026-03-14T18:02:20Z",
        "detail": {"bucket": {"name": "vault"}, "object": {"key": key}},
    }
    return app.handler(event, None)


@pytest.mark.parametrize("file", ["thumbnails/thumb7.jpg", "latest_thumbnail/thumb.jpg"])
def test_each_label_becomes_a_verdict_that_an_observer_reads(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = Aws(("Violence", 81.234567), ("Weapon Violence", 97.5))

    assert handle(aws, monkeypatch, f"{FOLDER}/{file}") == {"verdicts": 2}

    (asked,) = aws.asked
    assert asked["Image"] == {"S3Object": {"Bucket": "vault", "Name": f"{FOLDER}/{file}"}}
    events = [parse_event(delivered(each)) for each in aws.entries]
    found = [each for each in events if isinstance(each, ExternalVerdict)]
    assert [(each.label, each.confidence) for each in found] == [
        ("Weapon Violence", 0.975),
        ("Violence", 0.8123),
    ]
    assert {each.resource_arn for each in found} == {
        "arn:aws:ivs:eu-west-1:123456789012:channel/abcdEFGHijkl"
    }
    assert {each.stream_id for each in found} == {None}


def delivered(entry: dict[str, Any]) -> dict[str, Any]:
    assert (entry["Source"], entry["EventBusName"]) == (VERDICT_SOURCE, "streamwarden-verdicts")
    return {
        "id": "1",
        "account": "123456789012",
        "region": "eu-west-1",
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "resources": entry["Resources"],
        "time": entry["Time"],
        "detail": json.loads(entry["Detail"]),
    }


@pytest.mark.parametrize(
    "key", [f"{FOLDER}/hls/720p30/1.ts", f"{FOLDER}/thumbnails/x.json", "holiday/thumb1.jpg"]
)
def test_nothing_else_is_looked_at(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws(("Violence", 99))

    assert handle(aws, monkeypatch, key) == {"verdicts": 0}
    assert (aws.asked, aws.entries) == ([], [])


def test_where_nothing_is_found_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()

    assert handle(aws, monkeypatch, f"{FOLDER}/thumbnails/thumb0.jpg") == {"verdicts": 0}
    assert aws.entries == []


def test_what_eventbridge_does_not_take_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws(("Violence", 99), code="ThrottlingException")

    with pytest.raises(RuntimeError, match="ThrottlingException"):
        handle(aws, monkeypatch, f"{FOLDER}/thumbnails/thumb0.jpg")
