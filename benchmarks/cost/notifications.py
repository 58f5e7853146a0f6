"""What it costs to notify people: so many incidents that open together, and end together later.

They go to one destination, the topic of the stack. Each more destination costs the same again.
Each incident is on a channel of its own, whose ledger says what became of it.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from benchmarks.cost.meter import Meter
from benchmarks.cost.stack import ACCOUNT, NOTIFICATIONS, REGION, Stack, deployed
from streamwarden.domain.inputs import Health, ResourceListed, StreamListed, envelope_of
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes

# Longer than the wait of a group and its interval.
_APART: Final = timedelta(minutes=10)
_RULE: Final = "no-marathons"
_STREAM: Final = "st-1BkVbLmXaQpT"


class Notified(Struct, frozen=True):
    """`incidents` were opened and resolved."""

    incidents: int
    meter: Meter

    @property
    def messages(self) -> int:
        return self.meter.calls["Publish"]

    def an_incident(self, unit: str) -> float:
        return self.meter.units[unit] / self.incidents


def notified(policy: Path, incidents: int) -> Notified:
    """What follows a decision: what waits in the table, the function `notify`, and the ledger."""
    with deployed(policy) as stack:
        # They read the environment of the stack when they are imported.
        from streamwarden.bootstrap.outbox import outbox_of
        from streamwarden.bootstrap.policy_outline import routing_at

        notifier = outbox_of(
            stack, stack.table, "table", routing_at(stack.policy_path).routing, NOTIFICATIONS
        ).notifier
        for channel in ("first", *(f"show-{opened}" for opened in range(incidents))):
            _listed(stack, channel)
        # The destination answers for the first time.
        for each in _life(stack, "first"):
            notifier.take(each)
            stack.advance(stack.now + _APART)
        stack.measure()
        for opened in range(incidents):
            notifier.take(next(_life(stack, f"show-{opened}")))
        stack.advance(stack.now + _APART)
        for opened in range(incidents):
            notifier.take([*_life(stack, f"show-{opened}")][1])
        stack.advance(stack.now + _APART)
    return Notified(incidents, stack.meter)


def _arn(channel: str) -> str:
    return f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{channel}"


def _listed(stack: Stack, channel: str) -> None:
    """A sweep has found it, live."""
    arn, at = _arn(channel), stack.now
    settings = {"name": channel, "type": "STANDARD", "latencyMode": "LOW", "authorized": False}
    tags = {"team": "news"}
    found = (
        ResourceListed(resource_arn=arn, time=at, settings=settings, tags=tags),
        StreamListed(
            resource_arn=arn,
            time=at,
            stream_id=_STREAM,
            health=Health.HEALTHY,
            start_time=at,
            viewer_count=10,
        ),
    )
    stack.own += [json.dumps(envelope_of(each)) for each in found]
    stack.handle()


def _life(stack: Stack, channel: str) -> Iterator[Notification]:
    """Opened, and resolved."""
    arn = _arn(channel)
    opened = Notification(
        id=f"{arn}/{_RULE}/opened",
        incident=incident_key(arn, _RULE),
        rule_id=_RULE,
        severity=Severity.HIGH,
        status=NotificationStatus.OPENED,
        resource_arn=arn,
        resource_name=f"the studio of {channel}",
        stream_id=_STREAM,
        title=f"{_RULE} breach",
        text="on the air for 12h, which is the limit. Streamwarden stops the stream.",
        at=stack.now,
        notes=RuleNotes(
            description="A forgotten encoder costs money by the hour.",
            owner="broadcast-operations",
            runbook="https://wiki.example.com/runbooks/no-marathons",
        ),
        since=stack.now,
        undo=(f"streamwarden exempt {channel} --rule {_RULE} --until 4h --reason …",),
        owner="news",
        tags={"team": "news", "tier": "paid"},
    )
    yield opened
    yield replace(
        opened,
        id=f"{arn}/{_RULE}/resolved",
        status=NotificationStatus.RESOLVED,
        text="the stream has ended",
        at=stack.now,
    )
