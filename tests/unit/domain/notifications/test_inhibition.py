"""Which incidents hold each other back: what is critical, by what is critical alone."""

import pytest
from msgspec.structs import replace

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import OpenIncident
from streamwarden.domain.notifications.routing import IncidentMatch, Inhibition, Routing
from streamwarden.domain.notifications.suppression import inhibition_of
from testbed.notified_world import news

LOW, HIGH, CRITICAL = Severity.LOW, Severity.HIGH, Severity.CRITICAL
ANY = IncidentMatch()
UP_TO_HIGH = IncidentMatch(at_most=HIGH)
ONLY_CRITICAL = IncidentMatch(severity=CRITICAL)


@pytest.mark.parametrize(
    ("by", "of", "open_one", "other", "is_held"),
    [
        (ANY, ANY, LOW, LOW, True),
        (ANY, ANY, LOW, HIGH, True),
        (ANY, ANY, HIGH, CRITICAL, False),
        (ANY, ONLY_CRITICAL, HIGH, CRITICAL, False),
        (UP_TO_HIGH, ANY, HIGH, CRITICAL, False),
        (ANY, ANY, CRITICAL, CRITICAL, True),
        (ANY, UP_TO_HIGH, CRITICAL, CRITICAL, False),
        (ONLY_CRITICAL, UP_TO_HIGH, CRITICAL, HIGH, True),
        (ONLY_CRITICAL, UP_TO_HIGH, HIGH, LOW, False),
    ],
)
def test_what_is_critical_is_held_back_by_what_is_critical_alone(
    by: IncidentMatch, of: IncidentMatch, open_one: Severity, other: Severity, is_held: bool
) -> None:
    """`of_for` says of the one what `by_for` says of the other."""
    inhibition = Inhibition(by=replace(by, rule=("covers",)), of=replace(of, rule=("covered",)))
    opened = news(1, severity=open_one, rule_id="covers")
    given = news(2, severity=other, rule_id="covered", resource_arn=opened.resource_arn)

    found = inhibition_of(
        given, lambda: [OpenIncident(last=opened)], Routing(inhibitions=(inhibition,))
    )

    held = inhibition.of_for(opened)
    assert (found is not None) == is_held
    assert (held is not None and held.holds(given)) == is_held
