"""One run over one destination: message after message, until nothing is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.decision import first_of
from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.delivery import (
    GIVEN_UP_AFTER,
    PendingDelivery,
    is_given_up,
)
from streamwarden.domain.notifications.open_incidents import OpenIncidents
from streamwarden.domain.notifications.planning import Dropped, Plan, plan
from streamwarden.services.delivery_attempts import Attempts
from streamwarden.services.delivery_events import NotSent
from streamwarden.services.delivery_reminders import Reminders
from streamwarden.services.leased_destination import LeasedDestination
from streamwarden.services.ports import HasTime
from streamwarden.services.suppressions import Suppressions

# A wait that is shorter than this costs less than another invocation.
_WAITED_FOR: Final = timedelta(seconds=2)


class DeliveryRun:
    """One run over a destination that it alone works on."""

    def __init__(self, leased: LeasedDestination) -> None:
        self._leased = leased
        self._suppressions = Suppressions(leased)
        self._attempts = Attempts(leased)
        self._reminders = Reminders(leased, self._suppressions)

    def go_on(self, has_time: HasTime) -> datetime | None:
        """Send until nothing is due. Answers when there is more to do; None if nothing waits."""
        ports = self._leased.ports
        while has_time():
            now = ports.clock()
            again_at = self._step(now)
            if again_at is None or again_at - now > _WAITED_FOR:
                return again_at
            if again_at > now:
                ports.pause((again_at - now).total_seconds())
        return ports.clock()

    def _step(self, now: datetime) -> datetime | None:
        """One message at most; answers when the next step is due."""
        leased, state = self._leased, self._leased.state
        begun = state.sending
        if begun is not None and not begun.is_accepted and leased.is_left_alone(now):
            return state.not_before
        waiting = leased.waiting()
        if begun is None or not begun.is_accepted:
            waiting = self._without_given_up(waiting, now)
        if begun is not None:
            self._attempts.finish_begun(begun, waiting)
            return now
        if not waiting and state.is_one_by_one:
            # All of the message that was refused as a whole is told.
            leased.change(replace(state, is_one_by_one=False))
        # Read once a step at most, and only by a step that must know.
        opens = cache(leased.opens)
        planned = self._plan(waiting, opens, now)
        self._hold(planned.held)
        self._drop(planned.dropped)
        if planned.send:
            told = tuple(each.notification for each in planned.send)
            self._attempts.send(told, planned.group, opens)
            return leased.ports.clock()
        return first_of([planned.again_at, self._reminders.remind(opens, now)])

    def _plan(
        self, waiting: Sequence[PendingDelivery], opens: OpenIncidents, now: datetime
    ) -> Plan:
        leased = self._leased
        return plan(
            leased.name,
            waiting,
            opens,
            leased.state,
            leased.ports.routing,
            leased.limits,
            lambda notification: self._suppressions.of(notification, opens, now),
            now,
        )

    def _without_given_up(
        self, waiting: Sequence[PendingDelivery], now: datetime
    ) -> Sequence[PendingDelivery]:
        state = self._leased.state
        given_up = [each for each in waiting if is_given_up(each, state, now)]
        if not given_up:
            return waiting
        reason = f"the destination is away for {format_duration(GIVEN_UP_AFTER)}: {state.obstacle}"
        in_doubt = state.sending.names if state.sending else ()
        self._leased.dead_letter([each.notification for each in given_up], reason, in_doubt)
        return [each for each in waiting if each not in given_up]

    def _hold(self, held: Sequence[PendingDelivery]) -> None:
        for each in held:
            self._leased.ports.deliveries.hold(self._leased.name, each)
            self._leased.note(NotSent(each.notification, f"not yet: {each.held}"))

    def _drop(self, dropped: Sequence[Dropped]) -> None:
        if not dropped:
            return
        for each in dropped:
            self._leased.note(NotSent(each.pending.notification, each.reason))
        self._leased.drop([each.pending.notification for each in dropped])
