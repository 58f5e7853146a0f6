"""An incident is acknowledged once, and is told all the same when it becomes worse or resolves."""

from datetime import datetime

from streamwarden.domain.commands import AcknowledgeIncident
from streamwarden.domain.decision import Decision
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.verdicts import Mode, NotificationStatus, Severity
from testbed.builders import (
    CHANNEL,
    at,
    channel_listed,
    compiled_rule,
    decide_on,
    policy_of,
)

RULE = "insecure-ingest"
POLICY = policy_of(compiled_rule("insecure_ingest", {}, mode=Mode.NOTIFY))
WORSE = policy_of(compiled_rule("insecure_ingest", {}, mode=Mode.NOTIFY, severity=Severity.HIGH))
BROKEN = channel_listed(at(), insecureIngest=True)
ACKNOWLEDGED = NotificationStatus.ACKNOWLEDGED


def ack(when: datetime, by: str = "AIDAANA") -> AcknowledgeIncident:
    return AcknowledgeIncident(
        resource_arn=CHANNEL,
        time=when,
        author=Sender(id=by),
        reason="the encoder is on its way",
        rule_id=RULE,
    )


def acknowledged(*more: Input, policy: Policy = POLICY, now: datetime | None = None) -> Decision:
    """After the incident was opened, and then acknowledged."""
    opened = decide_on(POLICY, at(), BROKEN)
    first = decide_on(POLICY, at(1), BROKEN, ack(at(1)), before=opened)
    if now is None:
        return first
    return decide_on(policy, now, BROKEN, ack(at(1)), *more, before=first)


def test_people_are_told_once_who_looks_after_it_under_the_key_of_the_incident() -> None:
    (opened,) = decide_on(POLICY, at(), BROKEN).notifications
    first = acknowledged()

    (notified,) = first.notifications
    assert (notified.status, notified.incident) == (ACKNOWLEDGED, opened.incident)
    assert "AIDAANA looks after it: the encoder is on its way" in notified.text
    incident = first.standing.incidents[RULE]
    assert (incident.acknowledged_by, incident.acknowledged_at) == ("AIDAANA", at(1))


def test_the_first_acknowledgement_counts() -> None:
    later = acknowledged(ack(at(2), by="AIDABOB"), now=at(2))

    assert later.notifications == ()
    assert later.standing.incidents[RULE].acknowledged_by == "AIDAANA"


def test_what_becomes_worse_is_told_all_the_same() -> None:
    (notified,) = acknowledged(policy=WORSE, now=at(2)).notifications

    assert notified.status is NotificationStatus.ESCALATED


def test_an_incident_that_opens_later_needs_an_acknowledgement_of_its_own() -> None:
    secure = channel_listed(at(2), insecureIngest=False)
    broken = channel_listed(at(3), insecureIngest=True)
    resolved = acknowledged(secure, now=at(2))
    given = (BROKEN, ack(at(1)), secure, broken)

    again = decide_on(POLICY, at(3), *given, before=resolved)
    taken = decide_on(POLICY, at(4), *given, ack(at(4)), before=again)

    assert [each.status for each in resolved.notifications] == [NotificationStatus.RESOLVED]
    assert [each.status for each in again.notifications] == [NotificationStatus.OPENED]
    assert again.standing.incidents[RULE].acknowledged_at is None
    assert [each.status for each in taken.notifications] == [ACKNOWLEDGED]
