"""What a request to a destination tells, as the service that took it can see.

A notification is `incident-3 opened`, which stands in the text that people read of those of
`notified_world`.
"""

import re
from collections.abc import Mapping
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
_NOTIFICATION: Final = re.compile(rf"incident-\d+ (?:{'|'.join(NotificationStatus)})")
_MORE: Final = re.compile(r"(\d+) more\.")
# What PagerDuty calls what becomes of an alert, beside what triggers it.
_ACTIONS: Final = {
    "acknowledge": NotificationStatus.ACKNOWLEDGED,
    "resolve": NotificationStatus.RESOLVED,
}


class Request(Struct, frozen=True):
    """A request as it came. Headers are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Received(Struct, frozen=True, kw_only=True):
    """A message as its destination sees it. `message_id` is empty where it is told none.

    `more` are the notifications that a digest for people counts, and does not list.
    `workflow` is what Security Hub is told of `findings` after they were imported.
    """

    destination: str
    notifications: tuple[str, ...] = ()
    message_id: str = ""
    more: int = 0
    workflow: str = ""
    findings: tuple[str, ...] = ()


def target_of(request: Request) -> str:
    """Which operation of AWS is asked for; empty where it is none."""
    if request.path in (IMPORT, UPDATE):
        return request.path
    if request.headers.get("content-type", "").startswith(_FORM):
        return PUBLISH
    return request.headers.get("x-amz-target", "")


def read(request: Request) -> Received | None:
    """None for what tells nobody, such as reading a secret."""
    target = target_of(request)
    if not target:
        return _posted(request)
    if target == PUBLISH:
        (text,) = parse_qs(request.body.decode())["Message"]
        return _in_text("sns", text)
    return _of_aws(target, json.decode(request.body))


def _posted(request: Request) -> Received:
    _, destination, *_ = request.path.split("/")
    match destination:
        case "webhook":
            document = json.decode(request.body)
            assert document["id"] == request.headers["webhook-id"]
            notified = [named(each["key"], each["status"]) for each in document["incidents"]]
            return Received(
                destination=destination, notifications=tuple(notified), message_id=document["id"]
            )
        case "pagerduty":
            event = json.decode(request.body)
            notification = named(event["dedup_key"], _status_of(event))
            return Received(destination=destination, notifications=(notification,))
        case _:
            return _in_text(destination, request.body.decode())


def _of_aws(target: str, asked: Mapping[str, Any]) -> Received | None:
    if target == READ_SECRET:
        return None
    if target == PUT_EVENTS:
        (event,) = (json.decode(each["Detail"]) for each in asked["Entries"])
        notification = named(event["incident"]["key"], event["incident"]["status"])
        return Received(
            destination="eventbridge", notifications=(notification,), message_id=event["id"]
        )
    if target == IMPORT:
        notified = [
            named(each["Id"], each["ProductFields"]["streamwarden/status"])
            for each in asked["Findings"]
        ]
        return Received(destination="security_hub", notifications=tuple(notified))
    assert target == UPDATE, target
    findings = tuple(each["Id"] for each in asked["FindingIdentifiers"])
    workflow = asked["Workflow"]["Status"]
    return Received(destination="security_hub", workflow=workflow, findings=findings)


def _status_of(event: Mapping[str, Any]) -> str:
    """An incident that became worse triggers its alert as well."""
    if event["event_action"] == "trigger":
        status: str = event["payload"]["custom_details"]["status"]
        return status
    return _ACTIONS[event["event_action"]]


def named(incident: str, status: str) -> str:
    """The notification that says this of an incident."""
    return f"{incident} {status}"


def _in_text(destination: str, text: str) -> Received:
    more = _MORE.search(text)
    return Received(
        destination=destination,
        notifications=tuple(_NOTIFICATION.findall(text)),
        more=int(more[1]) if more else 0,
    )
