"""Effects of actions that others may take back: tags and settings, which others may set, too.

Two rules, or a rule and a pipeline, can want different values of one tag. Each effect that is taken
back counts as an attempt. After the third one the action waits for half a day, then for a day each
time. A stop is never given up, so it is not counted here.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from copy import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.decision import Effect
from streamwarden.domain.policy import Rule
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Breach, Mode, PlannedAction, Status, Verdict, action_id

_MOST_TIMES: Final = 3
# People have half a day to say who is right. Two rules that fight make fewer than ten calls a day.
_FIRST_WAIT: Final = timedelta(hours=12)
_NEXT_WAITS: Final = timedelta(days=1)
# An effect that nobody takes back for so long is no longer disputed.
CALM_AFTER: Final = timedelta(days=1)

type Effects = Mapping[str, Effect]

_NOT_DONE: Final = frozenset({OutcomeStatus.FAILED, OutcomeStatus.HELD})
_JUDGED: Final = frozenset({Status.COMPLIANT, Status.BREACH})


class Conflict(Struct, frozen=True):
    """An action that waits, because its effect was taken back so many times."""

    planned: PlannedAction
    times: int
    seen_at: datetime
    again_at: datetime


def update_effects(
    rule: Rule,
    verdict: Verdict,
    earlier: Breach | None,
    asked: Mapping[str, PlannedAction],
    before: Effects,
    facts: Facts,
    now: datetime,
) -> dict[str, Effect]:
    """What is known of the effects of one rule, by request key.

    `earlier` is its breach as the last decision left it, `asked` what is still to be done.
    """
    if verdict.mode is not Mode.ENFORCE:
        return {}
    found = {}
    for key, planned in _disputable(rule, verdict):
        effect = before.get(key)
        if key in asked:
            effect = _taken_back(effect, now)
        elif earlier and _has_taken_effect(key, planned, verdict, earlier, facts):
            attempts = earlier.requests[key].attempts
            effect = Effect(effect.times + 1 if effect else 1, attempts, now)
        else:
            effect = _in_force(effect, verdict, earlier, now)
        if effect is not None:
            found[key] = effect
    return found


def is_disputed(effects: Iterable[Effect]) -> bool:
    """Whether one of them had to be made again, not long ago."""
    return any(each.times > 1 for each in effects)


def conflicts(
    asked: Mapping[str, PlannedAction],
    requested: Container[str],
    effects: Effects,
    now: datetime,
) -> dict[str, Conflict]:
    """What has to wait now, by request key. `requested` has waited already."""
    return {
        key: Conflict(asked[key], each.times, each.seen_at, again_at)
        for key, each in effects.items()
        if each.taken_back_at is not None
        and each.times >= _MOST_TIMES
        and key not in requested
        and now < (again_at := each.taken_back_at + _wait(each.times))
    }


def _disputable(rule: Rule, verdict: Verdict) -> Iterator[tuple[str, PlannedAction]]:
    for step in rule.steps:
        for planned in step.do:
            kind = ACTION_KINDS[planned.kind]
            if kind.may_be_taken_back:
                yield kind.request_key(verdict.stream_id, step.after), planned


def _taken_back(effect: Effect | None, now: datetime) -> Effect | None:
    if effect is None or effect.taken_back_at is not None:
        return effect
    return replace(effect, taken_back_at=now) if _is_recent(effect, now) else None


def _has_taken_effect(
    key: str, planned: PlannedAction, verdict: Verdict, earlier: Breach, facts: Facts
) -> bool:
    """Whether what was requested is there now, and the request did not fail."""
    if key not in earlier.requests or verdict.status not in _JUDGED:
        return False
    outcome = facts.state.outcomes.get(action_id(facts.arn, earlier, key))
    if outcome is not None and outcome.value.status in _NOT_DONE:
        return False
    kind = ACTION_KINDS[planned.kind]
    return kind.still_wanted(planned, verdict, facts, EMPTY) is None


def _in_force(
    effect: Effect | None, verdict: Verdict, earlier: Breach | None, now: datetime
) -> Effect | None:
    """What is still known of an effect while nothing is to be done."""
    if effect is None:
        return None
    if effect.taken_back_at is not None:
        return replace(effect, seen_at=now, taken_back_at=None)
    # A breach that outlived the effect ended for another reason: the tag is no longer needed.
    if earlier is not None and verdict.status is not Status.BREACH:
        return None
    return effect if _is_recent(effect, now) else None


def _is_recent(effect: Effect, now: datetime) -> bool:
    return now < effect.seen_at + CALM_AFTER


def _wait(times: int) -> timedelta:
    return _FIRST_WAIT if times == _MOST_TIMES else _NEXT_WAITS
