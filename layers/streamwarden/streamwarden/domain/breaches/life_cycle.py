"""What follows from a breach: the due actions, and the next recheck.

A breach stores the requested actions. They decide only what to repeat. The facts alone decide
whether it is still a breach. What people are told of it, its incident decides.
"""

from collections.abc import Container, Iterable, Mapping
from copy import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.kind import Form, Performer, Target
from streamwarden.domain.brakes import Brakes, Held
from streamwarden.domain.breaches.effects import Conflict, Effects, conflicts, update_effects
from streamwarden.domain.breaches.steps import (
    Progress,
    Wanted,
    in_time,
    progress,
    wanted_actions,
)
from streamwarden.domain.brief import LONGEST_TEXT, brief
from streamwarden.domain.decision import Standing, first_of
from streamwarden.domain.policy import Rule
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import (
    ACTION_GOOD_FOR,
    Action,
    Breach,
    Mode,
    PlannedAction,
    Request,
    Verdict,
    action_id,
)

# An action whose effect is not seen is requested again after 5 minutes, then 10, 20… at most 1 h:
# long enough for IVS events to arrive, short enough for a stop that failed. While its outcome is
# not known it may wait in the queue, so that it is requested again when it is good no longer.
_ASK_AGAIN_AFTER: Final = timedelta(minutes=5)
_ASK_AGAIN_AT_MOST_AFTER: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 10
# Enforce may know of a brake before an observer does, which reads controls every few seconds. For
# as long an observer may hold by a brake that was released: it looks again when it begins to hold.
_HELD_FOR: Final = timedelta(seconds=15)


class BreachUpdate(Struct, frozen=True, kw_only=True):
    """The breach as it is now, with its due actions.

    `held` says what holds actions back that are due. `undone` are the actions of the reached steps
    that would still change something, `conflicts` those that wait because their effects were taken
    back, and `expired` those that are given up. `begins` is what outlives the breach and begins
    now.
    """

    breach: Breach
    steps: Progress
    held: Held | None
    undone: tuple[Wanted, ...]
    actions: tuple[Action, ...]
    effects: Effects
    conflicts: tuple[Conflict, ...]
    expired: tuple[PlannedAction, ...]
    recheck_at: datetime | None
    begins: PlannedAction | None = None


def update_breach(
    verdict: Verdict,
    rule: Rule,
    before: Breach | None,
    effects: Effects,
    facts: Facts,
    brakes: Brakes,
    now: datetime,
) -> BreachUpdate:
    """What follows from the breach that `verdict` states; `before` is what it was, if open.

    `effects` are those of its actions until now.
    """
    steps = progress(rule.steps, before.opened_at if before else now, now)
    breach = _current(verdict, steps, before, now)
    wanted, expired = in_time(wanted_actions(steps.reached, verdict, facts), steps.opened_at, now)
    asked = _asked_of(Performer.ENFORCE, verdict, wanted)
    effects = update_effects(rule, verdict, before, asked, effects, facts, now)
    waiting = conflicts(asked, breach.requests, effects, now)
    ready = _ready({key: asked[key] for key in asked if key not in waiting}, verdict)
    done = frozenset(key for key in ready if _is_done(key, ready[key], breach, facts))
    settled = done | waiting.keys()
    due = {key: each for key, each in ready.items() if key not in settled}
    in_window = _asked_of(Performer.ROTATE_KEYS, verdict, wanted)
    held = _held(rule.id, due | in_window, brakes)
    begins = _beginning(ready, held)
    made = {
        key: _action(key, planned, verdict, rule, breach, effects, now)
        for key, planned in due.items()
        if key not in held
        and not _is_done_by(begins, planned)
        and _is_due(key, planned, breach, facts, now)
    }
    requested = [key for key in ready if key not in held]
    holding = next(iter(held.values()), None)
    breach = replace(
        breach,
        requests=_requests(requested, made, done, breach, now),
        held=brief(holding.reason) if holding else "",
        waits=_describe_waiting(asked.values(), waiting.values()),
    )
    return BreachUpdate(
        breach=breach,
        steps=steps,
        held=holding,
        undone=tuple(each for each in wanted if each.key(verdict) not in settled),
        actions=tuple(made.values()),
        effects=effects,
        conflicts=tuple(waiting.values()),
        expired=tuple(each.planned for each in expired),
        recheck_at=first_of(
            [
                _recheck_at(breach, steps, facts),
                *(each.again_at for each in waiting.values()),
                *(each.until for each in held.values()),
                now + _HELD_FOR if holding and not (before and before.held) else None,
                *(each.expires_at(steps.opened_at) for each in wanted),
            ]
        ),
        begins=begins,
    )


