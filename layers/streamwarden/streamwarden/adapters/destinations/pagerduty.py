"""A service of PagerDuty, by its Events API v2: one alert for each incident."""

import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, assert_never

from msgspec import Struct, convert, json

from streamwarden.adapters.destinations import Resources
from streamwarden.adapters.http_posts import HttpService, is_https_or_loopback
from streamwarden.adapters.notification_text import console_link, format_title
from streamwarden.adapters.secret_values import only_value, unusable
from streamwarden.domain.brief import brief
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.redaction import redacted_struct
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.errors import MessageRefused, PermanentError
from streamwarden.services.ports import Destination


class Region(StrEnum):
    """Where the PagerDuty account is."""

    US = "us"
    EU = "eu"


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`address` is another place to send events to, such as a test server on this machine."""

    region: Region = Region.US
    address: str = ""

    def __post_init__(self) -> None:
        if self.address and not is_https_or_loopback(self.address):
            raise ValueError("address must begin with https://, or name this machine (127.0.0.1)")


KIND: Final = DestinationKind(
    meaning=(
        "A service of PagerDuty. An incident triggers an alert, and resolves it. What changed is a"
        " change event, and so is an early warning, which nothing would resolve. What a first look"
        " finds of a rule is one alert."
    ),
    # Events API v2, rate limits: about 120 calls a minute for each integration key.
    limits=Limits(largest=1, interval=timedelta(milliseconds=500)),
    secret="the integration key of an Events API v2 integration (32 letters and digits)",  # noqa: S106
    options=Options,
    permissions=frozenset({"secretsmanager:GetSecretValue"}),
)

_ADDRESSES: Final = {
    Region.US: "https://events.pagerduty.com",
    Region.EU: "https://events.eu.pagerduty.com",
}
_ALERTS: Final = "/v2/enqueue"
_CHANGES: Final = "/v2/change/enqueue"
_SEVERITIES: Final = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
}
_LONGEST_SUMMARY: Final = 1_024
_ABOUT_KEY: Final = re.compile(r"routing[ _]key", re.IGNORECASE)
_KEY: Final = re.compile(r"[0-9A-Za-z]{32}")

type Event = dict[str, Any]


class PagerDutyDestination(Struct, frozen=True):
    """Destination over the Events API. `key` reads the integration key, which is a secret."""

    key: Callable[[], str]
    pagerduty: HttpService
    address: str

    def deliver(self, message: Message) -> None:
        path, event = pagerduty_event(redacted_struct(message))
        key = self.key()
        body = json.encode({"routing_key": key, **event})
        try:
            self.pagerduty.post(f"{self.address}{path}", body, secrets=(key,))
        except MessageRefused as refusal:
            if _ABOUT_KEY.search(str(refusal)) is None:
                raise
            # It answers 400 also for a key that it does not know; no other message would be taken.
            reason = f"{refusal}; check the secret {self.pagerduty.secret}"
            raise PermanentError(reason) from refusal


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    options = convert(spec.options, Options)

    def key() -> str:
        wanted = "an integration key of 32 letters and digits"
        secret = resources.secrets(spec.secret)
        found = only_value(secret, wanted)
        if _KEY.fullmatch(found) is None:
            raise unusable(secret, f"must hold {wanted}; it holds another text")
        return found

    address = (options.address or _ADDRESSES[options.region]).rstrip("/")
    pagerduty = resources.service("PagerDuty", spec)
    return PagerDutyDestination(key, pagerduty, address)


def pagerduty_event(message: Message) -> tuple[str, Event]:
    """Where the event goes, and the event without its key."""
    (notification,) = message.notifications
    match notification.status:
        case NotificationStatus.OPENED | NotificationStatus.REPEATED | NotificationStatus.ESCALATED:
            return _ALERTS, {
                **_action("trigger", notification),
                "client": "Streamwarden",
                "payload": {
                    **_payload(message),
                    "severity": _SEVERITIES[notification.severity],
                    "class": notification.rule_id,
                    **({"group": notification.owner} if notification.owner else {}),
                },
                "links": _links(notification),
            }
        case NotificationStatus.ACKNOWLEDGED:
            return _ALERTS, _action("acknowledge", notification)
        case NotificationStatus.RESOLVED:
            return _ALERTS, _action("resolve", notification)
        case NotificationStatus.CHANGED | NotificationStatus.WARNING:
            # An early warning has a key of its own that nothing resolves: its alert would stay.
            return _CHANGES, {"payload": _payload(message), "links": _links(notification)}
        case _:
            assert_never(notification.status)


def _action(action: str, notification: Notification) -> Event:
    return {"event_action": action, "dedup_key": notification.incident}


def _payload(message: Message) -> Event:
    (notification,) = message.notifications
    (incident,) = message_document(message)["incidents"]
    return {
        "summary": brief(format_title(message), _LONGEST_SUMMARY),
        "source": notification.resource_arn,
        "timestamp": notification.at.isoformat(),
        "custom_details": incident,
    }


def _links(notification: Notification) -> list[dict[str, str]]:
    runbook = notification.notes.runbook if notification.notes else ""
    pairs = (("Runbook", runbook), ("Console", console_link(notification.resource_arn)))
    return [{"href": href, "text": text} for text, href in pairs if href.startswith("https://")]
