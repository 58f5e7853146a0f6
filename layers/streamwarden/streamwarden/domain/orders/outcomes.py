"""What became of an operator's order on a channel: the one place that says so.

Of an order that is over, the orders hold it. Of one that is under way, it is what enforce has
reported last. `decided_at` is the moment of the order.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from streamwarden.domain.brief import brief
from streamwarden.domain.commands import (
    AnyCommand,
    QuarantineChannel,
    ReleaseChannel,
    StopStream,
)
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.orders import Asked, OrderedStop, Orders
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import ACTION_GOOD_FOR

# The event of a stream that was live by then may still be on its way.
KNOWN_WITHIN: Final = timedelta(minutes=2)
NOT_ENFORCED: Final = "the stack does not enforce (parameter Mode), so nothing is done"
NO_KEY_IS_MADE: Final = "the stack does not enforce (parameter Mode), so no stream key is made"

# None while it is not known. The moment is that of the order.
type OutcomeOf = Callable[[Orders, Facts, datetime], Outcome | None]


def ended(at: datetime, status: OutcomeStatus, reason: str) -> Outcome:
    """What became of the order of this moment, as the orders hold it."""
    return Outcome(status, brief(reason), at)


def reported(asked: Asked | None, facts: Facts) -> Stamped[Outcome] | None:
    """What enforce has said last of a request, and when."""
    return facts.state.outcomes.get(asked.action_id) if asked else None


def over(stop: OrderedStop, facts: Facts) -> Outcome | None:
    """What became of a stop whose stream is not live any more; None while it is, or is unknown."""
    session = facts.state.sessions.get(stop.stream_id)
    if session is None or is_live(stop, facts):
        return None
    if stop.asked is None:
        return ended(
            stop.at, OutcomeStatus.NOTHING_TO_DO, f"stream {stop.stream_id} was over already"
        )
    last = reported(stop.asked, facts)
    if last is not None and last.value.status is OutcomeStatus.NOTHING_TO_DO:
        return ended(stop.at, OutcomeStatus.NOTHING_TO_DO, last.value.reason)
    when = f" at {_clock(session.ended_at)}" if session.ended_at else ""
    return ended(stop.at, OutcomeStatus.DONE, f"stream {stop.stream_id} ended{when}")


def is_live(stop: OrderedStop, facts: Facts) -> bool:
    return facts.live is not None and facts.live.stream_id == stop.stream_id


def _of_stop(orders: Orders, facts: Facts, at: datetime) -> Outcome | None:
    stop = orders.stop
    if stop is None or stop.at != at:
        return _held_by_orders(orders.stop_outcome, orders.stop_followed, at)
    last = reported(stop.asked, facts)
    if last is not None and last.value.status is OutcomeStatus.FAILED:
        until = _clock(stop.at + ACTION_GOOD_FOR)
        reason = f"{last.value.reason}; it is tried again until {until}"
        return ended(at, OutcomeStatus.FAILED, reason)
    if last is not None:
        return ended(at, last.value.status, f"{last.value.reason} at {_clock(last.at)}")
    return None if is_live(stop, facts) else _nothing_known(stop)


def _nothing_known(stop: OrderedStop) -> Outcome:
    what = f"stream {stop.stream_id} is not" if stop.stream_id else "no stream is"
    one = "it" if stop.stream_id else f"one that was live at {_clock(stop.at)}"
    by = _clock(stop.at + KNOWN_WITHIN)
    reason = f"{what} known to be live; {one} is still stopped if it becomes known by {by}"
    return ended(stop.at, OutcomeStatus.NOTHING_TO_DO, reason)


def _of_quarantine(orders: Orders, facts: Facts, at: datetime) -> Outcome | None:
    known, quarantine = _held_by_orders(orders.outcome, orders.followed, at), orders.quarantine
    if known is not None or orders.followed is None or orders.followed < at:
        return known
    if quarantine is None:
        return ended(at, OutcomeStatus.NOTHING_TO_DO, "the quarantine has reached its end")
    if quarantine.held:
        reason = f"{quarantine.held}; the quarantine waits until nothing holds it"
        return ended(at, OutcomeStatus.HELD, reason)
    last = reported(quarantine.asked, facts)
    if quarantine.acted_at is None:
        return None
    if last is not None and last.value.status is OutcomeStatus.FAILED:
        return ended(at, OutcomeStatus.FAILED, f"{last.value.reason}; it is tried again")
    # Where nothing was left to do, the channel is in quarantine all the same.
    reason = last.value.reason if last else "the channel was in quarantine already"
    return ended(at, OutcomeStatus.DONE, reason)


def _of_release(orders: Orders, facts: Facts, at: datetime) -> Outcome | None:
    known, release = _held_by_orders(orders.outcome, orders.followed, at), orders.release
    if known is not None or release is None or release.at != at:
        return known
    last = reported(release.asked, facts)
    if last is not None and last.value.status is OutcomeStatus.FAILED:
        return ended(at, OutcomeStatus.FAILED, f"{last.value.reason}; it is tried again")
    return None


def _held_by_orders(
    known: Outcome | None, followed: datetime | None, at: datetime
) -> Outcome | None:
    """What the orders hold of the order of this moment. They know of the last one alone."""
    if followed is None or followed < at:
        return None
    if followed > at:
        return ended(at, OutcomeStatus.NOTHING_TO_DO, "a later order has taken its place")
    return known if known is not None and known.decided_at == at else None


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S} UTC"


def outcome_of(
    kind: type[AnyCommand], orders: Orders, facts: Facts, at: datetime
) -> Outcome | None:
    """What became of the order of this kind and moment, which has arrived; None while it is not
    known. Of a channel that is gone nothing more will be."""
    known = OF_KIND[kind](orders, facts, at)
    is_open = known is None or known.status is OutcomeStatus.NOTHING_TO_DO
    if is_open and facts.is_gone:
        return ended(at, OutcomeStatus.NOTHING_TO_DO, "the channel no longer exists")
    return known


OF_KIND: Final[Mapping[type[AnyCommand], OutcomeOf]] = MappingProxyType(
    {StopStream: _of_stop, QuarantineChannel: _of_quarantine, ReleaseChannel: _of_release}
)
