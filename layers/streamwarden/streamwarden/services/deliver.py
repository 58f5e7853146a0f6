"""Send what waits for one destination: within its rate, in its order, each thing once.

A message is written down before it is sent, and what became of it right after, so that a run that
dies sends the same message again, under the same id. Only one run works on a destination at a time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streamwarden.domain.arn import Place, place_of
from streamwarden.domain.brief import brief
from streamwarden.domain.decision import first_of
from streamwarden.domain.duration import format_duration
from streamwarden.domain.inputs import Handling
from streamwarden.domain.notifications.delivery import (
    GIVEN_UP_AFTER,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Sending,
    is_given_up,
    name_of,
    opens_incident,
    wait_after,
)
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.planning import (
    Dropped,
    OpenIncidents,
    Plan,
    Suppression,
    plan,
)
from streamwarden.domain.notifications.reminders import (
    due_reminders,
    next_reminder_at,
    reminder_at,
)
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.notifications.suppression import (
    inhibition_of,
    quiet_hours_of,
    silence_on,
)
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.delivery_reports import Handled, report_of, sent_in_words
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    TemporaryError,
    Throttled,
    Unanswered,
    VersionConflict,
)
from streamwarden.services.ports import (
    LONGEST_WAKE,
    Clock,
    ControlsLookup,
    Deliveries,
    Destination,
    HasTime,
    Inbox,
    UndeliveredNotifications,
    Wakes,
)
from streamwarden.services.records import StoredState

# Longer than an invocation, so that one that was killed holds a destination no longer.
_LEASED_FOR: Final = timedelta(seconds=60)
# The queue's clock and ours.
_CLOCKS_DIFFER: Final = timedelta(seconds=1)
_BUSY_FOR: Final = timedelta(seconds=2)
# A wait that is shorter than this costs less than another invocation.
_WAITED_FOR: Final = timedelta(seconds=2)
# Groups that were told of longer ago wait for no interval any more (policy: at most a week).
_LONGEST_INTERVAL: Final = timedelta(days=7)
_MOST_GROUPS: Final = 1_000


class Sent(Struct, frozen=True):
    """A message that the destination has taken."""

    message: Message


class NotSent(Struct, frozen=True):
    """A notification that the destination is not told of, and why. It is lost if `is_dead`."""

    notification: Notification
    reason: str
    is_dead: bool = False


class Failed(Struct, frozen=True):
    """The destination is away. It is tried again at `again_at`."""

    reason: str
    again_at: datetime


class Unreported(Struct, frozen=True):
    """The ledgers do not learn what became of notifications."""

    reason: str


type DeliveryEvent = Sent | NotSent | Failed | Unreported
type Record = Callable[[str, DeliveryEvent], None]


class Outlet(Struct, frozen=True):
    """A destination with what it takes."""

    destination: Destination
    limits: Limits


class Deliverer(Struct, frozen=True, kw_only=True):
    """Sends what waits.

    `outlets` makes a destination by its name; None for one that the policy does not name. `pause`
    waits for some seconds. `record` is told what happens. `inbox` takes what became of
    notifications to the ledgers.
    """

    deliveries: Deliveries
    outlets: Callable[[str], Outlet | None]
    routing: Routing
    controls: ControlsLookup
    wakes: Wakes
    undelivered: UndeliveredNotifications
    inbox: Inbox
    clock: Clock
    pause: Callable[[float], None]
    record: Record

    def revive(self, name: str, notification: Notification) -> None:
        """Have what was dead-lettered wait again: as a change, if its incident is over meanwhile.

        Raises TemporaryError, PermanentError.
        """
        if opens_incident(notification):
            opened = self.deliveries.opened_at(notification.incident, [name])
            if name not in opened:
                notification = replace(notification, status=NotificationStatus.CHANGED)
        self.deliveries.revive(name, notification)

    def run(self, name: str, has_time: HasTime) -> None:
        """Send what is due, and have the destination looked at again when more is.

        Raises Throttled while another run works on it, TemporaryError, PermanentError.
        """
        outlet = self.outlets(name)
        if outlet is None:
            self._dead_letter_all(name)
            return
        try:
            run = _Run(self, name, outlet, self._lease(name))
            self._let_go(run, run.go_on(has_time))
        except VersionConflict as lost:
            raise _busy(name) from lost

    def _dead_letter_all(self, name: str) -> None:
        """The policy does not name the destination any more."""
        reason = f"the deployed policy has no destination {brief(name, 64)!r}"
        for each in self.deliveries.waiting(name):
            self.undelivered.put(name, each.notification, reason)
            self.report(name, [Handled(each.notification, Handling.DEAD_LETTERED, reason)])
            self.deliveries.finish(name, [each.notification], is_dead=True)
            self.record(name, NotSent(each.notification, reason, is_dead=True))

    def report(self, name: str, handled: Iterable[Handled], message_id: str = "") -> None:
        """Before what waits is finished: a run that dies in between reports it again.

        Raises TemporaryError. What the inbox never takes must keep nobody from being told.
        """
        now = self.clock()
        try:
            self.inbox.put([report_of(name, each, now, message_id) for each in handled])
        except PermanentError as obstacle:
            self.record(name, Unreported(str(obstacle)))

    def _lease(self, name: str) -> StoredState:
        """The state, which no other run changes for a while."""
        stored, now = self.deliveries.state(name), self.clock()
        leased_until = stored.state.leased_until
        if leased_until is not None and leased_until > now:
            raise _busy(name)
        leased = replace(stored.state, leased_until=now + _LEASED_FOR)
        return self.deliveries.save(name, leased, stored)

    def _let_go(self, run: "_Run", again_at: datetime | None) -> None:
        state, now = run.stored.state, self.clock()
        # Another look that is on its way is early enough. What should come just now is this one.
        is_awaited = (
            state.wake_at is not None
            and again_at is not None
            and now + _CLOCKS_DIFFER < state.wake_at <= again_at
        )
        looks_at = None
        if again_at is not None and not is_awaited:
            # What is due later is looked at in between, and awaited no longer than that.
            looks_at = min(again_at, now + LONGEST_WAKE)
        let_go = replace(state, leased_until=None, wake_at=looks_at or state.wake_at)
        if looks_at is None:
            run.save(let_go)
        elif looks_at - now > _CLOCKS_DIFFER:
            # A run that dies in between leaves one look too many, and not one too few.
            self.wakes.wake(run.name, looks_at - now)
            run.save(let_go)
        else:
            # What comes at once must not find the destination busy.
            run.save(let_go)
            self.wakes.wake(run.name, max(looks_at - now, timedelta(0)))


def _busy(name: str) -> Throttled:
    return Throttled(f"another run works on the destination {name}", _BUSY_FOR)


class _Run:
    """One run over one destination, whose state it holds."""

    def __init__(
        self, deliverer: Deliverer, name: str, outlet: Outlet, stored: StoredState
    ) -> None:
        self.name, self.stored = name, stored
        self._of, self._outlet = deliverer, outlet
        # Once a run at most, and afresh: it may have been woken by the end of a silence.
        self._controls = cache(self._read_controls)

    def save(self, state: DestinationState) -> None:
        self.stored = self._of.deliveries.save(self.name, state, self.stored)

    def go_on(self, has_time: HasTime) -> datetime | None:
        """Send until nothing is due. Answers when there is more to do; None if nothing waits."""
        while has_time():
            now = self._of.clock()
            again_at = self._step(now)
            if again_at is None or again_at - now > _WAITED_FOR:
                return again_at
            if again_at > now:
                self._of.pause((again_at - now).total_seconds())
        return self._of.clock()

    def _step(self, now: datetime) -> datetime | None:
        """One message at most; answers when the next step is due."""
        state = self.stored.state
        begun = state.sending
        if begun is not None and not begun.is_accepted and _is_waiting(state, now):
            return state.not_before
        waiting = self._of.deliveries.waiting(self.name)
        if begun is None or not begun.is_accepted:
            waiting = self._without_given_up(waiting, now)
        if begun is not None:
            self._finish_begun(begun, waiting)
            return now
        if not waiting and state.is_one_by_one:
            # All of the message that was refused as a whole is told.
            self._change(replace(state, is_one_by_one=False))
        # Read once a step at most, and only by a step that must know.
        opens = cache(self._opens)
        planned = self._plan(waiting, opens, now)
        self._hold(planned.held)
        self._drop(planned.dropped)
        if planned.send:
            sent = tuple(each.notification for each in planned.send)
            self._send(Message(id=_message_id(sent), notifications=sent), planned.group, opens)
            return self._of.clock()
        return first_of([planned.again_at, self._remind(opens, now)])

    def _plan(
        self, waiting: Sequence[PendingDelivery], opens: OpenIncidents, now: datetime
    ) -> Plan:
        return plan(
            self.name,
            waiting,
            opens,
            self.stored.state,
            self._of.routing,
            self._limits(),
            lambda notification: self._suppression(notification, opens, now),
            now,
        )

    def _limits(self) -> Limits:
        limits = self._outlet.limits
        return replace(limits, largest=1) if self.stored.state.is_one_by_one else limits

    def _suppression(
        self, notification: Notification, opens: OpenIncidents, now: datetime
    ) -> Suppression | None:
        routing = self._of.routing
        controls = self._controls(place_of(notification.resource_arn))
        return (
            silence_on(notification, controls, now)
            or quiet_hours_of(self.name, notification, routing, now)
            or inhibition_of(notification, lambda: opens().values(), routing)
        )

    def _read_controls(self, place: Place) -> AccountControls:
        """What cannot be read, because a newer version has written it, silences nothing."""
        try:
            return self._of.controls.of(place, afresh=True)
        except PermanentError:
            return NO_CONTROLS

    def _opens(self) -> Mapping[str, OpenIncident]:
        return {each.key: each for each in self._of.deliveries.opens(self.name)}

    def _without_given_up(
        self, waiting: Sequence[PendingDelivery], now: datetime
    ) -> Sequence[PendingDelivery]:
        state = self.stored.state
        given_up = [each for each in waiting if is_given_up(each, state, now)]
        if not given_up:
            return waiting
        reason = f"the destination is away for {format_duration(GIVEN_UP_AFTER)}: {state.obstacle}"
        self._dead_letter([each.notification for each in given_up], reason)
        return [each for each in waiting if each not in given_up]

    def _hold(self, held: Sequence[PendingDelivery]) -> None:
        self._report(Handling.SUPPRESSED, ((each.notification, each.held) for each in held))
        for each in held:
            self._of.deliveries.hold(self.name, each)
            self._note(NotSent(each.notification, f"not yet: {each.held}"))

    def _report(
        self, handling: Handling, given: Iterable[tuple[Notification, str]], message_id: str = ""
    ) -> None:
        """Each notification with the reason."""
        handled = (Handled(notification, handling, reason) for notification, reason in given)
        self._of.report(self.name, handled, message_id)

    def _drop(self, dropped: Sequence[Dropped]) -> None:
        if not dropped:
            return
        for each in dropped:
            self._note(NotSent(each.pending.notification, each.reason))
        given = [each.pending.notification for each in dropped]
        reasons = (each.reason for each in dropped)
        self._report(Handling.NOT_SENT, zip(given, reasons, strict=True))
        self._of.deliveries.finish(self.name, given, ended=_ended(given))

    def _send(self, message: Message, group: str, opens: OpenIncidents) -> None:
        """Write it down, send it, and write down what became of it."""
        names = tuple(map(name_of, message.notifications))
        begun = Sending(message_id=message.id, names=names, group=group)
        self.save(replace(self.stored.state, sending=begun))
        self._attempt(message, begun, opens)

    def _attempt(
        self, message: Message, begun: Sending, opens: OpenIncidents, *, is_in_doubt: bool = False
    ) -> None:
        """`is_in_doubt` says that it may have been taken before."""
        try:
            self._outlet.destination.deliver(message)
        except TemporaryError as obstacle:
            is_in_doubt = is_in_doubt or isinstance(obstacle, Unanswered)
            self._wait(obstacle, begun if is_in_doubt else None)
        except MessageRefused as refusal:
            self._refused(message, str(refusal))
        except PermanentError as refusal:
            self._dead_letter(message.notifications, str(refusal))
            self._answered()
        except Exception as error:  # noqa: BLE001  # what waits is kept, whatever is wrong
            self._wait(TemporaryError(f"{type(error).__name__} in our own code"), begun)
        else:
            self._accepted(message, begun, opens)

    def _accepted(self, message: Message, begun: Sending, opens: OpenIncidents) -> None:
        self._answered(replace(begun, is_accepted=True), self._reminders_after(message))
        self._note(Sent(message))
        self._finish(message, opens)
        self._forget_begun()

    def _reminders_after(self, message: Message) -> datetime | None:
        """When the first incident is told again, with those of the message."""
        now = self._of.clock()
        told = (OpenIncident(last=each, told_at=now) for each in message.notifications)
        opening = [each for each in told if opens_incident(each.last)]
        at = next_reminder_at(self.name, opening, self._of.routing)
        return first_of([self.stored.state.reminders_at, at])

    def _answered(
        self,
        begun: Sending | None = None,
        reminders_at: datetime | None = None,
        *,
        is_one_by_one: bool | None = None,
    ) -> None:
        """The destination answers again."""
        now, state = self._of.clock(), self.stored.state
        has_group = begun is not None and begun.group
        groups = {**state.groups, begun.group: now} if begun and has_group else state.groups
        kept = {key: at for key, at in groups.items() if now - at < _LONGEST_INTERVAL}
        self.save(
            replace(
                state,
                sending=begun,
                not_before=now + self._outlet.limits.interval,
                failing_since=None,
                failures=0,
                obstacle="",
                reminders_at=reminders_at or state.reminders_at,
                is_one_by_one=state.is_one_by_one if is_one_by_one is None else is_one_by_one,
                groups=dict(sorted(kept.items(), key=lambda each: each[1])[-_MOST_GROUPS:]),
            )
        )

    def _finish(self, message: Message, opens: OpenIncidents) -> None:
        """In the order in which it was told: an incident may end and begin again."""
        told = message.notifications
        how = sent_in_words(len(told))
        self._report(Handling.SENT, ((each, how) for each in told), message.id)
        now, changed = self._of.clock(), dict[str, OpenIncident | None]()
        for each in told:
            if each.status is NotificationStatus.RESOLVED:
                changed[each.incident] = None
            elif opens_incident(each):
                is_new = each.status is NotificationStatus.OPENED
                before = None if is_new else changed.get(each.incident, opens().get(each.incident))
                is_acknowledged = before is not None and before.is_acknowledged
                changed[each.incident] = OpenIncident(
                    last=each, told_at=now, is_acknowledged=is_acknowledged
                )
            elif each.status is NotificationStatus.ACKNOWLEDGED:
                known = changed.get(each.incident, opens().get(each.incident))
                if known is not None:
                    changed[each.incident] = replace(known, is_acknowledged=True)
        lasting = [each for each in changed.values() if each is not None]
        over = [key for key, each in changed.items() if each is None]
        lasting += self._beginning_again(over, told)
        begun = {each.key for each in lasting}
        ended = [key for key in over if key not in begun]
        self._of.deliveries.finish(self.name, told, opens=lasting, ended=ended)

    def _beginning_again(
        self, over: Sequence[str], told: Sequence[Notification]
    ) -> list[OpenIncident]:
        """Incidents whose end was told and whose next beginning waits already."""
        if not over:
            return []
        done = set(map(name_of, told))
        waiting = (each.notification for each in self._of.deliveries.waiting(self.name))
        return [
            OpenIncident(last=each)
            for each in waiting
            if each.incident in over and opens_incident(each) and name_of(each) not in done
        ]

    def _refused(self, message: Message, reason: str) -> None:
        """One of several may be at fault, and must not take the others with it."""
        is_found = len(message.notifications) == 1
        if is_found:
            self._dead_letter(message.notifications, reason)
        self._answered(is_one_by_one=not is_found)

    def _wait(self, obstacle: TemporaryError, begun: Sending | None) -> None:
        """Leave the destination alone for a while: as long as it says, or longer each time.

        What may have been taken (`begun`) is sent again as it is; what was not is planned anew.
        """
        now, state = self._of.clock(), self.stored.state
        asked = obstacle.retry_after if isinstance(obstacle, Throttled) else timedelta(0)
        failures = state.failures + 1
        again_at = now + (min(asked, GIVEN_UP_AFTER) if asked else wait_after(failures))
        self.save(
            replace(
                state,
                sending=begun,
                not_before=again_at,
                failing_since=state.failing_since or now,
                failures=failures,
                obstacle=brief(str(obstacle)),
            )
        )
        self._note(Failed(str(obstacle), again_at))

    def _finish_begun(self, begun: Sending, waiting: Sequence[PendingDelivery]) -> None:
        """A run has died, or nobody answered it: the same message, under the same id."""
        by_name = {name_of(each.notification): each.notification for each in waiting}
        found = tuple(by_name[name] for name in begun.names if name in by_name)
        opens = cache(self._opens)
        message = Message(id=begun.message_id, notifications=found)
        if begun.is_accepted:
            self._finish(message, opens)
        if begun.is_accepted or not found:
            self._forget_begun()
            return
        self._attempt(message, begun, opens, is_in_doubt=True)

    def _forget_begun(self) -> None:
        """The next save says so: until then it would only be finished once more."""
        self._change(replace(self.stored.state, sending=None))

    def _change(self, state: DestinationState) -> None:
        """Without a write: the next one stores it, and the end of a run writes at the latest."""
        self.stored = replace(self.stored, state=state)

    def _dead_letter(self, given: Sequence[Notification], reason: str) -> None:
        for each in given:
            self._of.undelivered.put(self.name, each, reason)
            self._note(NotSent(each, reason, is_dead=True))
        self._report(Handling.DEAD_LETTERED, ((each, reason) for each in given))
        self._of.deliveries.finish(self.name, given, ended=_ended(given), is_dead=True)

    def _remind(self, opens: OpenIncidents, now: datetime) -> datetime | None:
        """Tell again of what is still open, where a route says so. Answers when it is due next."""
        state = self.stored.state
        if state.reminders_at is None or state.reminders_at > now:
            return state.reminders_at
        if _is_waiting(state, now):
            return state.not_before
        suppressed = self._suppressed_reminders(opens, now)
        free = {key: each for key, each in opens().items() if key not in suppressed}
        due = due_reminders(self.name, free.values(), self._of.routing, self._limits(), now)
        if due and not self._send_reminder(due, now):
            return self.stored.state.not_before
        after = {**free, **{each.key: replace(each, told_at=now) for each in due}}
        at = next_reminder_at(self.name, after.values(), self._of.routing, now)
        at = first_of([at, *suppressed.values()])
        self.save(replace(self.stored.state, reminders_at=at))
        return at

    def _suppressed_reminders(self, opens: OpenIncidents, now: datetime) -> Mapping[str, datetime]:
        """Of what would be told again now: when to look again, by incident key."""
        found = {}
        for key, each in opens().items():
            at = reminder_at(self.name, each, self._of.routing)
            if at is None or at > now:
                continue
            suppression = self._suppression(each.last, opens, now)
            if suppression is not None:
                found[key] = suppression.until or now + LONGEST_WAKE
        return found

    def _send_reminder(self, due: Sequence[OpenIncident], now: datetime) -> bool:
        """Whether it needs no other try. A reminder that is tried again has the same id."""
        last = tuple(each.last for each in due)
        told_before = max((each.told_at for each in due if each.told_at), default=now)
        message_id = _message_id(last, told_before.isoformat())
        message = Message(id=message_id, notifications=last, is_reminder=True)
        try:
            self._outlet.destination.deliver(message)
        except TemporaryError as obstacle:
            self._wait(obstacle, None)
            return False
        except PermanentError as refusal:
            self._note(Failed(str(refusal), now))
        except Exception as error:  # noqa: BLE001  # as in `_attempt`
            self._wait(TemporaryError(f"{type(error).__name__} in our own code"), None)
            return False
        else:
            self._note(Sent(message))
        told = [replace(each, told_at=now) for each in due]
        self._of.deliveries.finish(self.name, (), opens=told)
        self._answered()
        return True

    def _note(self, event: DeliveryEvent) -> None:
        self._of.record(self.name, event)


def _ended(given: Iterable[Notification]) -> list[str]:
    return [each.incident for each in given if each.status is NotificationStatus.RESOLVED]


def _is_waiting(state: DestinationState, now: datetime) -> bool:
    return state.not_before is not None and state.not_before > now


def _message_id(notifications: Sequence[Notification], more: str = "") -> str:
    """The same for the same notifications, so that a service recognises a second sending."""
    return sha256("\n".join((*map(name_of, notifications), more)).encode()).hexdigest()[:32]
