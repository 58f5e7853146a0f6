"""A destination while one run works on it: its state, and when it is told next."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.delivery import (
    GIVEN_UP_AFTER,
    DestinationState,
    Sending,
    wait_after,
    while_tried,
)
from streamwarden.domain.notifications.message import Limits
from streamwarden.services.delivery_events import (
    Failed,
)
from streamwarden.services.errors import TemporaryError, Throttled
from streamwarden.services.ports import (
    Destination,
)
from streamwarden.services.records import StoredState
from streamwarden.services.waiting_list import DeliveryPorts, Outlet, WaitingList

# Groups that were told of longer ago wait for no interval any more (policy: at most a week).
_LONGEST_INTERVAL: Final = timedelta(days=7)
_MOST_GROUPS: Final = 1_000


class LeasedDestination(WaitingList):
    """A destination whose state no other run changes."""

    def __init__(
        self, ports: DeliveryPorts, name: str, outlet: Outlet, stored: StoredState
    ) -> None:
        super().__init__(ports, name)
        self.stored, self._outlet = stored, outlet

    @property
    def state(self) -> DestinationState:
        return self.stored.state

    @property
    def destination(self) -> Destination:
        return self._outlet.destination

    @property
    def limits(self) -> Limits:
        limits = self._outlet.limits
        is_one_by_one = self.state.is_one_by_one
        return replace(limits, largest=1, tells_each=True) if is_one_by_one else limits

    def is_left_alone(self, now: datetime) -> bool:
        return self.state.not_before is not None and self.state.not_before > now

    def save(self, state: DestinationState) -> None:
        self.stored = self.ports.deliveries.save(self.name, state, self.stored)

    def change(self, state: DestinationState) -> None:
        """Without a write: the next one stores it, and the end of a run writes at the latest."""
        self.stored = replace(self.stored, state=state)

    def answered(
        self,
        begun: Sending | None = None,
        reminders_at: datetime | None = None,
        *,
        is_one_by_one: bool | None = None,
    ) -> None:
        """The destination answers again."""
        now, state = self.ports.clock(), self.state
        notified = {begun.group: now} if begun is not None and begun.group else {}
        groups = {**state.groups, **notified}
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

    def begin(self, sending: Sending | None) -> None:
        """Before a try. A run that is killed in it leaves the destination alone like a failed one.

        `sending` is the message, None for a reminder.
        """
        self.save(while_tried(self.state, sending, self.ports.clock()))

    def wait(self, obstacle: TemporaryError, sending: Sending | None) -> None:
        """Leave the destination alone after a try: as long as it says, or longer each time.

        What may have been taken (`sending`) is sent again as it is; what was not is planned again.
        """
        now, state = self.ports.clock(), self.state
        asked = obstacle.retry_after if isinstance(obstacle, Throttled) else timedelta(0)
        again_at = now + (min(asked, GIVEN_UP_AFTER) if asked else wait_after(state.failures))
        said = brief(str(obstacle))
        self.save(replace(state, sending=sending, not_before=again_at, obstacle=said))
        self.note(Failed(str(obstacle), again_at))