def all_effects(
    pairs: Iterable[tuple[Rule, Verdict]],
    updates: Mapping[str, BreachUpdate],
    before: Standing,
    facts: Facts,
    now: datetime,
) -> dict[str, Effects]:
    """What is known of effects by breach id, also of those whose breach is over.

    Each rule has one verdict, so a rule has no more of them than actions.
    """
    found: dict[str, Effects] = {}
    if not updates and not before.breaches and not before.effects:
        return found
    for rule, verdict in pairs:
        key, update = verdict.breach_id, updates.get(rule.id)
        earlier, effects = before.breaches.get(key), before.effects.get(key, {})
        if update is not None:
            effects = update.effects
        elif earlier is not None or effects:
            effects = update_effects(rule, verdict, earlier, {}, effects, facts, now)
        if effects:
            found[key] = effects
    return found


def _asked_of(
    performer: Performer, verdict: Verdict, wanted: Iterable[Wanted]
) -> dict[str, PlannedAction]:
    """What one performer carries out, by request key. Requests go to the action queue. In the
    rotation window, the open breach itself is the request, and is held all the same."""
    if verdict.mode is not Mode.ENFORCE:
        return {}
    return {
        each.key(verdict): each.planned
        for each in wanted
        if ACTION_KINDS[each.planned.kind].performer is performer
    }


def _beginning(asked: Mapping[str, PlannedAction], held: Container[str]) -> PlannedAction | None:
    """What outlives the breach: it is no request of the breach, which may end before it is done."""
    for key, planned in asked.items():
        if key not in held and ACTION_KINDS[planned.kind].is_lasting:
            return planned
    return None


def _is_done_by(begins: PlannedAction | None, planned: PlannedAction) -> bool:
    """Whether what begins now does this as well: it stops what is live."""
    kind = ACTION_KINDS[planned.kind]
    stops = kind.target is Target.STREAM and kind.is_destructive
    return kind.is_lasting or (begins is not None and stops)


def _held(rule_id: str, due: Mapping[str, PlannedAction], brakes: Brakes) -> dict[str, Held]:
    """What holds these actions back, by request key."""
    found = {}
    for key, planned in due.items():
        kind = ACTION_KINDS[planned.kind]
        held = brakes.on(rule_id, is_destructive=kind.is_destructive)
        if held is not None:
            found[key] = held
    return found


def _ready(asked: Mapping[str, PlannedAction], verdict: Verdict) -> Mapping[str, PlannedAction]:
    """What is done now, by request key: what has no delay, and what has to come before the rest."""
    ready = {}
    for key, planned in asked.items():
        if planned.delay is None:
            ready[key] = planned
        elif planned.delay.first:
            first = ACTION_KINDS[planned.delay.first]
            ready[first.request_key(verdict.stream_id)] = PlannedAction(kind=first.word)
    return ready


def _describe_waiting(asked: Iterable[PlannedAction], conflicts: Iterable[Conflict]) -> str:
    delays = [each.delay for each in asked if each.delay is not None]
    fought = [
        f"{ACTION_KINDS[each.planned.kind].describe(each.planned)}, which was taken back "
        f"{each.times} times; again at {each.again_at:%Y-%m-%d %H:%M} UTC"
        for each in conflicts
    ]
    return brief("; ".join([*(each.doing for each in delays if not each.first), *fought]))


def _is_done(key: str, planned: PlannedAction, breach: Breach, facts: Facts) -> bool:
    """Whether it must not be repeated. Only its outcome shows that it was made."""
    if not ACTION_KINDS[planned.kind].is_done_once:
        return False
    request = breach.requests.get(key)
    outcome = facts.state.outcomes.get(action_id(facts.arn, breach, key))
    is_done_now = outcome is not None and outcome.value.status is OutcomeStatus.DONE
    return is_done_now or (request is not None and request.is_done)


