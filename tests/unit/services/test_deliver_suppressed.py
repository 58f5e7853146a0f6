"""What is suppressed is told as soon as nothing suppresses it, and suppresses nothing in vain."""

from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.routing import (
    IncidentMatch,
    Inhibition,
    Routing,
)
from streamwarden.domain.verdicts import NotificationStatus
from tests.unit.services.notified_world import (
    CHAT,
    NotifiedWorld,
    news,
    routing_to,
)

RESOLVED, ESCALATED = NotificationStatus.RESOLVED, NotificationStatus.ESCALATED
HOUR = timedelta(hours=1)
# Of one channel.
big = partial(news, 1, rule_id="big", severity=Severity.HIGH)
small = partial(news, 2, rule_id="small", resource_arn=news(1).resource_arn)


def inhibiting(by: IncidentMatch, of: IncidentMatch) -> Routing:
    return replace(routing_to(CHAT), inhibitions=(Inhibition(by=by, of=of),))


BIG_COVERS_SMALL = inhibiting(IncidentMatch(rule=("big",)), IncidentMatch(rule=("small",)))


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.CRITICAL])
def test_incidents_that_could_cover_each_other_are_both_told(severity: Severity) -> None:
    """As in Alertmanager: what both sides match is not held back by what both sides match."""
    covering = IncidentMatch(severity=Severity.HIGH)
    world = NotifiedWorld(routing=inhibiting(covering, IncidentMatch(severity=Severity.LOW)))

    world.tell(big(severity=severity), small(severity=severity), small(id="low", incident="low"))
    world.pass_time(hours=1)

    assert sorted(world.chat.delivered_ids) == ["n-1-opened", "n-2-opened"]
