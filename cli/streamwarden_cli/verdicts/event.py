"""The event of an external verdict: as EventBridge delivers it, and checked before it is sent."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from streamwarden.domain.arn import parse_arn
from streamwarden.domain.events import VERDICT_SOURCE, ExternalVerdictName, parse_event
from streamwarden.domain.events.viewers import Viewer

DETAIL_TYPE: Final = str(ExternalVerdictName.EXTERNAL_VERDICT)
_ANY_CHANNEL: Final = "arn:aws:ivs:eu-west-1:123456789012:channel/any"
_ANY_TIME: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Statement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a verdict says of a stream: the `detail` of its event."""

    label: str
    confidence: float
    evidence_url: str
    source: str
    stream_id: str | None = None
    viewers: tuple[Viewer, ...] = ()

    def detail(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    def check(self) -> None:
        """Raises MalformedEvent, naming the field, for what an observer would refuse."""
        parse_event(envelope_of(self, _ANY_CHANNEL, _ANY_TIME))


def envelope_of(statement: Statement, channel_arn: str, at: datetime) -> dict[str, Any]:
    """The event as it arrives, from a sender of the channel's account."""
    place, detail = parse_arn(channel_arn), statement.detail()
    said = msgspec.json.encode([channel_arn, at, detail], order="sorted")
    return {
        "version": "0",
        "id": sha256(said).hexdigest()[:36],
        "detail-type": DETAIL_TYPE,
        "source": VERDICT_SOURCE,
        "account": place.account,
        "time": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "region": place.region,
        "resources": [channel_arn],
        "detail": detail,
    }
