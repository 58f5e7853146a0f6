"""Orders within a decision: what rules see of them, and what the decision is with them."""

from collections.abc import Iterable
from copy import replace
from datetime import datetime

from streamwarden.domain.brakes import Brakes
from streamwarden.domain.decision import Decision, Standing, first_of
from streamwarden.domain.orders.asking import ask
from streamwarden.domain.orders.news import as_held, notification
from streamwarden.domain.orders.quarantines import begin, follow
from streamwarden.domain.orders.step import Step
from streamwarden.domain.orders.stops import ask_stop, follow_stop
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Mode, PlannedAction, Verdict


def followed(state: Resource, before: Standing, now: datetime, max_mode: Mode) -> Step:
    """The orders as they are now, before rules have asked for anything."""
    is_enforcing = max_mode is Mode.ENFORCE
    facts = Facts(state, before.orders)
    course = follow(before.orders, facts, now, is_enforcing=is_enforcing)
    stops = follow_stop(course.orders, facts, now, is_enforcing=is_enforcing)
    return Step(stops.orders, (*course.notified, *stops.notified))


def with_orders(
    decision: Decision,
    step: Step,
    wanted: Iterable[tuple[PlannedAction, Verdict]],
    facts: Facts,
    brakes: Brakes,
    now: datetime,
    max_mode: Mode,
) -> Decision:
    """The decision, with what its orders ask for and what people are told of them.

    `step` is what `followed` has left, `wanted` the quarantines that rules ask for.
    """
    orders, notified, recheck_at = step.orders, [*step.notified], None
    actions = decision.actions
    first = next(iter(wanted), None)
    if first is not None and orders.quarantine is None:
        begun = begin(orders, *first, facts.arn, now)
        orders, notified = begun.orders, [*notified, *begun.notified]
    if max_mode is Mode.ENFORCE:
        for ask_for in (ask, ask_stop):
            asking = ask_for(orders, facts, brakes, now)
            orders, notified = asking.orders, [*notified, *asking.notified]
            actions = (*actions, *asking.actions)
            recheck_at = first_of([recheck_at, asking.recheck_at])
    quarantine = orders.quarantine
    if quarantine is not None and quarantine.held:
        notified = [as_held(each, quarantine) for each in notified]
    stream_id = facts.session.stream_id if facts.session else None
    return replace(
        decision,
        standing=replace(decision.standing, orders=orders),
        actions=actions,
        notifications=(
            *decision.notifications,
            *(notification(each, facts, stream_id, now) for each in notified),
        ),
        recheck_at=first_of([decision.recheck_at, recheck_at]),
    )
