"""What waits for a destination that the deployed policy leaves out, by mistake or for a time.

Nobody can be told there: the policy has the address. What is acknowledged or ends there waits until
the policy names the destination again. What begins or goes on may have to call somebody now: it is
dead-lettered at once, so that somebody hears of it. What is suppressed calls nobody, and waits too.
"""

from functools import cache
from typing import Final, NoReturn

from streamwarden.domain.brief import brief
from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.delivery import (
    KEPT_WHILE_LEFT_OUT,
    ends_incident,
    is_kept_no_longer,
)
from streamwarden.domain.notifications.message import UNLIMITED, Message
from streamwarden.domain.notifications.planning import Dropped
from streamwarden.services.delivery_attempts import Attempts
from streamwarden.services.errors import TemporaryError
from streamwarden.services.leased_destination import LeasedDestination
from streamwarden.services.suppressions import Suppressions
from streamwarden.services.waiting_list import Outlet


class _Nowhere:
    """Stands for a destination without an address."""

    def deliver(self, message: Message) -> NoReturn:
        raise TemporaryError(f"there is nowhere to send message {message.id}")


NO_OUTLET: Final = Outlet(_Nowhere(), UNLIMITED)


def wait_while_left_out(leased: LeasedDestination) -> None:
    """Keep what calls nobody, within its bound, and nothing else.

    Each sweep has the destination looked at. Raises TemporaryError, PermanentError.
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
        each.notification
        for each in waiting
        if not ends_incident(each.notification)
        and (each in late or suppressions.of(each.notification, opens, now) is None)
    ]
    leased.dead_letter(calling, reason, leased.state.sending)
    why = f"{reason} for {format_duration(KEPT_WHILE_LEFT_OUT)}"
    too_old = [Dropped(each, why) for each in late if ends_incident(each.notification)]
    if too_old:
        leased.drop(too_old, cache(leased.opens))
