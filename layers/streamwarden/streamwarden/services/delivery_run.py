"""One run over one destination: message after message, until nothing is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.decision import first_of
from streamwarden.domain.duration import format_duration
from streamwarden.domain.inputs import Handling
from streamwarden.domain.notifications.baseline_incident import is_baseline
from streamwarden.domain.notifications.delivery import (
    CUT_SHORT,
    GIVEN_UP_AFTER,
    OpenIncident,
    PendingDelivery,
    Sending,
    ends_incident,
    is_given_up,
    message_id,
    name_of,
)
from streamwarden.domain.notifications.former_kind import ends_for_former_kind
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.open_incidents import OpenIncidents, ended_of
from streamwarden.domain.notifications.planning import Plan, plan
from streamwarden.domain.verdicts import Notification
from streamwarden.services.delivery_attempts import Attempts
from streamwarden.services.delivery_events import Failed, NotSent
from streamwarden.services.delivery_reminders import Reminders
from streamwarden.services.first_look import BaselineFigures
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
        self._figures = BaselineFigures(leased.ports.judged, self._suppressions.controls)

    def go_on(self, has_time: HasTime) -> datetime | None:
        """Send until nothing is due. Answers when there is more to do; None if nothing waits."""
        ports = self._leased.ports
        self._note_failing()
        while has_time():
            now = ports.clock()
            again_at = self._step(now)
            if again_at is None or again_at - now > _WAITED_FOR:
                return again_at
            if again_at > now:
                ports.pause((again_at - now).total_seconds())
        return ports.clock()

    def _note_failing(self) -> None:
        """Tries come an hour apart at last. In between, the alarm would take it for mended.

        A run that was killed in a try could not say so itself.
        """
        state, now = self._leased.state, self._leased.ports.clock()
        if state.failing_since is None or state.not_before is None:
            return
        if self._leased.is_left_alone(now) or state.obstacle == CUT_SHORT:
            self._leased.note(Failed(state.obstacle, max(state.not_before, now)))

    def _step(self, now: datetime) -> datetime | None:
        """One message at most; answers when the next step is due."""
        leased, state = self._leased, self._leased.state
        if state.sending is not None:
            return self._go_on_with(state.sending, now)
        waiting = leased.waiting()
        # Read once a step at most, and only by a step that must know.
        opens = cache(leased.opens)
        known = cache(lambda: self._known(opens()))
        planned = self._plan(self._for_this_kind(waiting, opens, now), known, now)
        if state.is_one_by_one and not planned.has_ready:
            # All of the message that was refused as a whole is told, or held since.
            leased.change(replace(state, is_one_by_one=False))
        self._hold(planned.held)
        if planned.dropped:
            leased.drop(planned.dropped, opens)
            # It may have held others back, or been the last of a baseline, whose end waits now.
            return now
        if planned.send:
            notified = tuple(each.notification for each in planned.send)
            self._attempts.send(self._message(notified, known), planned.group, opens)
            self._give_up()
            return leased.ports.clock()
        given = (each.notification for each in waiting)
        return first_of([planned.again_at, self._reminders.remind(known, ended_of(given), now)])

    def _go_on_with(self, begun: Sending, now: datetime) -> datetime | None:
        """A message that was begun; answers when the next step is due."""
        leased = self._leased
        if not begun.is_accepted and begun.notified_by not in ("", leased.kind):
            # Another service had the name then, and may have taken it. This one is told again.
            leased.change(replace(leased.state, sending=None))
            return now
        if not begun.is_accepted and leased.is_left_alone(now):
            return leased.state.not_before
        self._finish_begun(begun, now)
        return now

    def _known(self, opens: Mapping[str, OpenIncident]) -> Mapping[str, OpenIncident]:
        """Without what another service was told that had the name before."""
        kind = self._leased.kind
        return {key: each for key, each in opens.items() if each.is_known_to(kind)}

    def _for_this_kind(
        self, waiting: Sequence[PendingDelivery], opens: OpenIncidents, now: datetime
    ) -> Sequence[PendingDelivery]:
        """Without the ends that only the service has to be told that had the name before."""
        leased = self._leased
        others = ends_for_former_kind(waiting, opens, leased.kind, leased.state, now)
        return [
            each
            for each in leased.in_order(waiting)
            if each.notification.incident not in others or not ends_incident(each.notification)
        ]

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
            self._figures.are_all_judged,
            now,
        )

    def _message(self, notified: tuple[Notification, ...], opens: OpenIncidents) -> Message:
        """With the figures of a baseline, where it is one."""
        message = Message(id=message_id(notified), notifications=notified)
        if len(notified) == 1 or not is_baseline(notified):
            return message
        return replace(message, baseline=self._figures.of(notified, opens()))

    def _finish_begun(self, begun: Sending, now: datetime) -> None:
        state, waiting = self._leased.state, self._leased.waiting()
        if not begun.is_accepted:
            # It has failed before, or the function ended with it.
            mine = [each for each in waiting if name_of(each.notification) in begun.names]
            given_up = [each for each in mine if is_given_up(each, state, now)]
            self._dead_letter(given_up)
            waiting = [each for each in waiting if each not in given_up]
        self._attempts.finish_begun(begun, waiting)
        self._give_up()

    def _give_up(self) -> None:
        """After a try that failed. What is suppressed by then is none of what was to be told."""
        state, now = self._leased.state, self._leased.ports.clock()
        if not self._leased.is_left_alone(now):  # nothing was tried
            return
        if state.failing_since is None or now - state.failing_since < GIVEN_UP_AFTER:
            return
        opens = cache(self._leased.opens)
        self._dead_letter(
            [
                each
                for each in self._for_this_kind(self._leased.waiting(), opens, now)
                if is_given_up(each, state, now)
                and self._suppressions.of(each.notification, opens, now) is None
            ]
        )

    def _dead_letter(self, given_up: Sequence[PendingDelivery]) -> None:
        if not given_up:
            return
        state = self._leased.state
        reason = f"the destination is away for {format_duration(GIVEN_UP_AFTER)}: {state.obstacle}"
        self._leased.dead_letter([each.notification for each in given_up], reason, state.sending)

    def _hold(self, held: Sequence[PendingDelivery]) -> None:
        given = ((each.notification, each.held) for each in held)
        self._leased.report(Handling.SUPPRESSED, given)
        for each in held:
            self._leased.ports.deliveries.hold(self._leased.name, each)
            self._leased.note(NotSent(each.notification, f"not yet: {each.held}"))
