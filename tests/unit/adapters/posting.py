"""What tests of destinations over HTTPS start from: messages, and a pool that sends nothing."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import urllib3

from streamwarden.adapters.destinations import Resources
from streamwarden.adapters.http_posts import HttpService
from streamwarden.adapters.secret_values import Secret
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
STUDIO = "arn:aws:ivs:eu-west-1:111122223333:channel/abcdABCDefgh"
STREAM_KEY = "sk_eu-west-1_aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789ab"
PREFIX = "streamwarden/destinations/"


def notification(**changes: Any) -> Notification:
    given: dict[str, Any] = {
        "id": "n-1",
        "incident": f"{STUDIO}/no-marathons/20260314T110000.000000Z",
        "rule_id": "no-marathons",
        "severity": Severity.HIGH,
        "status": NotificationStatus.OPENED,
        "resource_arn": STUDIO,
        "resource_name": "Studio Zwölf",
        "stream_id": "st-1",
        "title": "Studio Zwölf: no-marathons breach",
        "text": "on the air for 5h; 4h is allowed. Streamwarden stops the stream.",
        "at": NOON,
        "since": NOON.replace(hour=11),
        "undo": (f"streamwarden exempt {STUDIO} --rule no-marathons --until … --reason …",),
        "owner": "sports",
        "tags": {"team": "sports"},
        "notes": RuleNotes(
            description="Four hours are enough.", runbook="https://wiki.example.com/marathons"
        ),
    }
    return Notification(**{**given, **changes})


def message(count: int = 1, **changes: Any) -> Message:
    """About one incident, or a digest of many."""
    notified = (
        notification(**{"id": f"n-{at}", "incident": f"{STUDIO}/{at}", **changes})
        for at in range(count)
    )
    return Message(id="5f1c", notifications=tuple(notified))


def leaking() -> Message:
    """A message into which the value of a stream key has got."""
    return message(title=f"{STREAM_KEY} leaked", text=f"the key is {STREAM_KEY}")


def resources(secret: str) -> Resources:
    return Resources(
        clients=lambda name: None,
        secrets={"the-secret": Secret(f"{PREFIX}the-secret", secret)}.__getitem__,
        secret_prefix=PREFIX,
        clock=lambda: NOON,
        stack_name="streamwarden",
        topic_arn="",
    )


def answer(
    status: int, words: str = "", headers: Mapping[str, str] | None = None
) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(
        io.BytesIO(words.encode()), headers=headers, status=status, preload_content=False
    )


@dataclass
class Pool:
    """Takes every POST, and answers as it is told, at last with 200."""

    answers: list[urllib3.HTTPResponse | Exception] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)

    def request(self, method: str, url: str, **given: Any) -> urllib3.HTTPResponse:
        self.posts.append({"method": method, "url": url, **given})
        found = self.answers.pop(0) if self.answers else answer(200)
        if isinstance(found, Exception):
            raise found
        return found


def service(pool: Pool) -> HttpService:
    untyped: Any = pool
    return HttpService(
        name="the service",
        secret=f"{PREFIX}the-secret",
        pool=untyped,
        clock=lambda: NOON,
        timeout_seconds=5,
    )
