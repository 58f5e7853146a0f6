"""Acknowledging an incident: people are told once who looks after it, and are reminded no more.

It holds for this incident alone: one that opens later needs an acknowledgement of its own.
"""

from copy import replace
from datetime import datetime

from streamwarden.domain.breaches.notifications import acknowledged_notification
from streamwarden.domain.brief import brief
from streamwarden.domain.decision import Incident
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Notification, Verdict

_LONGEST_AUTHOR = 100


def acknowledged(
    incident: Incident, facts: Facts, verdict: Verdict | None, now: datetime
) -> tuple[Incident, tuple[Notification, ...]]:
    """The incident with the first acknowledgement of it, and what people are told of that."""
    controls = facts.state.controls
    if controls is None or incident.acknowledged_at is not None:
        return incident, ()
    given = controls.acknowledgements.get(incident.rule_id)
    if given is None or given.at < incident.opened_at:
        return incident, ()
    author = brief(str(given.value.author), _LONGEST_AUTHOR)
    incident = replace(incident, acknowledged_by=author, acknowledged_at=given.at)
    return incident, (acknowledged_notification(incident, facts, verdict, given.value.reason, now),)
