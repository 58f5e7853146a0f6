"""What a destination is given: one message about one incident, or a digest of many."""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.levels import Severity
from streamwarden.domain.verdicts import Notification

# What is noted of a message that was begun has room for so many names.
_LARGEST_AS_ONE: Final = 1_000


class Limits(Struct, frozen=True, kw_only=True):
    """What a destination takes: so many notifications in one message, and a message so often.

    `largest` is 1 where each incident is a thing of its own there, as in PagerDuty. A baseline is
    one incident there, unless programs that want each one read the messages (`tells_each`).
    """

    largest: int = 1_000
    interval: timedelta = timedelta(0)
    tells_each: bool = False

    @property
    def has_baselines(self) -> bool:
        """Whether what a first look finds is told together."""
        return self.largest > 1 or not self.tells_each

    @property
    def takes_baseline_as_one(self) -> bool:
        return self.largest == 1 and not self.tells_each

    @property
    def largest_baseline(self) -> int:
        return _LARGEST_AS_ONE if self.takes_baseline_as_one else self.largest


UNLIMITED: Final = Limits()


class Baseline(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many resources break one rule at the first look under a policy.

    `found` have an open incident at the destination. `judged` is how many of their type the policy
    has judged, those in order included; None if it is not known. `unjudged` are still to be judged.
    """

    found: int
    judged: int | None = None
    unjudged: int = 0


class Message(Struct, frozen=True, kw_only=True):
    """Notifications of one group, in the order in which they are told.

    `id` is the same when the message is sent again, which a service may recognise.
    `is_reminder` says that nothing is new: the incidents are still open. `baseline` says of a
    digest that it tells what a first look found of one rule.
    """

    id: str
    notifications: tuple[Notification, ...]
    is_reminder: bool = False
    baseline: Baseline | None = None

    @property
    def severity(self) -> Severity:
        """The highest one."""
        worst = self.notifications[0].severity
        for each in self.notifications[1:]:
            worst = each.severity if each.severity.is_above(worst) else worst
        return worst
