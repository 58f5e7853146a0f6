"""Each incident is a finding of Security Hub, from its opening to its end."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import NotificationStatus, RuleNotes
from streamwarden.services.errors import MessageRefused, TemporaryError, Unanswered
from testbed.builders import CHANNEL, KEY_PAIR, NOON
from tests.unit.adapters.notified import (
    KEY,
    Client,
    assert_fits,
    destination_on,
    incident,
    message,
    notification,
)

IMPORTED: Final = {"FailedCount": 0, "SuccessCount": 1, "FailedFindings": []}
UPDATED: Final[dict[str, Any]] = {"ProcessedFindings": [], "UnprocessedFindings": []}
PRODUCT: Final = "arn:aws:securityhub:eu-west-1:210987654321:product/210987654321/default"
# AwsSecurityFinding and its parts; botocore's model does not have these bounds.
LONGEST: Final = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1_024}


def delivered_to(given: Message, *answers: Any) -> Client:
    client = Client(list(answers) or [IMPORTED, UPDATED])
    try:
        destination_on(client, "security_hub").deliver(given)
    finally:
        for name, parameters in client.calls:
            operation = "".join(part.capitalize() for part in name.split("_"))
            assert_fits("securityhub", operation, parameters)
    return client


def finding(given: Message) -> dict[str, Any]:
    (call,) = delivered_to(given).sent("batch_import_findings")
    (found,) = call["Findings"]
    assert all(1 <= len(found[name]) <= most for name, most in LONGEST.items())
    assert datetime.fromisoformat(found["CreatedAt"]) <= datetime.fromisoformat(found["UpdatedAt"])
    return dict(found)


def test_an_incident_is_an_active_finding() -> None:
    found = finding(message())

    assert found["Id"] == f"{CHANNEL}/no-marathons/20260314T110000.000000Z"
    assert (found["ProductArn"], found["AwsAccountId"]) == (PRODUCT, "210987654321")
    assert found["GeneratorId"] == "streamwarden/no-marathons"
    assert found["Title"] == "Studio Zwölf: no-marathons breach"
    assert found["FindingProviderFields"]["Severity"] == {"Label": "HIGH", "Original": "high"}
    assert found["CreatedAt"] == "2026-03-14T11:00:00.000Z"
    assert found["UpdatedAt"] == "2026-03-14T12:01:00.000Z"
    assert found["Resources"] == [
        {
            "Type": "Other",
            "Id": CHANNEL,
            "Partition": "aws",
            "Region": "eu-west-1",
            "Tags": {"owner": "sports"},
        }
    ]
    assert found["Remediation"]["Recommendation"] == {
        "Text": "Four hours are enough.",
        "Url": "https://wiki.example.com/marathons",
    }
    assert (found["RecordState"], "Workflow" in found) == ("ACTIVE", False)


@pytest.mark.parametrize(
    ("severity", "label"),
    [
        (Severity.CRITICAL, "CRITICAL"),
        (Severity.HIGH, "HIGH"),
        (Severity.MEDIUM, "MEDIUM"),
        (Severity.LOW, "LOW"),
    ],
)
def test_severities_are_those_of_security_hub(severity: Severity, label: str) -> None:
    found = finding(message(notification(severity=severity)))

    assert found["FindingProviderFields"]["Severity"]["Label"] == label


@pytest.mark.parametrize(
    "status",
    [NotificationStatus.OPENED, NotificationStatus.REPEATED, NotificationStatus.ESCALATED],
)
def test_a_finding_stays_active_while_its_incident_is_open(status: NotificationStatus) -> None:
    client = delivered_to(message(notification(status=status)))

    assert [name for name, _ in client.calls] == ["batch_import_findings"]


def test_a_resolved_incident_resolves_its_finding() -> None:
    resolved = message(notification(status=NotificationStatus.RESOLVED))

    assert finding(resolved)["RecordState"] == "ARCHIVED"
    assert delivered_to(resolved).sent("batch_update_findings") == [
        {
            "FindingIdentifiers": [
                {"Id": resolved.notifications[0].incident, "ProductArn": PRODUCT}
            ],
            "Workflow": {"Status": "RESOLVED"},
        }
    ]


def test_an_acknowledged_incident_is_one_that_somebody_knows_of() -> None:
    client = delivered_to(message(notification(status=NotificationStatus.ACKNOWLEDGED)))

    (update,) = client.sent("batch_update_findings")
    assert update["Workflow"] == {"Status": "NOTIFIED"}


def test_of_an_incident_that_opened_and_resolved_the_end_is_told() -> None:
    ended = notification(id="n-2", status=NotificationStatus.RESOLVED)

    assert finding(message(notification(), ended))["RecordState"] == "ARCHIVED"


@pytest.mark.parametrize("status", [NotificationStatus.WARNING, NotificationStatus.CHANGED])
def test_what_has_no_end_is_no_finding(status: NotificationStatus) -> None:
    assert delivered_to(message(notification(status=status))).calls == []


def test_what_is_not_known_is_left_out() -> None:
    bare = notification(
        resource_arn=KEY_PAIR, resource_name="", stream_id=None, owner="", tags={"team": ""}
    )
    bare_notes = notification(notes=RuleNotes(runbook="see the wiki"), since=None)

    assert "SourceUrl" not in finding(message(bare))
    assert "Tags" not in finding(message(bare))["Resources"][0]
    assert "Remediation" not in finding(message(bare_notes))
    assert finding(message(bare_notes))["CreatedAt"] == "2026-03-14T12:00:00.000Z"


def test_long_texts_are_cut_to_what_security_hub_takes() -> None:
    finding(message(notification(title="x" * 999, text="x" * 9_999, rule_id="x" * 999)))


def test_times_never_go_back() -> None:
    late = NOON + timedelta(hours=1)

    found = finding(message(notification(at=late, since=late + timedelta(seconds=1))))

    assert (found["CreatedAt"], found["UpdatedAt"]) == (
        "2026-03-14T13:00:00.000Z",
        "2026-03-14T13:00:00.000Z",
    )


@pytest.mark.parametrize(
    ("code", "error"), [("InternalFailure", TemporaryError), ("InvalidInput", MessageRefused)]
)
def test_a_finding_that_is_not_taken_is_not_forgotten(code: str, error: type[Exception]) -> None:
    failed = {"Id": "x", "ErrorCode": code, "ErrorMessage": f"not now, {KEY}"}
    answer = {"FailedCount": 1, "SuccessCount": 1, "FailedFindings": [failed]}

    with pytest.raises(error, match=f"BatchImportFindings: {code}: not now") as caught:
        delivered_to(message(incident(1), incident(2)), answer)

    assert "aBcDeFgHiJkL" not in str(caught.value)


def test_a_workflow_that_is_not_set_is_set_by_the_same_message_again() -> None:
    """Half of it was taken, and what is in another message would be told twice."""
    unprocessed = {"ErrorCode": "InternalException", "ErrorMessage": "later"}
    answer = {"ProcessedFindings": [], "UnprocessedFindings": [unprocessed]}

    with pytest.raises(Unanswered, match="BatchUpdateFindings: InternalException: later"):
        delivered_to(message(notification(status=NotificationStatus.RESOLVED)), IMPORTED, answer)


def test_a_finding_that_is_not_to_be_found_yet_is_resolved_by_its_import() -> None:
    unprocessed = {"ErrorCode": "FindingNotFound", "ErrorMessage": "no"}
    answer = {"ProcessedFindings": [], "UnprocessedFindings": [unprocessed]}

    client = delivered_to(
        message(notification(status=NotificationStatus.RESOLVED)), IMPORTED, answer
    )

    (call,) = client.sent("batch_import_findings")
    assert call["Findings"][0]["Workflow"] == {"Status": "RESOLVED"}


def test_no_finding_has_a_stream_key() -> None:
    leaking = message(notification(title=KEY, text=KEY, owner=KEY, tags={"note": KEY}))

    assert "aBcDeFgHiJkL" not in str(delivered_to(leaking).calls)
