"""The life of an incident: what people are notified of, once, while breaches follow each other.

One rule on one resource has at most one incident. An encoder that reconnects every two seconds
makes a breach for each stream, and one incident. A rule in mode observe notifies of nothing, so it
opens none.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.brakes import Brake
from streamwarden.domain.breaches.acknowledging import acknowledged
from streamwarden.domain.breaches.effects import CALM_AFTER, Effects, is_disputed
from streamwarden.domain.breaches.life_cycle import BreachUpdate
from streamwarden.domain.breaches.notifications import BreachNews, resolved_notification
from streamwarden.domain.breaches.steps import Progress, Wanted
from streamwarden.domain.breaches.undoing import with_commands
from streamwarden.domain.decision import Incident, Standing
from streamwarden.domain.policy import Rule
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Breach, Mode, Notification, Status, Verdict, action_id

# The end of a stream can arrive before the outcome of the stop that ended it. An outcome that has
# not arrived by then is lost, or enforce is far behind.
_OUTCOME_AWAITED_FOR: Final = timedelta(minutes=2)
# An action is carried out within ten minutes, or not at all. While another breach is open, its
# outcome is news no more then, and a record has little room.
_LATE_AFTER: Final = timedelta(hours=1)
# Stands among the kinds of actions that failed.
_EXPIRED: Final = "expired"


class IncidentUpdate(Struct, frozen=True, kw_only=True):
    """The incident as it is now, None if there is none, and its due notifications."""

    incident: Incident | None
    notifications: tuple[Notification, ...] = ()
    recheck_at: datetime | None = None


_NONE: Final = IncidentUpdate(incident=None)


def update_incidents(
    pairs: Iterable[tuple[Rule, Verdict]],
    updates: Mapping[str, BreachUpdate],
    effects: Mapping[str, Effects],
    before: Standing,
    facts: Facts,
    now: datetime,
) -> list[tuple[str, IncidentUpdate]]:
    """What becomes of the incidents of these rules, and of those that were open.

    `pairs` are the rules with their verdicts, `updates` what became of the breaches, by rule, and
    `effects` what is known of effects, by breach id.
    """
    if not updates and not before.incidents:
        return []
    rules = {rule.id: (rule, verdict) for rule, verdict in pairs}
    earlier = {breach.rule_id: breach for breach in before.breaches.values()}
    disputed = {key for key, each in effects.items() if is_disputed(each.values())}
    concerned = dict.fromkeys((*updates, *before.incidents))
    return [
        (
            rule_id,
            _with_acknowledgement(
                _update(
                    before.incidents.get(rule_id),
                    rules.get(rule_id),
                    updates.get(rule_id),
                    earlier.get(rule_id),
                    disputed,
                    facts,
                    now,
                ),
                rules.get(rule_id),
                facts,
                now,
            ),
        )
        for rule_id in concerned
    ]


def _update(
    incident: Incident | None,
    rule: tuple[Rule, Verdict] | None,
    update: BreachUpdate | None,
    earlier: Breach | None,
    disputed: Container[str],
    facts: Facts,
    now: datetime,
) -> IncidentUpdate:
    if incident is not None:
        incident = _with_outcomes(incident, earlier, update.breach if update else None, facts, now)
    if rule is not None and update is not None:
        return _go_on(incident, rule[1], update, earlier, facts, now)
    if incident is None:
        return _NONE
    is_fought_over = rule is not None and rule[1].breach_id in disputed
    return _calm_down(incident, rule, is_fought_over, facts, now)


def _with_acknowledgement(
    update: IncidentUpdate, rule: tuple[Rule, Verdict] | None, facts: Facts, now: datetime
) -> IncidentUpdate:
    if update.incident is None:
        return update
    incident, news = acknowledged(update.incident, facts, rule[1] if rule else None, now)
    if not news:
        return update
    return replace(update, incident=incident, notifications=(*update.notifications, *news))


def _go_on(
    incident: Incident | None,
    verdict: Verdict,
    update: BreachUpdate,
    earlier: Breach | None,
    facts: Facts,
    now: datetime,
) -> IncidentUpdate:
    """The incident while a breach is open."""
    if verdict.mode is Mode.OBSERVE:
        return IncidentUpdate(incident=_noted(incident, verdict) if incident else None)
    if incident is None:
        return _open(verdict, update, facts, now)
    is_another = earlier is None or earlier.id != update.breach.id
    noted = replace(_noted(incident, verdict), times=incident.times + is_another)
    return _notified(noted, incident, verdict, update, facts, now)


def _noted(incident: Incident, verdict: Verdict) -> Incident:
    return replace(incident, severity=verdict.severity, mode=verdict.mode, calm_since=None)


def _open(verdict: Verdict, update: BreachUpdate, facts: Facts, now: datetime) -> IncidentUpdate:
    incident = Incident(
        rule_id=verdict.rule_id,
        severity=verdict.severity,
        mode=verdict.mode,
        opened_at=now,
        notified_step=update.steps.last_after,
        notified_brakes=_brakes(update),
    )
    planned = [each.planned for each in update.undone]
    news = BreachNews(incident, facts, verdict, now)
    notification = news.opened(planned, update.breach.held, update.steps)
    incident, obstacles = _with_obstacles(incident, verdict, update, facts, now)
    notified = _with_commands((notification, *obstacles), verdict, update, facts)
    return IncidentUpdate(incident=incident, notifications=notified)


def _notified(
    incident: Incident,
    before: Incident,
    verdict: Verdict,
    update: BreachUpdate,
    facts: Facts,
    now: datetime,
) -> IncidentUpdate:
    """The incident after its due notifications. `before` is what it was at the last decision."""
    steps, planned = update.steps, [each.planned for each in update.undone]
    held, news = update.breach.held, BreachNews(incident, facts, verdict, now)
    notifications: list[Notification] = []
    if incident.times > before.times and not incident.is_repetition_notified:
        notifications.append(news.repeated(planned, held))
        incident = replace(incident, is_repetition_notified=True)
    if verdict.severity.is_above(before.severity):
        notifications.append(news.worsened(before))
    if before.mode is not verdict.mode and verdict.mode is Mode.ENFORCE:
        notifications.append(news.enforced(planned, held, steps))
        incident = replace(incident, notified_step=steps.last_after)
    number = _new_step(incident, steps, update.undone)
    if number:
        newly = [each.planned for each in update.undone if each.after > incident.notified_step]
        notifications.append(news.step(newly, held, steps, number))
        incident = replace(incident, notified_step=steps.reached[number - 1].after)
    if not notifications and not _brakes(update) <= incident.notified_brakes:
        notifications.append(news.held(planned, held))
    incident = replace(incident, notified_brakes=incident.notified_brakes | _brakes(update))
    incident, obstacles = _with_obstacles(incident, verdict, update, facts, now)
    notified = _with_commands((*notifications, *obstacles), verdict, update, facts)
    return IncidentUpdate(incident=incident, notifications=notified)


def _with_commands(
    notifications: Iterable[Notification], verdict: Verdict, update: BreachUpdate, facts: Facts
) -> tuple[Notification, ...]:
    planned = [each.planned for each in update.undone]
    return tuple(
        with_commands(each, verdict.mode, planned, update.held, facts) for each in notifications
    )


def _brakes(update: BreachUpdate) -> frozenset[Brake]:
    """What holds the action back now: people are told of each brake once in an incident."""
    return frozenset({update.held.brake}) if update.held is not None else EMPTY


def _calm_down(
    incident: Incident,
    rule: tuple[Rule, Verdict] | None,
    is_fought_over: bool,
    facts: Facts,
    now: datetime,
) -> IncidentUpdate:
    """The incident while no breach is open: it resolves once it has been calm for long enough."""
    calm_since = incident.calm_since or now
    incident = replace(incident, calm_since=calm_since)
    ends_at = calm_since + _kept_for(incident, rule, is_fought_over, facts)
    if now < ends_at:
        return IncidentUpdate(incident=incident, recheck_at=ends_at)
    verdict = rule[1] if rule else None
    return IncidentUpdate(
        incident=None, notifications=(resolved_notification(incident, facts, verdict, now),)
    )


def _kept_for(
    incident: Incident, rule: tuple[Rule, Verdict] | None, is_fought_over: bool, facts: Facts
) -> timedelta:
    """How long it stays open without a breach: at least until nobody fights over the effect."""
    outcomes = _OUTCOME_AWAITED_FOR if incident.awaited else timedelta(0)
    if rule is None or facts.is_gone or rule[1].status is Status.EXEMPT:
        return outcomes
    return max(rule[0].keep, outcomes, CALM_AFTER if is_fought_over else timedelta(0))


def _with_outcomes(
    incident: Incident,
    earlier: Breach | None,
    current: Breach | None,
    facts: Facts,
    now: datetime,
) -> Incident:
    """The incident with what became of the last request that its breach does not hold any more.

    An action that was done needs no more attempts, whichever of them did it.
    """
    if earlier is not None:
        incident = _awaiting(incident, earlier, current, facts)
    last = facts.state.outcomes.get(incident.awaited)
    if last is None:
        is_lost = current is not None and _is_late(incident, now)
        return replace(incident, awaited="", awaited_since=None) if is_lost else incident
    if last.value.status is OutcomeStatus.DONE:
        return replace(incident, awaited="", awaited_since=None, last_done=last.value.reason)
    is_answered = last.value.decided_at == incident.awaited_since
    return replace(incident, awaited="", awaited_since=None) if is_answered else incident


def _is_late(incident: Incident, now: datetime) -> bool:
    return incident.awaited_since is not None and now - incident.awaited_since >= _LATE_AFTER


def _awaiting(
    incident: Incident, earlier: Breach, current: Breach | None, facts: Facts
) -> Incident:
    open_keys = current.requests.keys() if current and current.id == earlier.id else ()
    over = [key for key in earlier.requests if key not in open_keys]
    if not over:
        return incident
    key = max(reversed(over), key=_is_destructive)  # of several, people hear what ended the stream
    return replace(
        incident,
        awaited=action_id(facts.arn, earlier, key),
        awaited_since=earlier.requests[key].at,
    )


def _is_destructive(request_key: str) -> bool:
    kind = ACTION_KINDS.get(request_key.partition("/")[0])
    return kind is not None and kind.is_destructive


def _new_step(incident: Incident, steps: Progress, undone: Sequence[Wanted]) -> int:
    """The number of the last step that needs a notification, from 1; 0 if none does.

    A step whose actions would change nothing now needs no notification.
    """
    acting = {each.after for each in undone}
    news = [
        number
        for number, step in enumerate(steps.reached, 1)
        if step.after > incident.notified_step and (step.after in acting or not step.do)
    ]
    return max(news, default=0)


def _with_obstacles(
    incident: Incident, verdict: Verdict, update: BreachUpdate, facts: Facts, now: datetime
) -> tuple[Incident, Iterable[Notification]]:
    """What keeps actions from having an effect: they fail, expire, or others take it back."""
    news = BreachNews(incident, facts, verdict, now)
    incident, failures = _with_failures(news, update.breach)
    if _is_newly_expired(incident, update):
        failures = (*failures, news.expired(update.expired))
        failed = incident.notified_failures | {_EXPIRED}
        incident = replace(incident, notified_failures=failed)
    if not update.conflicts or incident.is_conflict_notified:
        return incident, failures
    conflict = news.conflict(update.conflicts)
    return replace(incident, is_conflict_notified=True), (*failures, conflict)


def _is_newly_expired(incident: Incident, update: BreachUpdate) -> bool:
    is_enforced = update.breach.mode is Mode.ENFORCE
    return bool(update.expired) and is_enforced and _EXPIRED not in incident.notified_failures


def _with_failures(news: BreachNews, breach: Breach) -> tuple[Incident, Iterable[Notification]]:
    """Each kind of action that fails is notified once in an incident."""
    known = news.incident.notified_failures
    found = _failures(breach, news.facts)
    failed = {kind: outcome for kind, outcome in found.items() if kind not in known}
    if not failed:
        return news.incident, ()
    notifications = [news.failed(kind, outcome) for kind, outcome in failed.items()]
    return replace(news.incident, notified_failures=known | failed.keys()), notifications


def _failures(breach: Breach, facts: Facts) -> dict[str, Outcome]:
    """Why requests of this breach failed, by action kind."""
    found = {}
    for key in breach.requests:
        outcome = facts.state.outcomes.get(action_id(facts.arn, breach, key))
        if outcome is not None and outcome.value.status is OutcomeStatus.FAILED:
            found[key.partition("/")[0]] = outcome.value
    return found
