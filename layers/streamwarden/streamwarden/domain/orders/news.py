"""What people are told of orders."""

from copy import replace
from datetime import datetime
from typing import Final

from streamwarden.domain.notifications.news import News, notification_of
from streamwarden.domain.notifications.undoing import releasing
from streamwarden.domain.orders.outcomes import NO_KEY_IS_MADE, NOT_ENFORCED
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import OrderedStop, Quarantine, Strike
from streamwarden.domain.verdicts import Notification, NotificationStatus, Severity

_NEW_KEY: Final = "the channel gets a new stream key, which its secret holds then"
_KEY_IF_REVOKED: Final = (
    "the channel keeps its stream key, or gets a new one if that is revoked already"
)
_RELEASE: Final = "A release ends the quarantine and makes a new stream key"


def notification(news: News, facts: Facts, stream_id: str | None, now: datetime) -> Notification:
    about = news.name.partition("/")[0]
    return notification_of(news, facts, topic="order", about=about, now=now, stream_id=stream_id)


def quarantined(quarantine: Quarantine, arn: str, at: datetime) -> News:
    return News(
        name="quarantine",
        at=at,
        title=f"quarantined{_until(quarantine)}",
        text=f"By {quarantine.ordered_by}: {quarantine.reason}. The stream key is revoked and the "
        f"live stream is stopped, and so is each stream that comes on later. {_RELEASE}",
        # Of a rule's quarantine people know the incident already.
        status=NotificationStatus.OPENED if quarantine.author else NotificationStatus.ESCALATED,
        rule_id=quarantine.rule_id,
        undo=(releasing(arn),),
    )


def as_held(news: News, quarantine: Quarantine) -> News:
    """The news that it begins, where a brake holds it from the first."""
    if news.name != "quarantine" or news.status is NotificationStatus.CHANGED:
        return news
    return replace(
        news,
        title=f"quarantine ordered{_until(quarantine)}, and held",
        text=f"By {quarantine.ordered_by}: {quarantine.reason}. Nothing is done yet: "
        f"{quarantine.held}. {_RELEASE}",
    )


def struck(quarantine: Quarantine, strike: Strike, arn: str) -> News:
    return News(
        name=f"quarantine/strike/{quarantine.strike_count}",
        at=strike.at,
        title=f"strike {quarantine.strike_count} in quarantine",
        text=f"Stream {strike.stream_id} came on during the quarantine and is stopped. It lasts"
        f"{_until(quarantine) or ' until it is released'}. {_RELEASE}",
        status=NotificationStatus.REPEATED,
        rule_id=quarantine.rule_id,
        undo=(releasing(arn),),
    )


def released(quarantine: Quarantine, at: datetime, cause: str, *, is_enforcing: bool) -> News:
    key = _NEW_KEY if quarantine.acted_at is not None else _KEY_IF_REVOKED
    return News(
        name="quarantine/release",
        at=at,
        title="released from quarantine",
        text=f"{cause}; {key if is_enforcing else NO_KEY_IS_MADE}",
        severity=Severity.MEDIUM,
        status=NotificationStatus.RESOLVED,
        rule_id=quarantine.rule_id,
    )


def quarantine_held(quarantine: Quarantine, reason: str, now: datetime) -> News:
    return News(
        name="quarantine/held",
        at=now,
        title="quarantine held",
        text=f"The quarantine by {quarantine.ordered_by} is not carried out: {reason}",
        rule_id=quarantine.rule_id,
    )


def withdrawn(quarantine: Quarantine, reason: str) -> News:
    return News(
        name="quarantine/withdrawn",
        at=quarantine.since,
        title="quarantine withdrawn",
        text=f"The quarantine by {quarantine.ordered_by} is withdrawn before it is complete: "
        f"{reason}",
        severity=Severity.MEDIUM,
        status=NotificationStatus.RESOLVED,
        rule_id=quarantine.rule_id,
    )


def quarantine_failed(quarantine: Quarantine, reason: str) -> News:
    return News(
        name="quarantine/failed",
        at=quarantine.since,
        title="quarantine failed",
        text=f"The quarantine by {quarantine.ordered_by} is not complete: {reason}. "
        "It is tried again",
        status=NotificationStatus.ESCALATED,
        rule_id=quarantine.rule_id,
    )


def not_quarantined(at: datetime, author: str) -> News:
    return News(
        name="quarantine",
        at=at,
        title="not quarantined",
        text=f"The quarantine that {author} has ordered is not carried out: {NOT_ENFORCED}",
    )


def stop_ordered(stop: OrderedStop) -> News:
    what = f"stream {stop.stream_id}" if stop.stream_id else "the live stream"
    return News(
        name="stop",
        at=stop.at,
        title="stop ordered",
        text=f"{stop.author} has ordered to stop {what}: {stop.reason}",
    )


def not_stopped(stop: OrderedStop, reason: str) -> News:
    return News(
        name="stop/obstacle",
        at=stop.at,
        title="not stopped",
        text=f"The stop that {stop.author} has ordered is not carried out: {reason}",
    )


def _until(quarantine: Quarantine) -> str:
    return f" until {quarantine.until:%Y-%m-%d %H:%M} UTC" if quarantine.until else ""
