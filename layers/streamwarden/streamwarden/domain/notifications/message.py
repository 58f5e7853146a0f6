"""What a destination is given: one message about one incident, or a digest of many."""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.levels import Severity
from streamwarden.domain.verdicts import Notification


class Limits(Struct, frozen=True, kw_only=True):
    """What a destination takes: so many notifications in one message, and a message so often.

    `largest` is 1 where each incident is a thing of its own there, as in PagerDuty.
    """

    largest: int = 1_000
    interval: timedelta = timedelta(0)


UNLIMITED: Final = Limits()


class Message(Struct, frozen=True, kw_only=True):
    """Notifications of one group, in the order in which they are told.

    `id` is the same when the message is sent again, which a service may recognise.
    `is_reminder` says that nothing is new: the incidents are still open.
    """

    id: str
    notifications: tuple[Notification, ...]
    is_reminder: bool = False

    @property
    def severity(self) -> Severity:
        """The highest one."""
        worst = self.notifications[0].severity
        for each in self.notifications[1:]:
            worst = each.severity if each.severity.is_above(worst) else worst
        return worst
