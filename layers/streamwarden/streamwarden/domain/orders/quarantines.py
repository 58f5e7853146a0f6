"""The course of a quarantine: it begins, streams that come on are strikes, and it ends."""

from collections.abc import Iterator
from copy import replace
from datetime import datetime
from typing import Final

from streamwarden.domain.brief import brief
from streamwarden.domain.orders import news
from streamwarden.domain.orders.news import News
from streamwarden.domain.orders.step import Step
from streamwarden.domain.state.controls import ChannelControls
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import (
    EARLIER_KEPT,
    REMEMBERED_FOR,
    STRIKES_KEPT,
    Orders,
    Quarantine,
    Release,
    Strike,
    quarantine_in_force,
)
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import PlannedAction, Verdict

# Each of the first strikes is told, and of the later ones the 4th, the 8th, the 16th…
_TOLD_EACH: Final = 3


def follow(orders: Orders, facts: Facts, now: datetime, *, is_enforcing: bool) -> Step:
    """The orders once what is known by now has been followed: commands, strikes, the end."""
    orders = replace(orders, earlier=_remembered(orders, now))
    if facts.is_gone:
        return Step(replace(orders, quarantine=None, release=None))
    told: list[News] = []
    if facts.state.controls is not None:
        orders = _commanded(orders, facts.state.controls, facts.arn, now, told, is_enforcing)
    orders = _with_strikes(_with_outcome(orders, facts, told), facts, told)
    return Step(_ended(orders, now, told), tuple(told))


def begin(
    orders: Orders, planned: PlannedAction, verdict: Verdict, arn: str, now: datetime
) -> Step:
    """The quarantine that a rule asks for now."""
    quarantine = Quarantine(
        since=now,
        reason=brief(verdict.finding.reason),
        rule_id=verdict.rule_id,
        spans=planned.spans,
        number=len(orders.earlier) + 1,
    )
    quarantine = replace(quarantine, until=_end(quarantine, now))
    earlier = _with(orders.earlier, now)
    orders = replace(orders, quarantine=quarantine, release=None, earlier=earlier)
    return Step(orders, (news.quarantined(quarantine, arn, now),))


def _commanded(
    orders: Orders,
    controls: ChannelControls,
    arn: str,
    now: datetime,
    told: list[News],
    is_enforcing: bool,
) -> Orders:
    """Of commands that came together, or out of order, the last one counts."""
    given = (controls.quarantine, controls.release)
    moments = [each.at for each in given if each is not None]
    last = max(moments, default=None)
    if last is None or (orders.followed is not None and last <= orders.followed):
        return orders
    orders = replace(orders, followed=last)
    ordered, release = given
    if release is not None and release.at == last:
        cause = f"{release.value.author} has ended the quarantine: {release.value.reason}"
        return _released(orders, last, cause, told, is_ordered=True)
    if ordered is None:
        return orders
    order = ordered.value
    if not is_enforcing:
        told.append(news.not_quarantined(last, str(order.author)))
        return orders
    current = orders.quarantine or Quarantine(since=last, reason=order.reason)
    quarantine = replace(
        current, reason=order.reason, author=order.author, until=order.until, rule_id="", spans=()
    )
    after = replace(orders, quarantine=quarantine, release=None)
    if quarantine_in_force(after, now) is None:
        return orders  # the command came after its own end
    told.append(news.quarantined(quarantine, arn, last))
    return replace(after, earlier=_with(orders.earlier, last))


def _released(
    orders: Orders, at: datetime, cause: str, told: list[News], *, is_ordered: bool = False
) -> Orders:
    quarantine = orders.quarantine
    if quarantine is None or at < quarantine.since:
        return orders
    told.append(news.released(quarantine, at, cause))
    return replace(orders, quarantine=None, release=Release(at=at, is_ordered=is_ordered))


def _ended(orders: Orders, now: datetime, told: list[News]) -> Orders:
    quarantine = orders.quarantine
    if quarantine is None or quarantine.until is None or now < quarantine.until:
        return orders
    return _released(orders, quarantine.until, "The quarantine has reached its end", told)


def _with_outcome(orders: Orders, facts: Facts, told: list[News]) -> Orders:
    """With what enforce has reported of the last request."""
    quarantine = orders.quarantine
    if quarantine is None or quarantine.asked is None:
        return orders
    last = facts.state.outcomes.get(quarantine.asked.action_id)
    if last is None:
        return orders
    match last.value.status:
        case OutcomeStatus.HELD:
            if last.value.decided_at == quarantine.asked.at and not quarantine.held:
                told.append(news.quarantine_held(quarantine, last.value.reason, last.at))
                quarantine = replace(quarantine, held=last.value.reason)
        case OutcomeStatus.FAILED:
            if not quarantine.is_failure_notified:
                told.append(news.quarantine_failed(quarantine, last.value.reason))
            acted_at = quarantine.acted_at or last.at
            quarantine = replace(quarantine, acted_at=acted_at, is_failure_notified=True, held="")
        case _:
            quarantine = replace(quarantine, acted_at=quarantine.acted_at or last.at, held="")
    return replace(orders, quarantine=quarantine)


def _with_strikes(orders: Orders, facts: Facts, told: list[News]) -> Orders:
    quarantine = orders.quarantine
    if quarantine is None or quarantine.acted_at is None:
        return orders
    for strike in _new_strikes(quarantine, facts):
        quarantine = _with_strike(quarantine, strike)
        orders = replace(orders, earlier=_with(orders.earlier, strike.at))
        count = quarantine.strike_count
        if count <= _TOLD_EACH or count.bit_count() == 1:
            told.append(news.struck(quarantine, strike, facts.arn))
    return replace(orders, quarantine=quarantine)


def _new_strikes(quarantine: Quarantine, facts: Facts) -> Iterator[Strike]:
    """Streams that came on after the key was revoked, also those that are over again."""
    after, known = quarantine.acted_at, {each.stream_id for each in quarantine.strikes}
    if len(quarantine.strikes) == STRIKES_KEPT:
        after = quarantine.strikes[0].at  # what is older may have been counted
    begun = [(each.on_air_at, each.stream_id) for each in facts.state.sessions.values()]
    for at, stream_id in sorted((at, name) for at, name in begun if at is not None):
        is_within = quarantine.until is None or at < quarantine.until
        if is_within and after is not None and at > after and stream_id not in known:
            yield Strike(stream_id, at)


def _with_strike(quarantine: Quarantine, strike: Strike) -> Quarantine:
    struck = replace(
        quarantine,
        number=quarantine.number + 1,
        strikes=tuple(sorted((*quarantine.strikes, strike), key=_moment))[-STRIKES_KEPT:],
        strike_count=quarantine.strike_count + 1,
    )
    end = _end(struck, strike.at)
    if end is None or struck.until is None:
        return struck
    return replace(struck, until=max(end, struck.until))


def _moment(strike: Strike) -> datetime:
    return strike.at


def _end(quarantine: Quarantine, at: datetime) -> datetime | None:
    """When the span is over that begins at `at`; None where the rule gives none."""
    if not quarantine.spans:
        return None
    index = min(quarantine.number, len(quarantine.spans)) - 1
    return at + quarantine.spans[index]


def _with(earlier: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    return tuple(sorted({*earlier, at}))[-EARLIER_KEPT:]


def _remembered(orders: Orders, now: datetime) -> tuple[datetime, ...]:
    kept = tuple(at for at in orders.earlier if at > now - REMEMBERED_FOR)
    return orders.earlier if kept == orders.earlier else kept
