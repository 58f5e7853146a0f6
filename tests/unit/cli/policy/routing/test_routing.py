"""Who is told, as it is written and as it is compiled."""

import json
from datetime import time, timedelta

import pytest

from streamwarden.domain.calendar import WEEK, Weekday
from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden.domain.notifications.routing import (
    GroupBy,
    Grouping,
    IncidentMatch,
    Inhibition,
    Route,
    Routing,
)
from streamwarden.domain.verdicts import NotificationStatus, Severity
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.compilation import compile_policy
from tests.unit.cli.policy.documents import RULE, errors_of, load

DESTINATIONS = "destinations: {mail: {kind: sns}, pager: {kind: sns}}\n"


def compiled(text: str) -> Routing:
    return compile_policy(RULE + text, "x.yaml").routing


def route(text: str) -> Route:
    (found,) = compiled(f"{DESTINATIONS}routes: [{{to: mail, {text}}}]\n").routes
    return found


def test_without_a_word_everything_goes_to_the_topic_of_the_stack() -> None:
    assert compiled("") == Routing()


def test_without_routes_every_destination_is_told_of_everything() -> None:
    assert compiled(DESTINATIONS).routes == (Route(to=("mail", "pager")),)


def test_routes_keep_their_order_and_may_name_one_several_or_no_destinations() -> None:
    routes = "routes: [{to: pager}, {to: [mail, pager]}, {to: []}]\n"

    assert [each.to for each in compiled(DESTINATIONS + routes).routes] == [
        ("pager",),
        ("mail", "pager"),
        (),
    ]


def test_all_matchers() -> None:
    given = (
        "severity: medium, at_most: high, rule: [a, 'b-*'], tags: {tier: [free, trial]}, "
        "owner: ads@example.com, channel: arena-*, account: '111122223333', region: eu-west-1, "
        "status: [opened, escalated]"
    )

    assert route(given).match == IncidentMatch(
        severity=Severity.MEDIUM,
        at_most=Severity.HIGH,
        rule=("a", "b-*"),
        tags={"tier": ("free", "trial")},
        owner=("ads@example.com",),
        channel=("arena-*",),
        account=("111122223333",),
        region=("eu-west-1",),
        status=(NotificationStatus.OPENED, NotificationStatus.ESCALATED),
    )


def test_when_a_route_tells() -> None:
    given = (
        "name: office, group: {by: [owner, rule], wait: 30s, interval: 5m}, repeat: 4h, "
        'quiet: {hours: "22:00-07:00", days: [mon, tue], zone: Europe/Berlin}, continue: true'
    )

    assert route(given) == Route(
        to=("mail",),
        name="office",
        group=Grouping(
            by=(GroupBy.OWNER, GroupBy.RULE),
            wait=timedelta(seconds=30),
            interval=timedelta(minutes=5),
        ),
        repeat=timedelta(hours=4),
        quiet=QuietHours(
            start=time(22), end=time(7), zone="Europe/Berlin", days=(Weekday.MON, Weekday.TUE)
        ),
        goes_on=True,
    )


def test_defaults_are_those_of_the_domain() -> None:
    assert route("quiet: {hours: '22:00-07:00'}") == Route(
        to=("mail",), quiet=QuietHours(start=time(22), end=time(7), zone="UTC", days=WEEK)
    )


def test_whole_days_may_be_quiet_but_not_all_of_them() -> None:
    given = "quiet: {hours: '00:00-00:00', days: [sat, sun]}"

    assert route(given).quiet == QuietHours(
        start=time(0), end=time(0), days=(Weekday.SAT, Weekday.SUN)
    )


def test_inhibitions_and_the_tag_of_owners() -> None:
    given = "inhibit: [{by: {rule: quarantine}, of: {at_most: medium}}]\nowner_tag: team\n"

    assert compiled(given) == Routing(
        inhibitions=(
            Inhibition(
                by=IncidentMatch(rule=("quarantine",)), of=IncidentMatch(at_most=Severity.MEDIUM)
            ),
        ),
        owner_tag="team",
    )


@pytest.mark.parametrize(
    ("part", "given", "most"),
    [
        ("destinations", {f"d{at}": {"kind": "sns"} for at in range(101)}, 100),
        ("routes", [{"to": "topic"}] * 501, 500),
        ("inhibit", [{"by": {"rule": "a"}, "of": {"rule": "b"}}] * 501, 500),
    ],
)
def test_nobody_writes_more_by_hand(part: str, given: object, most: int) -> None:
    """What compares each with each would take minutes."""
    (error,) = errors_of(f"{RULE}{part}: {json.dumps(given)}\n")

    assert error.endswith(f"{part}: expected at most {most} entries, found {most + 1}")


def test_functions_load_it_as_it_was_compiled() -> None:
    given = f"{DESTINATIONS}routes: [{{to: mail, tags: {{tier: free}}, repeat: 1h}}]\n"

    assert load(RULE + given).routing == compiled(given)


@pytest.mark.parametrize(
    "given",
    [
        DESTINATIONS,
        "routes: [{to: topic, tags: {tier: free}}]\n",
        "inhibit: [{by: {rule: quarantine}, of: {rule: a}}]\n",
        "owner_tag: team\n",
    ],
)
def test_who_is_told_decides_nothing(given: str) -> None:
    """No record is decided again for it: nothing new would be told."""
    digest = compile_policy(RULE, "x.yaml").digest

    assert compile_policy(RULE + given, "x.yaml").digest == digest


def test_what_is_wrong_with_rules_hides_nothing_of_it() -> None:
    wrong = RULE.replace("limit: 4h", "limit: long") + (
        "routes: [{to: tpic, severity: hgih}]\ninhibit: [{by: {}, of: {}}]\n"
    )

    paths = [each.split(": ")[1] for each in errors_of(wrong)]

    assert paths == ["rules[0].params.limit", "routes[0].to", "routes[0].severity"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("[reopened]", "status[0]: expected {}, found 'reopened'"),
        ("[]", "status: expected a list of {}, found an empty list; leave it out for all"),
        ("opened", "status: expected a list, found 'opened'; write [opened]"),
    ],
)
def test_statuses_that_are_none(given: str, expected: str) -> None:
    statuses = format_list(list(NotificationStatus), last="and" if given == "[]" else "or")

    (error,) = errors_of(f"{RULE}routes: [{{to: topic, status: {given}}}]\n")

    assert error.endswith(f"routes[0].{expected.format(statuses)}")
