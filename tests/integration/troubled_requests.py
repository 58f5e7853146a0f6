"""What a request to a destination tells, as the service that took it can see.

Incidents and notifications are those of `notified_runs`: `incident-3` and `n-3-opened`, the latter
of which stands in the text that people read.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from msgspec import Struct, json

from streamwarden.domain.verdicts import NotificationStatus

PUBLISH: Final = "Publish"
PUT_EVENTS: Final = "AWSEvents.PutEvents"
READ_SECRET: Final = "secretsmanager.GetSecretValue"
IMPORT: Final = "/findings/import"
UPDATE: Final = "/findings/batchupdate"
_FORM: Final = "application/x-www-form-urlencoded"
_NOTIFICATION: Final = re.compile(rf"n-\d+-(?:{'|'.join(NotificationStatus)})")
_INCIDENT: Final = "incident-"


class Request(Struct, frozen=True):
    """A request as it came. Headers are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Told(Struct, frozen=True, kw_only=True):
    """A message as its destination sees it. `message_id` is empty where it is told none.

    `resolved` are incidents of which the end alone is noted, as Security Hub does after a finding.
    """

    destination: str
    notifications: tuple[str, ...] = ()
    message_id: str = ""
    resolved: tuple[str, ...] = ()


def target_of(request: Request) -> str:
    """Which operation of AWS is asked for; empty where it is none."""
    if request.path in (IMPORT, UPDATE):
        return request.path
    if request.headers.get("content-type", "").startswith(_FORM):
        return PUBLISH
    return request.headers.get("x-amz-target", "")


def read(request: Request) -> Told | None:
    """None for what tells nobody, such as reading a secret."""
    target = target_of(request)
    if not target:
        return _posted(request)
    if target == PUBLISH:
        (text,) = parse_qs(request.body.decode())["Message"]
        return Told(destination="sns", notifications=_in_text(text))
    return _of_aws(target, json.decode(request.body))


def _posted(request: Request) -> Told:
    _, destination, *_ = request.path.split("/")
    match destination:
        case "webhook":
            document = json.decode(request.body)
            assert document["id"] == request.headers["webhook-id"]
            told = [_named(each["key"], each["status"]) for each in document["incidents"]]
            return Told(
                destination=destination, notifications=tuple(told), message_id=document["id"]
            )
        case "pagerduty":
            event = json.decode(request.body)
            notification = _named(event["dedup_key"], _status_of(event))
            return Told(destination=destination, notifications=(notification,))
        case _:
            found = _in_text(request.body.decode())
            return Told(destination=destination, notifications=found)


def _of_aws(target: str, asked: Mapping[str, Any]) -> Told | None:
    if target == READ_SECRET:
        return None
    if target == PUT_EVENTS:
        (event,) = (json.decode(each["Detail"]) for each in asked["Entries"])
        notification = _named(event["incident"]["key"], event["incident"]["status"])
        return Told(
            destination="eventbridge", notifications=(notification,), message_id=event["id"]
        )
    if target == IMPORT:
        told = [
            _named(each["Id"], each["ProductFields"]["streamwarden/status"])
            for each in asked["Findings"]
        ]
        return Told(destination="security_hub", notifications=tuple(told))
    assert target == UPDATE, target
    assert asked["Workflow"] == {"Status": "RESOLVED"}
    ended = _ids(asked["FindingIdentifiers"])
    return Told(destination="security_hub", resolved=tuple(ended))


def _status_of(event: Mapping[str, Any]) -> str:
    """PagerDuty calls an incident that became worse triggered as well."""
    if event["event_action"] == "resolve":
        return NotificationStatus.RESOLVED
    assert event["event_action"] == "trigger"
    status: str = event["payload"]["custom_details"]["status"]
    return status


def _ids(findings: Iterable[Mapping[str, str]]) -> Iterable[str]:
    return (each["Id"] for each in findings)


def _named(incident: str, status: str) -> str:
    """The notification that says this of an incident."""
    return f"n-{incident.removeprefix(_INCIDENT)}-{status}"


def _in_text(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_NOTIFICATION.findall(text)))
