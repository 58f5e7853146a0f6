"""The JSON of a message, for programs."""

from typing import Any

from streamwarden.domain.arn import noun_of, place_of
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification


def message_document(message: Message) -> dict[str, Any]:
    return {
        "version": 1,
        "id": message.id,
        "reminder": message.is_reminder,
        "severity": message.severity.value,
        "incidents": [_incident(each) for each in message.notifications],
    }


def _incident(notification: Notification) -> dict[str, Any]:
    place = place_of(notification.resource_arn)
    return {
        "key": notification.incident,
        "status": notification.status.value,
        "severity": notification.severity.value,
        "rule": {"id": notification.rule_id},
        "resource": {
            "type": noun_of(notification.resource_arn),
            "arn": notification.resource_arn,
            "name": notification.resource_name,
            "owner": notification.owner,
            "tags": dict(notification.tags),
        },
        "account": place.account,
        "region": place.region,
        "at": notification.at.isoformat(),
        "title": notification.title,
        "text": notification.text,
        "undo": list(notification.undo),
    }
