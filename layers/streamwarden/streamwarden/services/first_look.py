"""How much of the fleet the deployed policy has judged, as a digest of its first look says.

The fleet index knows it: each entry has what its record was decided under.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from msgspec import Struct

from streamwarden.domain.arn import Place, ResourceType, place_of, resource_type_of
from streamwarden.domain.notifications.baseline_incident import baseline_of
from streamwarden.domain.notifications.delivery import OpenIncident
from streamwarden.domain.notifications.message import Baseline
from streamwarden.domain.policy_outline import with_modes
from streamwarden.domain.state.controls import AccountControls
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.ports import FleetIndex


class Judged(Struct, frozen=True):
    """Of one type of resource: how many are judged, and how many are still to be."""

    judged: int
    unjudged: int


# By the type of resource. A type of which nothing is remembered is not there.
type JudgedByType = Mapping[ResourceType, Judged]
type CountJudged = Callable[[AccountControls], JudgedByType]


class FirstLook(Struct, frozen=True):
    """Counts the entries of the fleet index. `decided_under` is that of the deployed policy."""

    index: FleetIndex
    decided_under: str

    def judged(self, controls: AccountControls) -> JudgedByType:
        """Raises TemporaryError, PermanentError."""
        under = with_modes(self.decided_under, controls)
        judged, unjudged = Counter[ResourceType](), Counter[ResourceType]()
        for each in self.index.entries():
            resource = resource_type_of(each.resource_arn)
            if resource is not None and not (each.is_gone or each.is_newer):
                counted = judged if each.decided_under == under else unjudged
                counted[resource] += 1
        return {each: Judged(judged[each], unjudged[each]) for each in judged | unjudged}


class BaselineFigures:
    """What one run of a destination knows of the first look: it is counted once, if at all."""

    def __init__(self, count: CountJudged, controls: Callable[[Place], AccountControls]) -> None:
        self._count, self._controls = count, controls
        self._judged = cache(self._count_judged)

    def of(self, sent: Sequence[Notification], opens: Mapping[str, OpenIncident]) -> Baseline:
        """The figures of a digest about one rule."""
        counted = self._judged_like(sent[0])
        if counted is None:
            return baseline_of(sent, opens.values())
        return baseline_of(sent, opens.values(), counted.judged, counted.unjudged)

    def are_all_judged(self, notification: Notification) -> bool:
        """Whether nothing of its type is still to be judged. What is not known is not awaited."""
        counted = self._judged_like(notification)
        return counted is None or counted.unjudged == 0

    def _judged_like(self, notification: Notification) -> Judged | None:
        arn = notification.resource_arn
        resource = resource_type_of(arn)
        return None if resource is None else self._judged(place_of(arn)).get(resource)

    def _count_judged(self, place: Place) -> JudgedByType:
        """What cannot be counted now is not known, and holds up nothing."""
        try:
            return self._count(self._controls(place))
        except (TemporaryError, PermanentError):
            return {}
