"""Which notifications of a breach are still due. The breach stores which were sent."""

from collections.abc import Sequence
from copy import replace
from datetime import datetime

from streamwarden.domain.breaches.notifications import (
    enforced_notification,
    failed_notification,
    opened_notification,
    step_notification,
    worsened_notification,
)
from streamwarden.domain.breaches.steps import Progress, Wanted
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Breach, Mode, Notification, Verdict, action_id


def notify_about(
    breach: Breach,
    before: Breach | None,
    verdict: Verdict,
    steps: Progress,
    wanted: Sequence[Wanted],
    facts: Facts,
    now: datetime,
) -> tuple[Breach, tuple[Notification, ...]]:
    """The breach after the due notifications, and these notifications."""
    if verdict.mode is Mode.OBSERVE:
        return breach, ()
    planned, reason = [each.planned for each in wanted], verdict.finding.reason
    notifications: list[Notification] = []
    if not breach.is_notified:
        notifications.append(opened_notification(breach, facts, reason, planned, steps, now))
        breach = replace(breach, is_notified=True, notified_step=steps.last_after)
    elif before is not None and verdict.severity.is_above(before.severity):
        notifications.append(worsened_notification(breach, before, facts, reason, now))
    elif before is not None and before.mode is not verdict.mode and verdict.mode is Mode.ENFORCE:
        notifications.append(enforced_notification(breach, facts, reason, planned, steps, now))
        breach = replace(breach, notified_step=steps.last_after)
    number = _new_step(breach, steps, wanted)
    if number:
        newly = [each.planned for each in wanted if each.after > breach.notified_step]
        notifications.append(step_notification(breach, facts, verdict, newly, steps, number, now))
        breach = replace(breach, notified_step=steps.reached[number - 1].after)
    failures = _new_failures(breach, facts)
    notifications += [
        failed_notification(breach, facts, verdict, *each, now) for each in failures.items()
    ]
    # Failures of old requests are dropped: streams come and go while a breach lasts.
    notified = breach.notified_failures.intersection(breach.requests).union(failures) or EMPTY
    return replace(breach, notified_failures=notified), tuple(notifications)


def _new_step(breach: Breach, steps: Progress, wanted: Sequence[Wanted]) -> int:
    """The number of the last step that needs a notification, from 1; 0 if none does.

    A step whose actions would change nothing now needs no notification.
    """
    acting = {each.after for each in wanted}
    news = [
        number
        for number, step in enumerate(steps.reached, 1)
        if step.after > breach.notified_step and (step.after in acting or not step.do)
    ]
    return max(news, default=0)


def _new_failures(breach: Breach, facts: Facts) -> dict[str, Outcome]:
    """Failed actions of this opening of the breach without a notification, by request key."""
    found = {}
    for key in breach.requests:
        outcome = facts.state.outcomes.get(action_id(facts.arn, breach, key))
        is_failed = outcome is not None and outcome.value.status is OutcomeStatus.FAILED
        if outcome is not None and is_failed and key not in breach.notified_failures:
            found[key] = outcome.value
    return found
