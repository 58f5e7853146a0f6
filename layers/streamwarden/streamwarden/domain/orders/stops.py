"""An operator's stop: exactly the stream of the order, and never one that comes after it.

It passes pause and breaker, and obeys protection. An order that cannot be followed within ten
minutes is dropped, and people are told so: a stop that comes hours later is a surprise.
"""

from copy import replace
from datetime import datetime

from streamwarden.domain.actions.stop import STOP
from streamwarden.domain.brakes import Brakes
from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.news import News
from streamwarden.domain.orders import news
from streamwarden.domain.orders.asking import Asking
from streamwarden.domain.orders.outcomes import (
    KNOWN_WITHIN,
    NOT_ENFORCED,
    ended,
    is_live,
    over,
    reported,
)
from streamwarden.domain.orders.requests import action_of, due_again_at, order_id
from streamwarden.domain.orders.step import Step
from streamwarden.domain.state.controls import StopOrder
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.orders import Asked, OrderedStop, Orders
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import ACTION_GOOD_FOR, Action, Authority


def follow_stop(orders: Orders, facts: Facts, now: datetime, *, is_enforcing: bool) -> Step:
    """The orders once the last command is followed, and its stream is known if it can be."""
    notified: tuple[News, ...] = ()
    given = facts.state.controls.stop if facts.state.controls else None
    if given is not None and (orders.stop_followed is None or given.at > orders.stop_followed):
        orders, notified = _ordered(orders, given, facts, is_enforcing=is_enforcing)
    stop = orders.stop
    if stop is None:
        return Step(orders, notified)
    if not stop.stream_id:
        stop = replace(stop, stream_id=_live_at(stop.at, facts))
    obstacle = _obstacle(stop, facts, now)
    if obstacle is not None:
        orders = _without(orders, obstacle)
        return Step(orders, (*notified, news.not_stopped(stop, obstacle.reason)))
    outcome = over(stop, facts)
    return Step(_without(orders, outcome) if outcome else replace(orders, stop=stop), notified)


def ask_stop(orders: Orders, facts: Facts, brakes: Brakes, now: datetime) -> Asking:
    """`orders` as `follow_stop` left them."""
    stop = orders.stop
    if stop is None:
        return Asking(orders=orders)
    if not is_live(stop, facts):
        return Asking(orders=orders, recheck_at=stop.at + KNOWN_WITHIN)
    held = brakes.on(STOP, is_destructive=True, authority=Authority.OPERATOR)
    if held is not None:
        notified = (news.not_stopped(stop, held.reason),)
        outcome = ended(stop.at, OutcomeStatus.HELD, held.reason)
        return Asking(orders=_without(orders, outcome), notified=notified)
    end = stop.at + ACTION_GOOD_FOR
    if stop.asked is not None and now < (due_at := due_again_at(stop.asked, facts)):
        return Asking(orders=orders, recheck_at=min(due_at, end))
    asked, action = _asked(stop, facts, now)
    return Asking(
        orders=replace(orders, stop=replace(stop, asked=asked)),
        actions=(action,),
        recheck_at=min(due_again_at(asked, facts), end),
    )


def _ordered(
    orders: Orders, given: Stamped[StopOrder], facts: Facts, *, is_enforcing: bool
) -> tuple[Orders, tuple[News, ...]]:
    order = given.value
    stream_id = order.stream_id or _live_at(given.at, facts)
    stop = OrderedStop(at=given.at, reason=order.reason, author=order.author, stream_id=stream_id)
    orders = replace(orders, stop_followed=given.at)
    if not is_enforcing:
        outcome = ended(given.at, OutcomeStatus.HELD, NOT_ENFORCED)
        return _without(orders, outcome), (news.not_stopped(stop, NOT_ENFORCED),)
    return replace(orders, stop=stop), (news.stop_ordered(stop),)


def _live_at(moment: datetime, facts: Facts) -> str:
    """The stream that was live then and still is; empty if that is none."""
    live = facts.live
    if live is None or live.on_air_at is None or live.on_air_at > moment:
        return ""
    return live.stream_id


def _without(orders: Orders, outcome: Outcome) -> Orders:
    """The stop is over, with this outcome."""
    return replace(orders, stop=None, stop_outcome=outcome)


def _obstacle(stop: OrderedStop, facts: Facts, now: datetime) -> Outcome | None:
    """Why the order is dropped; None while it is followed."""
    last = reported(stop.asked, facts)
    if last is not None and last.value.status is OutcomeStatus.HELD:
        return ended(stop.at, OutcomeStatus.HELD, last.value.reason)
    if now < stop.at + KNOWN_WITHIN:
        return None
    if stop.stream_id not in facts.state.sessions:
        reason = "the stream is not live" if stop.stream_id else "no stream was live"
        return ended(stop.at, OutcomeStatus.NOTHING_TO_DO, reason)
    if not is_live(stop, facts) or now < stop.at + ACTION_GOOD_FOR:
        return None
    failure = last.value.reason if last is not None else "IVS has not answered"
    reason = f"the stream is still live after ten minutes: {failure}"
    return ended(stop.at, OutcomeStatus.FAILED, reason)


def _asked(stop: OrderedStop, facts: Facts, now: datetime) -> tuple[Asked, Action]:
    action_id = order_id(facts, STOP, stop.at, stop.stream_id)
    attempts = stop.asked.attempts + 1 if stop.asked else 1
    asked = Asked(action_id, now, attempts, stop.stream_id)
    action = action_of(asked, facts, STOP, "", brief(stop.reason), Authority.OPERATOR)
    return asked, action
