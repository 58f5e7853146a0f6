"""Logs and metrics, with Powertools: here, and only here, decisions become log fields."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, assert_never

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from streamwarden.domain.decision import Decision
from streamwarden.domain.redaction import redacted_json
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, Notification, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    # Each function records only its own doing; the others' services need not be loaded.
    from streamwarden.domain.inputs import Input
    from streamwarden.services.deliver import DeliveryEvent
    from streamwarden.services.notify import Taken
    from streamwarden.services.rotate import Rotated
    from streamwarden.services.sweep import SweepReport
    from streamwarden.services.unfinished_sweep import UnfinishedSweep

__all__ = [
    "LambdaContext",
    "logger",
    "metrics",
    "record_batch",
    "record_decision",
    "record_delivery",
    "record_due",
    "record_oldest_kept",
    "record_outcome",
    "record_progress",
    "record_restart",
    "record_retired",
    "record_rotation",
    "record_rotations",
    "record_skip",
    "record_sweep",
    "record_sweep_continues",
    "record_sweep_skip",
    "record_taken",
]


# Names instead of a dimension, which all outcomes of one invocation would have to share.
_COUNTED_AS: Final = {
    OutcomeStatus.DONE: "ActionsDone",
    OutcomeStatus.NOTHING_TO_DO: "ActionsUnnecessary",
    OutcomeStatus.FAILED: "ActionsFailed",
    OutcomeStatus.SKIPPED: "ActionsSkipped",
    OutcomeStatus.HELD: "ActionsHeld",
}


def _serialize(record: dict[str, Any]) -> str:
    return redacted_json(json.dumps(record, default=str))


logger: Final = Logger(json_serializer=_serialize)
metrics: Final = Metrics()


def record_batch(received: int, failed: int) -> None:
    """How many messages a function was given, and how many it wants again."""
    _count("MessagesReceived", received)
    _count("MessagesFailed", failed)


def record_oldest_kept(age: timedelta) -> None:
    """How long ago the oldest message was sent that a function wants again."""
    _count("OldestMessageKept", int(age.total_seconds()), MetricUnit.Seconds)


def record_decision(resource_arn: str, inputs: int, decision: Decision) -> None:
    """One line per decision; every verdict at DEBUG, breaches and what follows at INFO."""
    for verdict in decision.verdicts:
        level = logger.info if verdict.status is Status.BREACH else logger.debug
        level("verdict", **_verdict(verdict))
    for action in decision.actions:
        logger.info("action requested", **_action(action))
    logger.info(
        "decided",
        resource_arn=resource_arn,
        inputs=inputs,
        opened=[breach.id for breach in decision.opened],
        resolved=[breach.id for breach in decision.resolved],
        recheck_at=decision.recheck_at,
    )
    _count("BreachesOpened", len(decision.opened))
    _count("BreachesResolved", len(decision.resolved))
    _count("ActionsRequested", len(decision.actions))


def record_skip(given: "Input") -> None:
    """An input about nothing that a rule looks at, with the reason."""
    logger.info(
        "skipped",
        input=type(given).__name__,
        resource_arn=given.resource_arn,
        reason="no rule is about what it concerns",
    )
    _count("InputsSkipped", 1)


def record_outcome(action: Action, outcome: Outcome) -> None:
    logger.info(
        "action finished", **_action(action), outcome=outcome.status, outcome_reason=outcome.reason
    )
    _count(_COUNTED_AS[outcome.status], 1)


def record_taken(notification: Notification, taken: "Taken") -> None:
    """Which destinations a notification waits for, or why for none."""
    logger.info(
        "notification routed",
        **_notification(notification),
        destinations=list(taken.destinations),
        reason=taken.reason,
    )
    _count("NotificationsRouted", 1 if taken.destinations else 0)


def record_delivery(destination: str, event: "DeliveryEvent") -> None:
    """What became of a message, or of one notification that is not sent."""
    from streamwarden.services.deliver import Failed, NotSent, Sent

    match event:
        case Sent(message):
            for each in message.notifications:
                logger.info(
                    "notification delivered",
                    destination=destination,
                    message=message.id,
                    **_notification(each),
                )
            _count("NotificationsDelivered", len(message.notifications))
            _count("MessagesSent", 1)
        case NotSent(notification, reason, is_dead):
            logger.warning(
                "notification not delivered",
                destination=destination,
                reason=reason,
                is_dead=is_dead,
                **_notification(notification),
            )
            _count("NotificationsDead", int(is_dead))
        case Failed(reason, again_at):
            logger.warning(
                "destination fails", destination=destination, reason=reason, again_at=again_at
            )
            _count("DestinationFailing", 1)
        case _:
            assert_never(event)


def _notification(notification: Notification) -> dict[str, Any]:
    return {
        "incident": notification.incident,
        "rule": notification.rule_id,
        "status": notification.status,
        "resource_arn": notification.resource_arn,
        "title": notification.title,
    }


def record_sweep(report: "SweepReport") -> None:
    logger.info(
        "swept",
        channels=report.channels,
        streams=report.streams,
        differences=report.differences,
        outdated=report.outdated,
        rechecked=report.rechecked,
    )
    _count("SweepDifferences", report.differences)


def record_sweep_continues(unfinished: "UnfinishedSweep") -> None:
    """A sweep that another invocation goes on with, and how far it has come."""
    logger.info(
        "sweep continues",
        began_at=unfinished.began_at,
        listing=unfinished.listing,
        channels=unfinished.uses.channels,
        streams=len(unfinished.streams),
        differences=unfinished.differences,
    )
    _count("SweepsContinued", 1)


def record_sweep_skip() -> None:
    logger.info("sweep skipped", reason="another invocation works on a sweep, or has finished it")
    _count("SweepsSkipped", 1)


def record_restart(listing: str) -> None:
    logger.warning(
        "listing begun again", listing=listing, reason="IVS refuses the token of its next page"
    )


def record_progress(outdated: int, rechecked: int) -> None:
    """How far the deployed policy, mode and code have come."""
    if outdated:
        logger.info("outdated records", outdated=outdated, rechecked=rechecked)
    _count("RecordsOutdated", outdated)


def record_rotation(rotated: "Rotated") -> None:
    logger.info(
        "rotation",
        resource_arn=rotated.channel_arn,
        rule=rotated.rule_id,
        outcome=rotated.outcome.status,
        outcome_reason=rotated.outcome.reason,
    )


def record_due(due: int) -> None:
    """How many keys are due when a run of rotate_keys begins."""
    _count("KeyRotationsDue", due)


def record_retired(channel_arn: str) -> None:
    logger.info("secret retired", resource_arn=channel_arn, reason="the channel is gone")


def record_rotations(done: "Sequence[Rotated]") -> None:
    """How many keys a run of rotate_keys replaced, and how many it could not."""
    statuses = [each.outcome.status for each in done]
    _count("KeyRotations", statuses.count(OutcomeStatus.DONE))
    _count("KeyRotationsFailed", statuses.count(OutcomeStatus.FAILED))


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule_id,
        "kind": verdict.kind,
        "mode": verdict.mode,
        "resource_arn": verdict.resource_arn,
        "stream_id": verdict.stream_id,
        "verdict": verdict.status,
        "reason": verdict.finding.reason,
        "recheck_at": verdict.finding.recheck_at,
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "rule": action.rule_id,
        "action": action.kind,
        "attempt": action.attempt,
        "resource_arn": action.resource_arn,
        "stream_id": action.stream_id,
        "reason": action.reason,
    }


def _count(name: str, value: int, unit: MetricUnit = MetricUnit.Count) -> None:
    metrics.add_metric(name=name, unit=unit, value=value)
