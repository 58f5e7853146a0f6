"""Logs and metrics, with Powertools: here, and only here, decisions become log fields."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, assert_never

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext

from streamwarden import metric_catalogue
from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.correlation import correlation_id
from streamwarden.domain.decision import Decision
from streamwarden.domain.redaction import redacted_json
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, Notification, Status, Verdict
from streamwarden.metric_catalogue import Metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    # Each function records only its own doing; the others' services need not be loaded.
    from streamwarden.domain.inputs import Input
    from streamwarden.services.delivery_events import DeliveryEvent
    from streamwarden.services.fleet_figures import FleetFigures
    from streamwarden.services.notify import Taken
    from streamwarden.services.rotate import Rotated
    from streamwarden.services.sweep import SweepReport
    from streamwarden.services.unfinished_sweep import UnfinishedSweep

__all__ = [
    "LambdaContext",
    "logger",
    "metrics",
    "record_batch",
    "record_dead_letter",
    "record_decision",
    "record_delivery",
    "record_due",
    "record_figures",
    "record_not_reported",
    "record_not_revived",
    "record_not_woken",
    "record_oldest_kept",
    "record_outcome",
    "record_restart",
    "record_retired",
    "record_rotation",
    "record_rotations",
    "record_skip",
    "record_stream_events",
    "record_sweep",
    "record_sweep_continues",
    "record_sweep_skip",
    "record_taken",
    "record_tripped",
]


# Names instead of a dimension, which all outcomes of one invocation would have to share.
_COUNTED_AS: Final = {
    OutcomeStatus.DONE: metric_catalogue.ACTIONS_DONE,
    OutcomeStatus.NOTHING_TO_DO: metric_catalogue.ACTIONS_UNNECESSARY,
    OutcomeStatus.FAILED: metric_catalogue.ACTIONS_FAILED,
    OutcomeStatus.SKIPPED: metric_catalogue.ACTIONS_SKIPPED,
    OutcomeStatus.HELD: metric_catalogue.ACTIONS_HELD,
}
# A policy has few rules. A line for each is for saved queries, which say how many are open by rule.
_MOST_LINES: Final = 100


def _serialize(record: dict[str, Any]) -> str:
    return redacted_json(json.dumps(record, default=str))


logger: Final = Logger(json_serializer=_serialize)
metrics: Final = Metrics()


def record_batch(received: int, failed: int) -> None:
    """How many messages a function was given, and how many it wants again."""
    _count(metric_catalogue.MESSAGES_RECEIVED, received)
    _count(metric_catalogue.MESSAGES_FAILED, failed)


def record_oldest_kept(age: timedelta) -> None:
    """How long ago the oldest message was sent that a function wants again."""
    _measure(metric_catalogue.OLDEST_MESSAGE_KEPT, int(age.total_seconds()))


def record_dead_letter(message_id: str, reason: str) -> None:
    logger.error("message dead-lettered", message_id=message_id, reason=reason)
    _count(metric_catalogue.MESSAGES_DEAD_LETTERED, 1)


def record_decision(
    resource_arn: str, inputs: "Sequence[str]", decision: Decision, newest: datetime
) -> None:
    """One line per decision; every verdict at DEBUG, breaches and what follows at INFO.

    `inputs` are the names of what it took in, and `newest` is the moment of the newest of them.
    """
    names = _correlation(resource_arn, decision)
    for verdict in decision.verdicts:
        level = logger.info if verdict.status is Status.BREACH else logger.debug
        level("verdict", **names, **_verdict(verdict))
    for action in decision.actions:
        logger.info("action requested", **names, **_action(action))
    logger.info(
        "decided",
        **names,
        resource_arn=resource_arn,
        inputs=inputs,
        opened=[breach.id for breach in decision.opened],
        resolved=[breach.id for breach in decision.resolved],
        recheck_at=decision.recheck_at,
    )
    _count(metric_catalogue.BREACHES_OPENED, len(decision.opened))
    _count(metric_catalogue.BREACHES_RESOLVED, len(decision.resolved))
    _count(metric_catalogue.ACTIONS_REQUESTED, len(decision.actions))
    if decision.actions:
        # The clock of IVS may be ahead of ours.
        waited = max(decision.actions[0].decided_at - newest, timedelta(0))
        _measure(metric_catalogue.EVENT_TO_DECISION, waited.total_seconds())


def record_begun_anew(resource_arn: str, reason: str) -> None:
    """A record that cannot be read: what was open is forgotten, and what lasts is opened again."""
    logger.error("record begun anew", resource_arn=resource_arn, reason=reason)


def record_stream_events(number: int) -> None:
    _count(metric_catalogue.STREAM_EVENTS, number)


def record_tripped(rule_ids: "Sequence[str]") -> None:
    """Breakers that have tripped just now."""
    for rule_id in rule_ids:
        logger.warning("breaker tripped", rule=rule_id)
    _count(metric_catalogue.BREAKERS_TRIPPED, len(rule_ids))


def record_skip(given: "Input") -> None:
    """An input about nothing that a rule looks at, with the reason."""
    logger.info(
        "skipped",
        input=type(given).__name__,
        resource_arn=given.resource_arn,
        reason="no rule is about what it concerns",
    )
    _count(metric_catalogue.INPUTS_SKIPPED, 1)


def record_outcome(action: Action, outcome: Outcome, now: datetime) -> None:
    logger.info(
        "action finished",
        correlation_id=correlation_id(action.resource_arn, action.decided_at),
        **_action(action),
        outcome=outcome.status,
        outcome_reason=outcome.reason,
    )
    _count(_COUNTED_AS[outcome.status], 1)
    if outcome.status is OutcomeStatus.DONE and ACTION_KINDS[action.kind].ends_stream:
        _measure(metric_catalogue.DECISION_TO_STOP, (now - action.decided_at).total_seconds())


def record_taken(notification: Notification, taken: "Taken") -> None:
    """Which destinations a notification waits for, or why for none."""
    logger.info(
        "notification routed",
        **_notification(notification),
        destinations=list(taken.destinations),
        reason=taken.reason,
    )
    _count(metric_catalogue.NOTIFICATIONS_ROUTED, 1 if taken.destinations else 0)


def record_delivery(destination: str, event: "DeliveryEvent") -> None:
    """What became of a message, or of one notification that is not sent."""
    from streamwarden.services.delivery_events import Failed, NotReadable, NotSent, Sent, Unreported

    match event:
        case Sent(message):
            for each in message.notifications:
                logger.info(
                    "notification delivered",
                    destination=destination,
                    message_id=message.id,
                    **_notification(each),
                )
            _count(metric_catalogue.NOTIFICATIONS_DELIVERED, len(message.notifications))
            _count(metric_catalogue.MESSAGES_SENT, 1)
        case NotSent(notification, reason, is_dead):
            logger.warning(
                "notification not delivered",
                destination=destination,
                reason=reason,
                is_dead=is_dead,
                **_notification(notification),
            )
            _count(metric_catalogue.MESSAGES_DEAD_LETTERED, int(is_dead))
        case Failed(reason, again_at):
            logger.warning(
                "destination fails", destination=destination, reason=reason, again_at=again_at
            )
            _count(metric_catalogue.DESTINATION_FAILING, 1)
        case NotReadable(key, reason, is_dead):
            logger.error(
                "not readable", destination=destination, key=key, reason=reason, is_dead=is_dead
            )
            _count(metric_catalogue.MESSAGES_DEAD_LETTERED, int(is_dead))
        case Unreported(reason):
            logger.error("ledgers not told", destination=destination, reason=reason)
        case _:
            assert_never(event)


def _notification(notification: Notification) -> dict[str, Any]:
    return {
        "correlation_id": correlation_id(notification.resource_arn, notification.at),
        "incident": notification.incident,
        "rule": notification.rule_id,
        "status": notification.status,
        "resource_arn": notification.resource_arn,
        "title": notification.title,
    }


def record_sweep(report: "SweepReport", now: datetime) -> None:
    logger.info(
        "swept",
        channels=report.channels,
        streams=report.streams,
        differences=report.differences,
        outdated=report.outdated,
        rechecked=report.rechecked,
    )
    _count(metric_catalogue.SWEEPS_FINISHED, 1)
    _count(metric_catalogue.SWEEP_DIFFERENCES, report.differences)
    _measure(metric_catalogue.SWEEP_LAG, int((now - report.began_at).total_seconds()))


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
    _count(metric_catalogue.SWEEPS_CONTINUED, 1)


def record_sweep_skip() -> None:
    logger.info("sweep skipped", reason="another invocation works on a sweep, or has finished it")
    _count(metric_catalogue.SWEEPS_SKIPPED, 1)


def record_not_revived(destination: str) -> None:
    """A message named a notification that was not dead-lettered, or waits again already."""
    logger.warning(
        "notification not revived",
        destination=destination,
        reason="the table has no such notification that was dead-lettered at the destination",
    )


def record_not_woken(reason: str) -> None:
    """What waits for destinations is looked at by the next sweep."""
    logger.error("destinations not woken", reason=reason)


def record_not_reported(reason: str) -> None:
    """The next sweep says what is deployed."""
    logger.error("deployment not reported", reason=reason)


def record_restart(listing: str) -> None:
    logger.warning(
        "listing begun again", listing=listing, reason="IVS refuses the token of its next page"
    )


def record_figures(figures: "FleetFigures") -> None:
    """What a sweep knows of the account at its beginning.

    Of what may get better, also none is emitted: an alarm about it ends with that.
    """
    if figures.outdated:
        logger.info("outdated records", outdated=figures.outdated, rechecked=figures.rechecked)
    _measure(metric_catalogue.LIVE_STREAMS, figures.live_streams)
    _measure(metric_catalogue.RECORDS_KNOWN, figures.records)
    _measure(metric_catalogue.RECORDS_OUTDATED, figures.outdated)
    _measure(metric_catalogue.CHANNELS_WITHOUT_KEY, figures.without_key)
    _measure(metric_catalogue.ROTATION_OVERDUE, int(figures.rotation_overdue.total_seconds()))
    _measure(metric_catalogue.OLDEST_KEY, int(figures.oldest_key.total_seconds()))
    _measure(metric_catalogue.BREAKERS_TRIPPED, figures.breakers_tripped)
    _count(metric_catalogue.EVENTS_LOST, figures.events_lost)
    for severity, number in figures.open_by_severity.items():
        _measure_by(metric_catalogue.INCIDENTS_OPEN, number, severity)
    for rule_id, number in figures.open_by_rule[:_MOST_LINES]:
        logger.info("open incidents", rule=rule_id, number=number)


def record_rotation(rotated: "Rotated") -> None:
    logger.info(
        "rotation",
        correlation_id=correlation_id(rotated.channel_arn, rotated.decided_at),
        resource_arn=rotated.channel_arn,
        rule=rotated.rule_id,
        outcome=rotated.outcome.status,
        outcome_reason=rotated.outcome.reason,
    )


def record_due(due: int) -> None:
    """How many keys are due when a run of rotate_keys begins."""
    _measure(metric_catalogue.KEY_ROTATIONS_DUE, due)


def record_retired(channel_arn: str) -> None:
    logger.info("secret retired", resource_arn=channel_arn, reason="the channel is gone")


def record_rotations(done: "Sequence[Rotated]") -> None:
    """How many keys a run of rotate_keys replaced, and how many it could not."""
    statuses = [each.outcome.status for each in done]
    _measure(metric_catalogue.KEY_ROTATIONS, statuses.count(OutcomeStatus.DONE))
    _count(metric_catalogue.KEY_ROTATIONS_FAILED, statuses.count(OutcomeStatus.FAILED))


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
        "action_id": action.id,
        "attempt": action.attempt,
        "resource_arn": action.resource_arn,
        "stream_id": action.stream_id,
        "reason": action.reason,
    }


def _correlation(resource_arn: str, decision: Decision) -> dict[str, Any]:
    """What the lines of a decision have in common with those of what follows from it.

    A decision that nothing follows from has none.
    """
    moments = (
        *(each.decided_at for each in decision.actions),
        *(each.at for each in decision.notifications),
    )
    return {"correlation_id": correlation_id(resource_arn, moments[0])} if moments else {}


def _count(metric: Metric, number: int) -> None:
    """What did not happen is not written: each metric of an input is bytes of the log."""
    if number:
        _measure(metric, number)


def _measure(metric: Metric, value: float) -> None:
    metrics.add_metric(name=metric.title, unit=metric.unit, value=value)


def _measure_by(metric: Metric, value: int, of_dimension: str) -> None:
    """A line of its own: the metrics of one line have the same dimensions."""
    unit = MetricUnit(metric.unit)
    with single_metric(name=metric.title, unit=unit, value=value) as single:
        single.add_dimension(name=metric.dimension, value=of_dimension)
