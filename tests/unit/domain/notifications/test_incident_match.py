"""Which notifications a matcher takes."""

from datetime import UTC, datetime

import pytest

from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.verdicts import Notification, NotificationStatus, Severity

HIGH = Notification(
    id="x",
    incident="x",
    rule_id="no-marathons",
    severity=Severity.HIGH,
    status=NotificationStatus.OPENED,
    resource_arn="arn:aws:ivs:eu-west-1:111122223333:channel/abcd",
    resource_name="arena-one",
    stream_id=None,
    title="",
    text="",
    at=datetime(2026, 3, 14, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("match", "is_taken"),
    [
        (IncidentMatch(), True),
        (IncidentMatch(severity=Severity.HIGH), True),
        (IncidentMatch(severity=Severity.CRITICAL), False),
        (IncidentMatch(at_most=Severity.HIGH), True),
        (IncidentMatch(at_most=Severity.MEDIUM), False),
        (IncidentMatch(severity=Severity.MEDIUM, at_most=Severity.HIGH), True),
    ],
)
def test_a_severity_has_a_least_and_a_highest(match: IncidentMatch, is_taken: bool) -> None:
    assert match.holds(HIGH) is is_taken
