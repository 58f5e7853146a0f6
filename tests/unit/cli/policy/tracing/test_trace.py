"""What a trace says of an incident is what the services do with it: where it goes, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.adapters.destinations import limits_of
from streamwarden.domain.notifications.delivery import DestinationState, PendingDelivery
from streamwarden.domain.notifications.planning import plan
from streamwarden.domain.notifications.routing import IncidentMatch, Inhibition, Routing
from streamwarden.domain.notifications.suppression import quiet_hours_of
from streamwarden.domain.verdicts import Notification, NotificationStatus, Severity
from streamwarden_cli.policy.compilation import read_policy
from streamwarden_cli.policy.routing.matchers import ENDINGS
from streamwarden_cli.policy.tracing.incident import Asked
from streamwarden_cli.policy.tracing.text import inhibition_lines
from streamwarden_cli.policy.tracing.trace import Trace, trace

POLICY = read_policy(
    """\
version: 1
defaults: {mode: notify}
destinations:
  mail: {kind: sns}
  chat: {kind: slack, secret: chat}
  pager: {kind: pagerduty, secret: pager}
  plain: {kind: sns, digest: false}
routes:
  - {to: pager, severity: high, quiet: {hours: "12:00-13:00"}, continue: true}
  - to: [chat, pager]
    owner: ads
    group: {by: [owner], wait: 20m}
    quiet: {hours: "22:00-07:00", days: [fri, sat], zone: Europe/Berlin}
    continue: true
  - {to: [mail, chat], at_most: high, quiet: {hours: "00:00-00:00", days: [sat, sun]}}
  - {to: [plain, mail], status: [opened], tags: {team: "?ds"}}
owner_tag: team
rules:
  - {id: a, kind: takeover, severity: medium}
""",
    "x.yaml",
)
ROUTING = POLICY.compiled.routing
# A week with the change to summer time.
WEEK = st.integers(0, 7 * 86_400).map(
    lambda seconds: datetime(2026, 3, 25, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(
    at=WEEK,
    severity=st.sampled_from(Severity),
    # What an incident ends with goes where it was told before, which a policy does not know.
    status=st.sampled_from([each for each in NotificationStatus if each not in ENDINGS]),
    owner=st.sampled_from(["", "ads", "ops"]),
)
def test_it_goes_where_and_when_it_would_be_sent(
    at: datetime, severity: Severity, status: NotificationStatus, owner: str
) -> None:
    asked = Asked(rule="a", severity=severity, status=status, owner=owner)

    found = trace(ROUTING, asked.notification(POLICY, at))

    assert {each.destination: each.at for each in found.deliveries} == {
        name: sent_at(name, found.notification, ROUTING)
        for name in ROUTING.destinations_of(found.notification)
    }


def sent_at(name: str, notification: Notification, routing: Routing) -> datetime:
    """When a destination that nothing else waits for is sent the notification."""
    spec = routing.destination(name)
    assert spec is not None
    now = notification.at
    for _ in range(10):
        found = plan(
            name,
            [PendingDelivery(notification)],
            dict,
            DestinationState(),
            routing,
            limits_of(spec),
            lambda each: quiet_hours_of(name, each, routing, now),  # noqa: B023  # called at once
            lambda each: True,
            now,
        )
        if found.send:
            return now
        assert found.again_at is not None
        assert found.again_at > now
        now = found.again_at
    raise AssertionError("it is never sent")


@pytest.mark.parametrize("minutes", [0, 19, 21])
def test_the_end_of_quiet_hours_is_said_where_they_delay_it(minutes: int) -> None:
    # 22:00 in Berlin, on a Friday.
    begin = datetime(2026, 3, 27, 21, tzinfo=UTC)
    asked = Asked(rule="a", owner="ads").notification(POLICY, begin - timedelta(minutes=minutes))

    chat = next(e for e in trace(ROUTING, asked).deliveries if e.destination == "chat")

    is_held = minutes < 20
    assert (chat.quiet_until is not None) is is_held
    assert (chat.at == chat.quiet_until) is is_held


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.HIGH, [(False, "severity high or below, rule 'b'")]),
        (Severity.CRITICAL, [(False, "rule 'b'")]),
    ],
)
def test_what_is_critical_is_held_back_by_what_is_critical_alone(
    severity: Severity, expected: list[tuple[bool, str]]
) -> None:
    a, b = (IncidentMatch(rule=(rule,)) for rule in ("a", "b"))

    assert inhibitions(Inhibition(by=a, of=b), severity) == expected
    assert inhibitions(Inhibition(by=b, of=a), Severity.CRITICAL) == [
        (True, "severity critical, rule 'b'")
    ]


ANY, HIGH = IncidentMatch(), IncidentMatch(severity=Severity.HIGH)
UP_TO_HIGH = IncidentMatch(at_most=Severity.HIGH)


@pytest.mark.parametrize(
    ("inhibition", "expected"),
    [
        (Inhibition(by=ANY, of=ANY), []),
        (Inhibition(by=HIGH, of=HIGH), []),
        (
            Inhibition(by=HIGH, of=UP_TO_HIGH),
            [
                "nothing is told while another incident is open: severity high or above, but for "
                "what `of` matches too: severity high or below",
                "while it is open, nothing is told of others: severity high or below, but for what "
                "`by` matches too: severity high or above",
            ],
        ),
        (
            Inhibition(by=ANY, of=UP_TO_HIGH),
            [
                "nothing is told while another incident is open: any, but for what `of` matches "
                "too: severity high or below",
            ],
        ),
    ],
)
def test_what_matches_both_sides_is_not_held_back_by_what_matches_both(
    inhibition: Inhibition, expected: list[str]
) -> None:
    found = traced(inhibition, Severity.HIGH)

    assert [*inhibition_lines(found)] == [f"inhibit[0]: {each}" for each in expected]


def inhibitions(inhibition: Inhibition, severity: Severity) -> list[tuple[bool, str]]:
    return [(each.is_held, each.others) for each in traced(inhibition, severity).inhibitions]


def traced(inhibition: Inhibition, severity: Severity) -> Trace:
    asked = Asked(rule="a", severity=severity)
    given = asked.notification(POLICY, datetime(2026, 3, 27, tzinfo=UTC))
    return trace(Routing(inhibitions=(inhibition,)), given)
