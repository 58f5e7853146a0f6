"""What keeps an incident from being told at a destination now."""

from datetime import datetime
from functools import cache

from msgspec.structs import replace

from streamwarden.domain.arn import Place, place_of
from streamwarden.domain.notifications.open_incidents import OpenIncidents
from streamwarden.domain.notifications.planning import Suppression
from streamwarden.domain.notifications.suppression import (
    inhibition_of,
    quiet_hours_of,
    silence_on,
)
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError
from streamwarden.services.leased_destination import LeasedDestination
from streamwarden.services.ports import LONGEST_WAKE


class Suppressions:
    """Silences, quiet hours and inhibitions, for one run over a destination."""

    def __init__(self, leased: LeasedDestination) -> None:
        self._leased = leased
        # Once a run at most, and afresh: it may have been woken by the end of a silence.
        self.controls = cache(self._read_controls)

    def of(
        self, notification: Notification, opens: OpenIncidents, now: datetime
    ) -> Suppression | None:
        routing = self._leased.ports.routing
        controls = self.controls(place_of(notification.resource_arn))
        suppression = (
            silence_on(notification, controls, now)
            or quiet_hours_of(self._leased.name, notification, routing, now)
            or inhibition_of(notification, lambda: opens().values(), routing)
        )
        if suppression is None or suppression.until is not None:
            return suppression
        # Nothing says when an inhibition is over: another policy may end it, too.
        return replace(suppression, until=now + LONGEST_WAKE)

    def _read_controls(self, place: Place) -> AccountControls:
        """What cannot be read, because a newer version has written it, silences nothing."""
        try:
            return self._leased.ports.controls.of(place, afresh=True)
        except PermanentError:
            return NO_CONTROLS
