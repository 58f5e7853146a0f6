"""notify, when a destination is tried: sends samples to it. Few runs do, so few load this."""

import os
from collections.abc import Mapping
from typing import Any, Final

from msgspec import to_builtins

from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.notifier import outlets_of
from streamwarden.bootstrap.policy_outline import routing_at
from streamwarden.domain.arn import place_of
from streamwarden.domain.brief import brief
from streamwarden.services.errors import PermanentError
from streamwarden.services.try_destination import DestinationTrial, Trial
from streamwarden.settings import NotifySettings

# A sample that is begun has time for the longest time-out of a destination.
_SECONDS_FOR_A_SAMPLE: Final = 8


def trial(event: Mapping[str, Any], left: runtime.SecondsLeft) -> dict[str, Any]:
    """What became of the samples for the destination that `test` names (docs/destinations.md)."""
    name = str(event["test"])
    answer: dict[str, Any] = to_builtins(_trial(name, left))
    return answer


def _trial(name: str, left: runtime.SecondsLeft) -> Trial:
    settings = NotifySettings.from_env(os.environ)
    routing = routing_at(settings.policy_path).routing
    service = DestinationTrial(
        place=place_of(settings.topic_arn), clock=runtime.now, pause=runtime.pause
    )
    try:
        # Made again, so that a secret that was changed just now is the one that is tried.
        outlet = outlets_of(settings, routing)(name)
    except PermanentError as error:
        return Trial(destination=name, reason=str(error))
    if outlet is None:
        names = ", ".join(each.name for each in routing.destinations)
        reason = f"the deployed policy has no destination {brief(name, 64)!r}; it has: {names}"
        return Trial(destination=name, reason=reason)
    return service.run(
        name, outlet.destination, outlet.limits, lambda: left() > _SECONDS_FOR_A_SAMPLE
    )
