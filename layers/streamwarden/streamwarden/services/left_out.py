"""What waits for a destination that the deployed policy leaves out, by mistake or for a time.

Nobody can be told there: the policy has the address. What is acknowledged or ends there waits until
the policy names the destination again. What begins or goes on may have to call somebody now: it is
dead-lettered at once, so that somebody hears of it.
"""

from functools import cache
from typing import Final, NoReturn

from streamwarden.domain.brief import brief
from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.delivery import KEPT_WHILE_LEFT_OUT, ends_incident
from streamwarden.domain.notifications.message import UNLIMITED, Message
from streamwarden.domain.notifications.planning import Dropped
from streamwarden.services.delivery_attempts import Attempts
from streamwarden.services.errors import TemporaryError
from streamwarden.services.leased_destination import LeasedDestination
from streamwarden.services.waiting_list import Outlet


class _Nowhere:
    """Stands for a destination without an address."""

    def deliver(self, message: Message) -> NoReturn:
        raise TemporaryError(f"there is nowhere to send message {message.id}")


NO_OUTLET: Final = Outlet(_Nowhere(), UNLIMITED)


def wait_while_left_out(leased: LeasedDestination) -> None:
    """Keep what is acknowledged or ends, within its bound, and nothing else.

    Each sweep has the destination looked at. Raises TemporaryError, PermanentError.
    """
    begun = leased.state.sending
    if begun is not None and begun.is_accepted:
        # A run has died after it was told.
        Attempts(leased).finish_begun(begun, leased.waiting())
    reason = f"the deployed policy has no destination {brief(leased.name, 64)!r}"
    waiting, now = leased.waiting(), leased.ports.clock()
    calling = [each.notification for each in waiting if not ends_incident(each.notification)]
    leased.dead_letter(calling, reason, leased.state.sending)
    late = f"{reason} for {format_duration(KEPT_WHILE_LEFT_OUT)}"
    too_old = [
        Dropped(each, late)
        for each in waiting
        if ends_incident(each.notification) and now - each.notification.at >= KEPT_WHILE_LEFT_OUT
    ]
    if too_old:
        leased.drop(too_old, cache(leased.opens))