def _requests(
    asked: Iterable[str],
    made: Mapping[str, Action],
    done: frozenset[str],
    breach: Breach,
    now: datetime,
) -> dict[str, Request]:
    """The requests that are still wanted, or are done and not repeated."""
    requests = {key: each for key in asked if (each := breach.requests.get(key)) is not None}
    requests |= {key: replace(requests[key], is_done=True) for key in done & requests.keys()}
    return requests | {
        key: Request(at=now, attempts=action.attempt) for key, action in made.items()
    }


def _recheck_at(breach: Breach, steps: Progress, facts: Facts) -> datetime | None:
    open_keys = [key for key, each in breach.requests.items() if not each.is_done]
    moments = [_due_at(key, breach, facts) for key in open_keys]
    if breach.mode is not Mode.OBSERVE and steps.next_at is not None:
        moments.append(steps.next_at)
    return min(moments, default=None)


def _current(verdict: Verdict, steps: Progress, before: Breach | None, now: datetime) -> Breach:
    rotates_key = any(
        ACTION_KINDS[planned.kind].performer is Performer.ROTATE_KEYS
        for step in steps.reached
        for planned in step.do
    )
    if before is not None:
        return replace(
            before,
            severity=verdict.severity,
            mode=verdict.mode,
            rotates_key=rotates_key,
            stream_id=verdict.stream_id or before.stream_id,
        )
    return Breach(
        rule_id=verdict.rule_id,
        subject=verdict.finding.subject.id,
        severity=verdict.severity,
        mode=verdict.mode,
        rotates_key=rotates_key,
        stream_id=verdict.stream_id,
        since=verdict.finding.since or now,
        opened_at=now,
    )


def _action(
    key: str,
    planned: PlannedAction,
    verdict: Verdict,
    rule: Rule,
    breach: Breach,
    effects: Effects,
    now: datetime,
) -> Action:
    request, kind, effect = breach.requests.get(key), ACTION_KINDS[planned.kind], effects.get(key)
    earlier = request.attempts if request else effect.attempts if effect else 0
    return Action(
        id=action_id(verdict.resource_arn, breach, key),
        attempt=earlier + 1,
        kind=planned.kind,
        rule_id=verdict.rule_id,
        resource_arn=verdict.resource_arn,
        stream_id=verdict.stream_id,
        reason=brief(verdict.finding.reason),
        decided_at=now,
        tags=planned.tags,
        tag_keys=planned.tag_keys,
        text=brief(planned.text or verdict.finding.reason, LONGEST_TEXT)
        if Form.TEXT in kind.forms
        else "",
        settings=planned.settings,
        confirm=rule.check.confirm if kind.target is Target.STREAM else None,
        viewers=planned.viewers,
    )


def _is_due(key: str, planned: PlannedAction, breach: Breach, facts: Facts, now: datetime) -> bool:
    request = breach.requests.get(key)
    if request is None or now >= _due_at(key, breach, facts):
        return True
    outcome = facts.state.outcome_of(action_id(facts.arn, breach, key), request.at)
    was_pointless = outcome is not None and outcome.status is OutcomeStatus.NOTHING_TO_DO
    return was_pointless and ACTION_KINDS[planned.kind].may_succeed_now(request.at, facts)


def _due_at(key: str, breach: Breach, facts: Facts) -> datetime:
    """When the action is requested again, unless its effect is seen before."""
    request = breach.requests[key]
    doublings = min(request.attempts - 1, _MOST_DOUBLINGS)
    wait: timedelta = _ASK_AGAIN_AFTER * 2**doublings
    outcome = facts.state.outcome_of(action_id(facts.arn, breach, key), request.at)
    if outcome is not None and outcome.status is OutcomeStatus.HELD:
        return request.at + _HELD_FOR
    at_most = ACTION_GOOD_FOR if outcome is None else _ASK_AGAIN_AT_MOST_AFTER
    return request.at + min(wait, at_most)
