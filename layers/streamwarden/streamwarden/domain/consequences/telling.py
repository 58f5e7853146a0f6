"""Which news of a breach people have not heard yet. The breach remembers what was told."""

from collections.abc import Sequence
from copy import replace
from datetime import datetime

from streamwarden.domain.consequences.notices import (
    enforced_notice,
    failed_notice,
    opened_notice,
    step_notice,
    worsened_notice,
)
from streamwarden.domain.consequences.steps import Progress, Wanted
from streamwarden.domain.facts import Facts
from streamwarden.domain.knowledge.joins import EMPTY
from streamwarden.domain.knowledge.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Breach, Mode, Notice, Verdict, action_id


def tell(
    breach: Breach,
    before: Breach | None,
    verdict: Verdict,
    steps: Progress,
    wanted: Sequence[Wanted],
    facts: Facts,
    now: datetime,
) -> tuple[Breach, tuple[Notice, ...]]:
    """The breach once people have been told, and what they are told of it."""
    if verdict.mode is Mode.OBSERVE:
        return breach, ()
    planned, reason = [each.planned for each in wanted], verdict.finding.reason
    notices: list[Notice] = []
    if not breach.is_told:
        notices.append(opened_notice(breach, facts, reason, planned, steps, now))
        breach = replace(breach, is_told=True, told_step=steps.last_after)
    elif before is not None and verdict.severity.is_above(before.severity):
        notices.append(worsened_notice(breach, before, facts, reason, now))
    elif before is not None and before.mode is not verdict.mode and verdict.mode is Mode.ENFORCE:
        notices.append(enforced_notice(breach, facts, reason, planned, steps, now))
        breach = replace(breach, told_step=steps.last_after)
    number = _untold_step(breach, steps, wanted)
    if number:
        newly = [each.planned for each in wanted if each.after > breach.told_step]
        notices.append(step_notice(breach, facts, verdict, newly, steps, number, now))
        breach = replace(breach, told_step=steps.reached[number - 1].after)
    failures = _new_failures(breach, facts)
    notices += [failed_notice(breach, facts, verdict, *each, now) for each in failures.items()]
    # Those of requests that are no more are forgotten: streams come and go while a breach lasts.
    told = breach.failures_told.intersection(breach.requests).union(failures) or EMPTY
    return replace(breach, failures_told=told), tuple(notices)


def _untold_step(breach: Breach, steps: Progress, wanted: Sequence[Wanted]) -> int:
    """The number of the last step that is news, from 1; 0 if none is.

    One whose actions would change nothing now is no news, until they would.
    """
    acting = {each.after for each in wanted}
    news = [
        number
        for number, step in enumerate(steps.reached, 1)
        if step.after > breach.told_step and (step.after in acting or not step.do)
    ]
    return max(news, default=0)


def _new_failures(breach: Breach, facts: Facts) -> dict[str, Outcome]:
    """Failed actions of this opening of the breach that nobody was told of, by request key."""
    found = {}
    for key in breach.requests:
        outcome = facts.known.outcomes.get(action_id(facts.arn, breach, key))
        is_failed = outcome is not None and outcome.value.status is OutcomeStatus.FAILED
        if outcome is not None and is_failed and key not in breach.failures_told:
            found[key] = outcome.value
    return found
