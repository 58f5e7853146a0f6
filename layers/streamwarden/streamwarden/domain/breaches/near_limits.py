"""Early warnings of limits that are numbers. Loaded only for a policy that has such warnings.

A record remembers the highest share of which people were notified. It is forgotten when the count
has gone well below it, or when the rule has said nothing of the resource for as long as its
incidents are kept open. So a count that goes up and down by little, and an encoder that reconnects,
cause one notification.
"""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import datetime
from typing import Final

from streamwarden.domain.breaches.early_warnings import actions_before
from streamwarden.domain.breaches.notifications import near_limit_notification
from streamwarden.domain.decision import Decision, ShareNotified
from streamwarden.domain.policy import Rule
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import (
    Action,
    EarlyWarning,
    Mode,
    NearLimit,
    Notification,
    Status,
    Verdict,
)

_NONE: Final = ShareNotified(percent=0)


def with_near_limits(
    decision: Decision,
    rules: Iterable[Rule],
    shares_notified: Mapping[str, ShareNotified],
    facts: Facts,
    now: datetime,
) -> Decision:
    """The decision and what follows from how near its verdicts are to their limits.

    `rules` are those of the verdicts, in order. `shares_notified` says what was sent, by rule.
    """
    shares: dict[str, ShareNotified] = {}
    actions: list[Action] = []
    notifications: list[Notification] = []
    for rule, verdict in zip(rules, decision.verdicts, strict=True):
        before = _remembered(shares_notified.get(rule.id, _NONE), rule, verdict, now)
        near = verdict.finding.near
        after = _after(before, near, verdict, now)
        if after.percent:
            shares[rule.id] = after
        if near is None or not near.is_news or after.percent <= before.percent:
            continue
        warning = EarlyWarning(at=now, text=near.text)
        notifications.append(near_limit_notification(verdict, warning, rule.steps, facts, now))
        if verdict.finding.subject.is_stream:
            actions += actions_before(rule, verdict, warning, facts, now)
    return replace(
        decision,
        actions=(*decision.actions, *actions),
        notifications=(*decision.notifications, *notifications),
        standing=replace(decision.standing, shares_notified=shares),
    )


def _remembered(
    before: ShareNotified, rule: Rule, verdict: Verdict, now: datetime
) -> ShareNotified:
    """Without what was notified before the rule said nothing for so long."""
    if _says_nothing(verdict) or before.calm_since is None:
        return before
    is_over = now >= before.calm_since + rule.keep
    return _NONE if is_over else replace(before, calm_since=None)


def _says_nothing(verdict: Verdict) -> bool:
    """Whether nothing is known of the count, or it does not matter now."""
    return verdict.status in (Status.NOT_APPLICABLE, Status.EXEMPT)


def _after(
    before: ShareNotified, near: NearLimit | None, verdict: Verdict, now: datetime
) -> ShareNotified:
    if _says_nothing(verdict):
        return replace(before, calm_since=before.calm_since or now)
    if near is None:
        return _NONE
    may_notify = verdict.mode is not Mode.OBSERVE
    reached = near.percent if may_notify else 0
    return ShareNotified(percent=max(reached, min(before.percent, near.held)))
