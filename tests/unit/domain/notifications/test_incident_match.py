"""Which notifications a matcher takes."""

from copy import replace
from datetime import UTC, datetime

import pytest

from streamwarden.domain.notifications.belongings import concerning
from streamwarden.domain.notifications.keys import incident_key, word_of
from streamwarden.domain.notifications.routing import IncidentMatch, Route, Routing
from streamwarden.domain.orders.news import notification, quarantined
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import Quarantine
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Notification, NotificationStatus, Severity

HIGH = Notification(
    id="x",
    incident="x",
    rule_id="no-marathons",
    severity=Severity.HIGH,
    status=NotificationStatus.OPENED,
    resource_arn="arn:aws:ivs:eu-west-1:111122223333:channel/abcd",
    resource_name="arena-one",
    stream_id=None,
    title="",
    text="",
    at=datetime(2026, 3, 14, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("match", "is_taken"),
    [
        (IncidentMatch(), True),
        (IncidentMatch(severity=Severity.HIGH), True),
        (IncidentMatch(severity=Severity.CRITICAL), False),
        (IncidentMatch(at_most=Severity.HIGH), True),
        (IncidentMatch(at_most=Severity.MEDIUM), False),
        (IncidentMatch(severity=Severity.MEDIUM, at_most=Severity.HIGH), True),
    ],
)
def test_a_severity_has_a_least_and_a_highest(match: IncidentMatch, is_taken: bool) -> None:
    assert match.holds(HIGH) is is_taken


@pytest.mark.parametrize("tags", [{}, {"owner": " ", "team": ""}], ids=["none", "blank"])
@pytest.mark.parametrize(
    "match",
    [IncidentMatch(owner=("*",)), IncidentMatch(tags={"team": ("*",)})],
    ids=["owner", "tag"],
)
def test_a_tag_that_is_blank_or_not_there_matches_nothing(
    match: IncidentMatch, tags: dict[str, str]
) -> None:
    routing = Routing(routes=(Route(to=(), match=match),))

    notified = concerning(HIGH, routing, tags)

    assert (notified.owner, notified.tags, match.holds(notified)) == ("", {}, False)
    named = concerning(HIGH, routing, {"owner": "ann", "team": "news"})
    assert match.holds(named)


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        (("no-marathons", "20260314T000000Z"), ""),
        (("order", "quarantine"), "quarantine"),
        (("control", "breaker/no-marathons"), "breaker"),
        (("control", "pause"), "pause"),
        (("rotation", "x"), "rotation"),
    ],
)
def test_what_no_rule_has_opened_has_a_word(parts: tuple[str, ...], word: str) -> None:
    given = replace(HIGH, incident=incident_key(HIGH.resource_arn, *parts))

    assert word_of(given.incident, given.resource_arn) == word
    assert IncidentMatch(rule=("no-marathons",)).holds(given)
    assert IncidentMatch(rule=(word or "no-*",)).holds(given)
    assert not IncidentMatch(rule=("stop",)).holds(given)


def test_a_quarantine_that_a_rule_has_ordered_is_a_quarantine() -> None:
    quarantine = Quarantine(since=HIGH.at, reason="it lasts", rule_id="no-marathons")
    facts = Facts(Resource(arn=HIGH.resource_arn))

    given = notification(quarantined(quarantine, HIGH.resource_arn, HIGH.at), facts, None, HIGH.at)

    assert IncidentMatch(rule=("quarantine",)).holds(given)
    assert IncidentMatch(rule=("no-marathons",)).holds(given)
