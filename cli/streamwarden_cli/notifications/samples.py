"""A message as people and programs get it, about a channel that there is not."""

from datetime import UTC, datetime
from typing import Final

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes

_CHANNEL: Final = "arn:aws:ivs:eu-west-1:111122223333:channel/abcdABCDefgh"
_RULE: Final = "no-marathons"
_SINCE: Final = datetime(2026, 3, 14, 12, 0, 4, tzinfo=UTC)

OPENED: Final = Message(
    id="5f1c0a3b9d7e4c21",
    notifications=(
        Notification(
            id=f"{_CHANNEL}/{_RULE}/opened/breach/20260314T120004.000000Z",
            incident=incident_key(_CHANNEL, _RULE, "20260314T120004.000000Z"),
            rule_id=_RULE,
            severity=Severity.HIGH,
            status=NotificationStatus.OPENED,
            resource_arn=_CHANNEL,
            resource_name="studio",
            stream_id="st-1A2b3C4d5E6f7G8h9I0j1K2",
            title=f"studio: {_RULE} breach",
            text="on the air for 4h; 4h is allowed. Streamwarden warns the viewers. In 10m, "
            "Streamwarden stops the stream.",
            at=_SINCE,
            notes=RuleNotes(
                description="No show of ours is longer than four hours.",
                owner="broadcast-operations",
                runbook="https://wiki.example.com/streams/marathons",
            ),
            since=_SINCE,
            undo=(f"streamwarden exempt {_CHANNEL} --rule {_RULE} --until … --reason …",),
            owner="sports",
            tags={"owner": "sports"},
        ),
    ),
)
