"""The course of a quarantine: it begins, streams that come on are strikes, and it ends."""

from collections.abc import Iterator
from copy import replace
from datetime import datetime
from typing import Final

from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.news import News
from streamwarden.domain.orders import news
from streamwarden.domain.orders.outcomes import NO_KEY_IS_MADE, NOT_ENFORCED, ended
from streamwarden.domain.orders.step import Step
from streamwarden.domain.state.controls import ChannelControls, QuarantineOrder
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
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
_NOTIFIED_EACH: Final = 3


def follow(orders: Orders, facts: Facts, now: datetime, *, is_enforcing: bool) -> Step:
    """The orders once what is known by now has been followed: commands, strikes, the end."""
    step = Step(replace(orders, earlier=_remembered(orders, now)))
    if facts.is_gone:
        return step.to(replace(step.orders, quarantine=None, release=None))
    if facts.state.controls is not None:
        step = _commanded(step, facts.state.controls, facts.arn, now, is_enforcing=is_enforcing)
    step = _with_strikes(_with_outcome(step, facts), facts)
    return _ended(step, now, is_enforcing=is_enforcing)


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
    step: Step, controls: ChannelControls, arn: str, now: datetime, *, is_enforcing: bool
) -> Step:
    """Of commands that came together, or out of order, the last one counts."""
    ordered, release = controls.quarantine, controls.release
    last = max((each.at for each in (ordered, release) if each is not None), default=None)
    followed = step.orders.followed
    if last is None or (followed is not None and last <= followed):
        return step
    step = step.to(replace(step.orders, followed=last))
    if release is not None and release.at == last:
        cause = f"{release.value.author} has ended the quarantine: {release.value.reason}"
        return _release_ordered(step, last, cause, is_enforcing=is_enforcing)
    if ordered is None:
        return step
    if not is_enforcing:
        orders = replace(step.orders, outcome=ended(last, OutcomeStatus.HELD, NOT_ENFORCED))
        return step.to(orders, news.not_quarantined(last, str(ordered.value.author)))
    return _quarantined(step, ordered, arn, now)


def _quarantined(step: Step, given: Stamped[QuarantineOrder], arn: str, now: datetime) -> Step:
    """By an operator, who takes over what a rule has begun."""
    orders, order, at = step.orders, given.value, given.at
    current = orders.quarantine or Quarantine(since=at, reason=order.reason)
    quarantine = replace(
        current, reason=order.reason, author=order.author, until=order.until, rule_id="", spans=()
    )
    after = replace(orders, quarantine=quarantine, release=None, earlier=_with(orders.earlier, at))
    if quarantine_in_force(after, now) is None:
        return step  # the command came after its own end
    return step.to(after, news.quarantined(quarantine, arn, at))


def _release_ordered(step: Step, at: datetime, cause: str, *, is_enforcing: bool) -> Step:
    """By an operator, of a channel that may be in no quarantine."""
    quarantine = step.orders.quarantine
    if quarantine is None or at < quarantine.since:
        status, reason = OutcomeStatus.NOTHING_TO_DO, "the channel was not in quarantine"
        return step.to(replace(step.orders, outcome=ended(at, status, reason)))
    release = Release(at=at, is_ordered=True)
    step = _released(step, quarantine, release, cause, is_enforcing=is_enforcing)
    if is_enforcing:
        return step
    reason = f"the quarantine is over; {NO_KEY_IS_MADE}"
    return step.to(replace(step.orders, outcome=ended(at, OutcomeStatus.HELD, reason)))


def _released(
    step: Step, quarantine: Quarantine, release: Release, cause: str, *, is_enforcing: bool
) -> Step:
    orders = replace(step.orders, quarantine=None, release=release)
    notified = news.released(quarantine, release.at, cause, is_enforcing=is_enforcing)
    return step.to(orders, notified)


def _ended(step: Step, now: datetime, *, is_enforcing: bool) -> Step:
    quarantine = step.orders.quarantine
    if quarantine is None or quarantine.until is None or now < quarantine.until:
        return step
    cause, release = "The quarantine has reached its end", Release(at=quarantine.until)
    return _released(step, quarantine, release, cause, is_enforcing=is_enforcing)


def _with_outcome(step: Step, facts: Facts) -> Step:
    """With what enforce has reported of the last request."""
    quarantine = step.orders.quarantine
    if quarantine is None or quarantine.asked is None:
        return step
    last = facts.state.outcomes.get(quarantine.asked.action_id)
    if last is None:
        return step
    reason, notified = last.value.reason, list[News]()
    match last.value.status:
        case OutcomeStatus.HELD:
            if last.value.decided_at == quarantine.asked.at and not quarantine.held:
                notified.append(news.quarantine_held(quarantine, reason, last.at))
                quarantine = replace(quarantine, held=reason)
        case status:
            has_failed = status is OutcomeStatus.FAILED
            if has_failed and not quarantine.is_failure_notified:
                notified.append(news.quarantine_failed(quarantine, reason))
            quarantine = replace(
                quarantine,
                acted_at=quarantine.acted_at or last.at,
                held="",
                is_failure_notified=quarantine.is_failure_notified or has_failed,
            )
    return step.to(replace(step.orders, quarantine=quarantine), *notified)


def _with_strikes(step: Step, facts: Facts) -> Step:
    quarantine = step.orders.quarantine
    if quarantine is None or quarantine.acted_at is None:
        return step
    for strike in _new_strikes(quarantine, facts):
        quarantine = _with_strike(quarantine, strike)
        earlier = _with(step.orders.earlier, strike.at)
        is_notified = _is_notified(quarantine.strike_count)
        notified = (news.struck(quarantine, strike, facts.arn),) if is_notified else ()
        step = step.to(replace(step.orders, quarantine=quarantine, earlier=earlier), *notified)
    return step


def _is_notified(strike: int) -> bool:
    return strike <= _NOTIFIED_EACH or strike.bit_count() == 1


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
