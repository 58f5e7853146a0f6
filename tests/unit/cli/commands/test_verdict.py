"""`streamwarden verdict` tells the stack what the operator saw. Nothing is sent from here."""

import json
from types import SimpleNamespace
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from streamwarden.domain.events import ExternalVerdict, parse_event
from streamwarden_cli.aws import AwsAccount
from streamwarden_cli.main import main
from testbed.key_wrappings import KEY

CHANNEL: Final = "arn:aws:ivs:eu-west-1:123456789012:channel/abcdEFGHijkl"
SAID: Final = ["--label", "Violence", "--confidence", "0.9", "--evidence", "https://a.example/1"]


class Aws:
    """As much of AWS as the command asks."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.answer: dict[str, str] = {"EventId": "e-1"}
        self.names = ["arena", "studio"]
        self.meta = SimpleNamespace(endpoint_url="https://example.com")

    def describe_stacks(self, **_: object) -> Any:
        outputs = {"VerdictBusName": "streamwarden-verdicts", "TableName": "Table"}
        pairs = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        stack_id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/streamwarden/1"
        return {"Stacks": [{"StackId": stack_id, "Outputs": pairs}]}

    def get_item(self, **_: object) -> Any:
        """Who may send a verdict need not be allowed to read what came of it."""
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem")

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803  # the API's name
        self.entries += Entries
        return {"Entries": [self.answer]}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: object) -> Any:
        yield {
            "channels": [{"arn": f"{CHANNEL[:-1]}{name[0]}", "name": name} for name in self.names]
        }


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setattr(AwsAccount, "client", lambda *_, **__: made)
    return made


def test_what_is_sent_is_what_an_observer_reads(aws: Aws) -> None:
    viewers = ["--viewer", "ann", "--viewer", "ben@example.com", "--viewer", "cy@3"]

    assert main(["verdict", CHANNEL, *SAID, "--stream", "st-1", *viewers]) == 0

    (entry,) = aws.entries
    assert entry["EventBusName"] == "streamwarden-verdicts"
    event = parse_event(
        {
            "id": "1",
            "account": "123456789012",
            "region": "eu-west-1",
            "source": entry["Source"],
            "detail-type": entry["DetailType"],
            "resources": entry["Resources"],
            "time": entry["Time"].isoformat(),
            "detail": json.loads(entry["Detail"]),
        }
    )
    assert isinstance(event, ExternalVerdict)
    assert (event.resource_arn, event.stream_id, event.source) == (CHANNEL, "st-1", "operator")
    named = [(each.id, each.version) for each in event.viewers]
    assert named == [("ann", 0), ("ben@example.com", 0), ("cy", 3)]


def test_a_channel_goes_by_its_name(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verdict", "studio", *SAID, "--json"]) == 0

    assert aws.entries[0]["Resources"] == [f"{CHANNEL[:-1]}s"]
    document = json.loads(capsys.readouterr().out)
    assert (document["channel"], document["event_id"]) == (f"{CHANNEL[:-1]}s", "e-1")
    assert document["verdict"]["confidence"] == 0.9
    assert (document["outcome"], document["text"]) == (
        "sent",
        "sent; nobody looked what came of it",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["studi", *SAID], "CHANNEL: there is no channel 'studi'; did you mean 'studio'?"),
        (["arn:aws:ivs:eu-west-1:1:stage/x", *SAID], "is not the ARN of an IVS channel"),
        ([KEY, *SAID], "this is a stream key"),
        ([CHANNEL, *SAID, "--confidence", "90"], "detail.confidence: expected at most 1, found 90"),
        ([CHANNEL, *SAID, "--evidence", "http://a.example"], "detail.evidence_url: expected a URL"),
    ],
)
def test_what_cannot_be_meant_is_not_sent(
    words: list[str], message: str, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verdict", *words]) == 1

    assert message in capsys.readouterr().err
    assert aws.entries == []


def test_a_key_in_a_label_is_not_sent(aws: Aws) -> None:
    main(["verdict", CHANNEL, *SAID, "--label", KEY])

    assert KEY not in json.dumps(aws.entries, default=str)


def test_what_eventbridge_refuses_is_said(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answer = {"ErrorCode": "NotAuthorized", "ErrorMessage": "no"}

    assert main(["verdict", CHANNEL, *SAID]) == 1
    assert "events:PutEvents: NotAuthorized: no" in capsys.readouterr().err
