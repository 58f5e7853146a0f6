"""What follows from a breach: the actions still due, the news to tell, and when to look again.

A breach remembers what was asked for and told. What it remembers decides only what to repeat;
whether it is still a breach is decided by the facts alone.
"""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from msgspec import Struct

from streamwarden.domain.facts import Facts
from streamwarden.domain.notices import (
    enforced_notice,
    failed_notice,
    opened_notice,
    worsened_notice,
)
from streamwarden.domain.policy import PlannedAction, Rule
from streamwarden.domain.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import (
    Action,
    ActionKind,
    Breach,
    Mode,
    Notice,
    Request,
    Verdict,
    action_id,
    request_key,
)

# An action whose effect is not seen is asked for again after 5 minutes, then 10, 20… at most 1 h:
# long enough for IVS events to arrive, short enough for a stop that failed.
_ASK_AGAIN_AFTER: Final = timedelta(minutes=5)
_ASK_AGAIN_AT_MOST_AFTER: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 10


class Followup(Struct, frozen=True, kw_only=True):
    """The breach as it stands now, and what to do and tell about it."""

    breach: Breach
    actions: tuple[Action, ...]
    notices: tuple[Notice, ...]
    next_check: datetime | None


def follow_up(
    verdict: Verdict, rule: Rule, before: Breach | None, facts: Facts, now: datetime
) -> Followup:
    """What follows from the breach that `verdict` states; `before` is what it was, if open."""
    breach = _current(verdict, rule, before, now)
    wanted = _wanted_actions(verdict, rule, facts)
    asked = _asked(verdict, wanted)
    actions = tuple(
        _action(key, planned, verdict, rule, breach, now)
        for key, planned in asked.items()
        if _is_due(breach.requests.get(key), now)
    )
    made = {_key(action): Request(at=now, attempts=action.attempt) for action in actions}
    requests = {key: made.get(key) or breach.requests[key] for key in asked}
    breach = replace(breach, requests=requests)
    breach, notices = _tell(breach, before, verdict, wanted, facts, now)
    next_check = min((_due_at(request) for request in requests.values()), default=None)
    return Followup(breach=breach, actions=actions, notices=notices, next_check=next_check)


def _asked(verdict: Verdict, wanted: Iterable[PlannedAction]) -> Mapping[str, PlannedAction]:
    """What goes to the action queue, by request key. Keys are rotated by rotate_keys, in its
    window, from the open breach."""
    if verdict.mode is not Mode.ENFORCE:
        return {}
    return {
        request_key(planned.kind, verdict.stream_id): planned
        for planned in wanted
        if planned.kind is not ActionKind.ROTATE_KEY
    }


def _key(action: Action) -> str:
    return request_key(action.kind, action.stream_id)


def _current(verdict: Verdict, rule: Rule, before: Breach | None, now: datetime) -> Breach:
    rotates_key = any(planned.kind is ActionKind.ROTATE_KEY for planned in rule.actions)
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
        subject=verdict.finding.subject,
        severity=verdict.severity,
        mode=verdict.mode,
        rotates_key=rotates_key,
        stream_id=verdict.stream_id,
        reason=verdict.finding.reason,
        since=verdict.finding.since or now,
        opened_at=now,
    )


def _wanted_actions(verdict: Verdict, rule: Rule, facts: Facts) -> tuple[PlannedAction, ...]:
    """The rule's actions that would still change something."""
    wanted = []
    for planned in rule.actions:
        match planned.kind:
            case ActionKind.STOP:
                # Before `Stream Start` there is nothing that StopStream could stop.
                if facts.live is not None:
                    wanted.append(planned)
            case ActionKind.TAG:
                missing = _missing_tags(planned, verdict, facts)
                if missing:
                    wanted.append(replace(planned, tags=missing))
            case ActionKind.ROTATE_KEY:
                wanted.append(planned)
            case _:
                assert_never(planned.kind)
    return tuple(wanted)


def _missing_tags(planned: PlannedAction, verdict: Verdict, facts: Facts) -> dict[str, str]:
    return {
        key: value
        for key, value in planned.tags.items()
        if facts.tags.get(key) != value and key not in verdict.finding.settled_tags
    }


def _action(
    key: str, planned: PlannedAction, verdict: Verdict, rule: Rule, breach: Breach, now: datetime
) -> Action:
    request = breach.requests.get(key)
    return Action(
        id=action_id(verdict.resource_arn, breach, key),
        attempt=request.attempts + 1 if request else 1,
        kind=planned.kind,
        rule_id=verdict.rule_id,
        resource_arn=verdict.resource_arn,
        stream_id=verdict.stream_id,
        reason=verdict.finding.reason,
        decided_at=now,
        tags=planned.tags,
        only_if_stalled=planned.kind is ActionKind.STOP and rule.check.stops_only_if_stalled,
    )


def _is_due(request: Request | None, now: datetime) -> bool:
    return request is None or now >= _due_at(request)


def _due_at(request: Request) -> datetime:
    doublings = min(request.attempts - 1, _MOST_DOUBLINGS)
    wait: timedelta = _ASK_AGAIN_AFTER * 2**doublings
    return request.at + min(wait, _ASK_AGAIN_AT_MOST_AFTER)


def _tell(
    breach: Breach,
    before: Breach | None,
    verdict: Verdict,
    wanted: Iterable[PlannedAction],
    facts: Facts,
    now: datetime,
) -> tuple[Breach, tuple[Notice, ...]]:
    if verdict.mode is Mode.OBSERVE:
        return breach, ()
    notices: list[Notice] = []
    if not breach.is_told:
        notices.append(opened_notice(breach, facts, wanted, now))
    elif before is not None and verdict.severity.is_above(before.severity):
        notices.append(worsened_notice(breach, before, facts, now))
    elif before is not None and before.mode is not verdict.mode and verdict.mode is Mode.ENFORCE:
        notices.append(enforced_notice(breach, facts, wanted, now))
    failures = _new_failures(breach, facts)
    notices += [failed_notice(breach, facts, verdict, *each, now) for each in failures.items()]
    told = breach.failures_told | frozenset(failures)
    return replace(breach, is_told=True, failures_told=told), tuple(notices)


def _new_failures(breach: Breach, facts: Facts) -> dict[str, Outcome]:
    """Failed actions of this opening of the breach that nobody was told of, by request key."""
    found = {}
    for key in breach.requests:
        outcome = facts.known.outcomes.get(action_id(facts.arn, breach, key))
        is_failed = outcome is not None and outcome.value.status is OutcomeStatus.FAILED
        if outcome is not None and is_failed and key not in breach.failures_told:
            found[key] = outcome.value
    return found
