"""The JSON of a message says all that its text says, for programs."""

from copy import replace
from typing import Any

from streamwarden.domain.arn import account_arn
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.message import Baseline, Message
from streamwarden.domain.verdicts import Notification, NotificationStatus
from testbed.builders import ACCOUNT, CHANNEL, NOON, REGION

NOTIFICATION = Notification(
    id="n-1",
    incident=f"{CHANNEL}/no-marathons/1",
    rule_id="no-marathons",
    severity=Severity.HIGH,
    status=NotificationStatus.OPENED,
    resource_arn=CHANNEL,
    resource_name="",
    stream_id=None,
    title="studio: no-marathons breach",
    text="on the air for 5h; 4h is allowed.",
    at=NOON,
)


def document(*notifications: Notification, is_reminder: bool = False) -> dict[str, Any]:
    return message_document(Message(id="m-1", notifications=notifications, is_reminder=is_reminder))


def test_what_has_no_value_is_null() -> None:
    (incident,) = document(NOTIFICATION)["incidents"]

    assert incident["rule"] == {
        "id": "no-marathons",
        "description": None,
        "owner": None,
        "runbook": None,
    }
    assert (incident["since"], incident["stream_id"]) == (None, None)
    assert (incident["resource"]["name"], incident["resource"]["owner"]) == (None, None)
    assert (incident["undo"], incident["resource"]["tags"]) == ([], {})
    assert incident["links"]["runbook"] is None


def test_a_digest_counts_its_incidents_and_has_the_highest_severity() -> None:
    resolved = replace(NOTIFICATION, severity=Severity.LOW, status=NotificationStatus.RESOLVED)
    critical = replace(NOTIFICATION, severity=Severity.CRITICAL)

    found = document(resolved, NOTIFICATION, critical)

    assert found["severity"] == "critical"
    assert found["counts"] == {"opened": 2, "resolved": 1}
    assert [each["severity"] for each in found["incidents"]] == ["low", "high", "critical"]


def test_a_reminder_says_so() -> None:
    assert document(NOTIFICATION, is_reminder=True)["reminder"] is True


def test_what_concerns_the_whole_account_has_its_type_and_no_place_in_the_console() -> None:
    account = account_arn(ACCOUNT, REGION)

    (incident,) = document(replace(NOTIFICATION, resource_arn=account))["incidents"]

    assert incident["resource"]["type"] == "account"
    assert (incident["account"], incident["region"]) == (ACCOUNT, REGION)
    assert incident["links"]["console"] is None


def test_a_baseline_says_so_with_its_figures() -> None:
    notified = replace(NOTIFICATION, is_baseline=True)
    message = Message(id="m-1", notifications=(notified, notified), baseline=Baseline(found=2))

    found = message_document(message)

    assert found["baseline"] == {"found": 2, "judged": None, "unjudged": 0}
    assert [each["baseline"] for each in found["incidents"]] == [True, True]
    assert document(NOTIFICATION)["baseline"] is None
