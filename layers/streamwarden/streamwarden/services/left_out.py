"""What waits for a destination that the deployed policy leaves out, by mistake or for a time.

Nobody can be told there: the policy has the address. What is acknowledged or ends there waits until
the policy names the destination again. What begins or goes on may have to call somebody now: it is
dead-lettered, so that somebody hears of it. What is suppressed calls nobody, and waits too.

While a stack is updated, an observer of the new policy may hand something to a new destination
before `notify` knows it. So what nobody there knows of has some minutes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NoReturn

from msgspec.structs import replace

from streamwarden.domain.brief import brief
from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.delivery import (
    DEPLOYED_WITHIN,
    KEPT_WHILE_LEFT_OUT,
    OpenIncident,
    PendingDelivery,
    ends_incident,
    is_kept_no_longer,
    short_name_of,
)
from streamwarden.domain.notifications.message import UNLIMITED, Message
from streamwarden.domain.notifications.planning import Dropped
from streamwarden.services.delivery_attempts import Attempts
from streamwarden.services.delivery_events import NotSent
from streamwarden.services.errors import TemporaryError
from streamwarden.services.leased_destination import LeasedDestination
from streamwarden.services.suppressions import Suppressions
from streamwarden.services.waiting_list import Outlet

_LOOKED_AT_EVERY: Final = timedelta(minutes=1)
# 20 KB of the item that a destination is.
_MOST_NOTED: Final = 1_000


class _Nowhere:
    """Stands for a destination without an address."""

    def deliver(self, message: Message) -> NoReturn:
        raise TemporaryError(f"there is nowhere to send message {message.id}")


NO_OUTLET: Final = Outlet(_Nowhere(), UNLIMITED)


def wait_while_left_out(leased: LeasedDestination) -> datetime | None:
    """Keep what calls nobody, within its bound, and what is new for some minutes.

    Answers when to look again, because of what is new. Each sweep has the destination looked at.
    Raises TemporaryError, PermanentError.
    """
    begun = leased.state.sending
    if begun is not None and begun.is_accepted:
        # A run has died after it was told.
        Attempts(leased).finish_begun(begun, leased.waiting())
    reason = f"the deployed policy has no destination {brief(leased.name, 64)!r}"
    waiting, now, opens = leased.waiting(), leased.ports.clock(), cache(leased.opens)
    suppressions = Suppressions(leased)
    late = [each for each in waiting if is_kept_no_longer(each, leased.state, now)]
    calling = [
        each
        for each in waiting
        if not ends_incident(each.notification)
        and (each in late or suppressions.of(each.notification, opens, now) is None)
    ]
    new = [each for each in calling if _is_new(each, opens(), now)]
    _note_once(leased, new, reason)
    given_up = [each.notification for each in calling if each not in new]
    leased.dead_letter(given_up, reason, leased.state.sending)
    why = f"{reason} for {format_duration(KEPT_WHILE_LEFT_OUT)}"
    too_old = [Dropped(each, why) for each in late if ends_incident(each.notification)]
    if too_old:
        leased.drop(too_old, cache(leased.opens))
    return now + _LOOKED_AT_EVERY if new else None


def _note_once(leased: LeasedDestination, new: Sequence[PendingDelivery], reason: str) -> None:
    """They are looked at each minute, by run after run."""
    span = format_duration(DEPLOYED_WITHIN)
    why = f"not yet: {reason}; it may do so within {span}, if a deployment is under way"
    noted = frozenset(leased.state.left_out_noted)
    for each in new:
        if short_name_of(each.notification) not in noted:
            leased.note(NotSent(each.notification, why))
    names = [short_name_of(each.notification) for each in new]
    leased.change(replace(leased.state, left_out_noted=tuple(names[-_MOST_NOTED:])))


def _is_new(each: PendingDelivery, opens: Mapping[str, OpenIncident], now: datetime) -> bool:
    """Whether a policy that has the destination may have led it there just now.

    Where people know of an incident, it goes on without any route.
    """
    known = opens.get(each.notification.incident)
    is_known = known is not None and known.notified_at is not None
    return not is_known and now - each.notification.at < DEPLOYED_WITHIN
