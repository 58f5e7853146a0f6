"""News of orders, settings and deployments: each has an id of its own, so it is told once."""

from datetime import datetime

from msgspec import Struct

from streamwarden.domain.arn import ResourceType, label_of, noun_of
from streamwarden.domain.brief import LONGEST_TEXT, brief
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.state.deployment import DeploymentChange
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Notification, NotificationStatus, Severity


class News(Struct, frozen=True, kw_only=True):
    """One piece. `name` and `at` tell it apart within its resource."""

    name: str
    at: datetime
    title: str
    text: str
    severity: Severity = Severity.HIGH
    status: NotificationStatus = NotificationStatus.CHANGED
    rule_id: str = ""
    undo: tuple[str, ...] = ()
    deployment: DeploymentChange | None = None


def notification_of(
    news: News,
    facts: Facts,
    *,
    topic: str,
    about: str,
    now: datetime,
    stream_id: str | None = None,
) -> Notification:
    """`topic` and `about` name the incident that the news belongs to."""
    is_channel = facts.resource_type is ResourceType.CHANNEL
    noun = "" if is_channel else f"{noun_of(facts.arn)} "
    return Notification(
        id=f"{facts.arn}/{topic}/{news.name}/{news.at:%Y%m%dT%H%M%S.%fZ}/{news.status}",
        incident=incident_key(facts.arn, topic, about),
        rule_id=news.rule_id or about,
        severity=news.severity,
        status=news.status,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=stream_id,
        title=f"{noun}{label_of(facts.arn, facts.name)}: {news.title}",
        text=brief(f"{news.text}.", LONGEST_TEXT),
        at=now,
        undo=news.undo,
        deployment=news.deployment,
    )
