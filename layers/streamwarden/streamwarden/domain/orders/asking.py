"""Which actions a quarantine and its release ask for now, and when they are asked for again."""

from copy import replace
from datetime import datetime

from msgspec import Struct

from streamwarden.domain.actions.quarantine import QUARANTINE
from streamwarden.domain.actions.rotate_key import ROTATE_KEY
from streamwarden.domain.brakes import Brakes, exemption_from, mode_under
from streamwarden.domain.brief import brief
from streamwarden.domain.decision import first_of
from streamwarden.domain.notifications.news import News
from streamwarden.domain.orders import news
from streamwarden.domain.orders.outcomes import ended
from streamwarden.domain.orders.requests import action_of, due_again_at, order_id
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import Asked, Orders, Quarantine, Release
from streamwarden.domain.state.resource import OutcomeStatus, end_of_id
from streamwarden.domain.verdicts import Action, Authority, Mode


class Asking(Struct, frozen=True, kw_only=True):
    """The orders with what they have asked for, the actions, and when to look again."""

    orders: Orders
    actions: tuple[Action, ...] = ()
    notified: tuple[News, ...] = ()
    recheck_at: datetime | None = None


def ask(orders: Orders, facts: Facts, brakes: Brakes, now: datetime) -> Asking:
    """`orders` as `follow` left them."""
    parts = []
    if orders.quarantine is not None:
        parts.append(_uphold(orders, orders.quarantine, facts, brakes, now))
        orders = parts[-1].orders
    if orders.release is not None:
        parts.append(_make_key(orders, orders.release, facts, brakes, now))
        orders = parts[-1].orders
    return Asking(
        orders=orders,
        actions=tuple(action for each in parts for action in each.actions),
        notified=tuple(notified for each in parts for notified in each.notified),
        recheck_at=first_of(each.recheck_at for each in parts),
    )


def _uphold(
    orders: Orders, quarantine: Quarantine, facts: Facts, brakes: Brakes, now: datetime
) -> Asking:
    """The channel has no key, and nothing is live on it: what is not so is asked for."""
    authority, stream, key = _authority_of(quarantine), _live_stream(facts), _key(facts)
    obstacle = _why_withdrawn(quarantine, brakes) if authority is Authority.RULE else ""
    if obstacle:
        return _withdraw(orders, quarantine, obstacle, now)
    if quarantine.acted_at is not None and not stream and not key:  # it is off the air
        free = replace(quarantine, held="") if quarantine.held else quarantine
        return Asking(orders=replace(orders, quarantine=free), recheck_at=quarantine.until)
    held = brakes.on(quarantine.rule_id, is_destructive=True, authority=authority)
    if held is not None:
        notified = () if quarantine.held else (news.quarantine_held(quarantine, held.reason, now),)
        waiting = replace(quarantine, asked=None, held=brief(held.reason))
        end = first_of([quarantine.until, held.until])
        return Asking(orders=replace(orders, quarantine=waiting), notified=notified, recheck_at=end)
    asked = quarantine.asked
    due_at = _uphold_again_at(asked, stream, key, facts) if asked else now
    if now < due_at:
        return Asking(orders=orders, recheck_at=first_of([quarantine.until, due_at]))
    part = end_of_id(stream) if stream else "key"
    action_id = order_id(facts, QUARANTINE, quarantine.since, part)
    attempts = asked.attempts + 1 if asked and asked.action_id == action_id else 1
    asked = Asked(action_id, now, attempts, stream, key)
    action = action_of(
        asked, facts, QUARANTINE, quarantine.rule_id, brief(quarantine.reason), authority
    )
    after = replace(orders, quarantine=replace(quarantine, asked=asked, held=""))
    recheck_at = first_of([quarantine.until, due_again_at(asked, facts)])
    return Asking(orders=after, actions=(action,), recheck_at=recheck_at)


def _withdraw(orders: Orders, quarantine: Quarantine, obstacle: str, now: datetime) -> Asking:
    """What it has asked for may have taken the key, and not come to the stream: the channel gets
    another key where it has none."""
    return Asking(
        orders=replace(
            orders,
            quarantine=None,
            release=Release(at=now) if quarantine.asked else orders.release,
            earlier=orders.earlier[:-1],
        ),
        notified=(news.withdrawn(quarantine, obstacle),),
    )


def _uphold_again_at(asked: Asked, stream: str, key: str, facts: Facts) -> datetime:
    """At once for a stream and for a key that nothing has been asked about."""
    if (stream and stream != asked.stream) or (key and asked.key and key != asked.key):
        return asked.at
    return due_again_at(asked, facts)


def _why_withdrawn(quarantine: Quarantine, brakes: Brakes) -> str:
    """Why a quarantine that is not known to have acted is not wanted any more; empty if it is."""
    rule_id = quarantine.rule_id
    if mode_under(brakes.account, rule_id, Mode.ENFORCE) is not Mode.ENFORCE:
        return "the rule does not enforce any more"
    if exemption_from(brakes.channel, rule_id, brakes.now) is not None:
        return "the channel is exempt from the rule"
    return ""


def _authority_of(quarantine: Quarantine) -> Authority:
    if quarantine.author is not None:
        return Authority.OPERATOR
    return Authority.RULE if quarantine.acted_at is None else Authority.QUARANTINE


def _make_key(
    orders: Orders, release: Release, facts: Facts, brakes: Brakes, now: datetime
) -> Asking:
    """Until RotateKeys says that the key is published. A key alone may be one that it has not
    published yet, and what was known before may be out of date."""
    rotation = facts.state.is_key_rotated
    if rotation is not None and not rotation.value and rotation.at >= release.at:
        return Asking(orders=_with_key(orders, release, facts))
    authority = Authority.OPERATOR if release.is_ordered else Authority.QUARANTINE
    held = brakes.on(ROTATE_KEY, is_destructive=False, authority=authority)
    if held is not None:
        after = replace(orders, release=replace(release, asked=None))
        return Asking(orders=after, recheck_at=held.until)
    asked = release.asked
    if asked is not None and now < (due_at := due_again_at(asked, facts)):
        return Asking(orders=orders, recheck_at=due_at)
    action_id = order_id(facts, ROTATE_KEY, release.at, "release")
    asked = Asked(action_id, now, asked.attempts + 1 if asked else 1)
    action = action_of(asked, facts, ROTATE_KEY, "", "the quarantine is over", authority)
    return Asking(
        orders=replace(orders, release=replace(release, asked=asked)),
        actions=(action,),
        recheck_at=due_again_at(asked, facts),
    )


def _with_key(orders: Orders, release: Release, facts: Facts) -> Orders:
    """The release is over. It has an outcome where an operator has ordered it."""
    minted_at = facts.stream_key.minted_at if facts.stream_key else None
    is_new = minted_at is not None and minted_at >= release.at.replace(microsecond=0)
    key = "the new stream key is published" if is_new else "the channel has its stream key"
    outcome = ended(release.at, OutcomeStatus.DONE, key)
    known = outcome if release.is_ordered else orders.outcome
    return replace(orders, release=None, outcome=known)


def _live_stream(facts: Facts) -> str:
    return facts.live.stream_id if facts.live else ""


def _key(facts: Facts) -> str:
    """The key that the channel is known to have."""
    return (facts.state.key_arn.value if facts.state.key_arn else None) or ""
