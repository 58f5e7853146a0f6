"""What people read of a notification."""

from datetime import UTC, datetime

from streamwarden.adapters.notification_text import format_body
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes, Severity

ABOUT_STUDIO = "arn:aws:ivs:eu-west-1:111122223333:channel/abcdABCDefgh"


def message(notes: RuleNotes | None) -> list[str]:
    notification = Notification(
        id="n-1",
        incident="n",
        rule_id="no-marathons",
        severity=Severity.HIGH,
        status=NotificationStatus.OPENED,
        resource_arn=ABOUT_STUDIO,
        resource_name="studio",
        stream_id="st-1",
        title="studio: no-marathons breach",
        text="on the air for 5h; 4h is allowed.",
        at=datetime(2026, 3, 14, 12, tzinfo=UTC),
        notes=notes,
    )
    return format_body(Message(id="m", notifications=(notification,))).splitlines()


def test_the_notes_of_the_rule_stand_below_it() -> None:
    notes = RuleNotes(description="Four hours are enough.", runbook="https://example.com/a")

    lines = message(notes)

    below = lines.index("rule: no-marathons") + 1
    assert lines[below : below + 2] == [
        "why: Four hours are enough.",
        "runbook: https://example.com/a",
    ]
    assert [each for each in lines if each not in lines[below : below + 2]] == message(None)
