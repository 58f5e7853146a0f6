"""Routes, destinations and inhibitions that are valid and cannot be meant."""

import pytest

from streamwarden.services.rotate import ON_DEMAND
from streamwarden_cli.policy.routing.own_words import OWN_WORDS
from tests.unit.cli.policy.documents import lint_of

RULES = """\
version: 1
defaults: {mode: notify}
destinations: {mail: {kind: sns}, pager: {kind: sns}}
rules:
  - {id: no-marathons, kind: max_duration, severity: high, params: {limit: 4h}}
  - {id: owned, kind: required_tags, severity: low, params: {tags: {team: {}}}}
  - {id: quotas, kind: account_limit, severity: critical}
  - {id: observed, kind: takeover, mode: observe, severity: medium}
  - {id: switched-off, kind: never_live, enabled: false, severity: medium, params: {limit: 2m}}
"""
TO_ALL = "{to: [mail, pager]}"


def warnings(*routes: str, inhibit: str = "") -> list[str]:
    """What is said of the routes, without the file; `inhibit` is one inhibition."""
    text = RULES + (f"routes: [{', '.join(routes)}]\n" if routes else "")
    text += f"inhibit: [{inhibit}]\n" if inhibit else ""
    return [each.partition(": warning: ")[2] for each in lint_of(text)]


@pytest.mark.parametrize(
    "routes",
    [
        (),
        (TO_ALL,),
        ("{to: pager, severity: critical, continue: true}", TO_ALL),
        ("{to: pager, severity: critical}", "{to: mail}"),
        ("{to: mail, rule: owned}", "{to: pager, severity: medium}", "{to: []}"),
        ("{to: mail, tags: {tier: free}}", "{to: pager, tags: {tier: '*'}}", "{to: mail}"),
        ("{to: mail, channel: arena-*}", "{to: pager, channel: '*-one'}", "{to: mail}"),
        ("{to: mail, status: [resolved, opened]}", TO_ALL),
        ("{to: mail, rule: [quarantine, stop, pause, on-demand]}", TO_ALL),
        ("{to: mail, rule: [switched-off, observed]}", TO_ALL),
        ("{to: [mail, pager], quiet: {hours: '22:00-07:00', zone: Europe/Berlin}}",),
        ("{to: [mail, pager], repeat: 1h, group: {interval: 1h}}",),
    ],
)
def test_what_may_be_meant(routes: tuple[str, ...]) -> None:
    assert warnings(*routes) == []


def test_a_destination_to_which_no_route_leads() -> None:
    assert warnings("{to: mail}") == [
        "destinations.pager: no route leads to it; name it in a route, or remove it "
        "once what it was told of is over"
    ]


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([TO_ALL, "{to: mail, severity: high}"], "routes[1]: nothing reaches it: routes[0] takes "),
        (["{to: [mail, pager], name: all}", "{to: mail}"], "routes[1]: nothing reaches it: all t"),
        (
            ["{to: mail, severity: high}", "{to: pager, at_most: medium}", "{to: mail, rule: o*}"],
            "routes[2]: nothing reaches it: routes[0] and routes[1] take all of it before; move it "
            "up, or write `continue: true` there",
        ),
        (
            ["{to: mail, tags: {tier: f*}}", "{to: pager, tags: {tier: free, a: b}}", TO_ALL],
            "routes[1]: nothing reaches it: routes[0]",
        ),
        (
            ["{to: pager, owner: ads*}", "{to: mail, owner: [ads, ads-2], region: us-*}", TO_ALL],
            "routes[1]: nothing reaches it: routes[0]",
        ),
        (
            ["{to: mail, status: [opened, escalated]}", "{to: pager, status: [opened]}", TO_ALL],
            "routes[1]: nothing reaches it: routes[0]",
        ),
    ],
)
def test_a_route_that_nothing_reaches(routes: list[str], expected: str) -> None:
    (warning,) = warnings(*routes)

    assert warning.startswith(expected)


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (
            ["{to: [mail, pager], severity: high}"],
            ["routes: nobody is told of what is low or medium: no route takes it; add a route that "
             "takes it; one with `to: []` says that nobody is to be told"],
        ),
        (
            ["{to: [mail, pager], rule: [owned, quotas, quarantine]}"],
            ["rules[0].id: no-marathons: nobody is told of it: no route takes it; add a route "],
        ),
        (
            ["{to: [mail, pager], at_most: high}"],
            ["routes: nobody is told of what is critical: no route takes it; add a route that "],
        ),
        (["{to: [mail, pager], status: [resolved]}"], [
            "routes: nobody is told of what is low, medium, high or critical: no route takes it; ",
            "routes[0].status: what ends an incident is told where it was opened, and by no "
            "route; add the status with which it opens, or remove the route",
        ]),
    ],
)  # fmt: skip
def test_what_reaches_nobody(routes: list[str], expected: list[str]) -> None:
    found = warnings(*routes)

    assert [each[: len(text)] for each, text in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("matchers", "expected"),
    [
        (
            "rule: no-maratons",
            "rule: no rule is 'no-maratons'; did you mean 'no-marathons'?; corre",
        ),
        (
            "rule: [owned, 'ad-*']",
            "rule[1]: no rule has an id like 'ad-*'; correct it, or take it ",
        ),
        (
            "rule: quarantin",
            "rule: no rule is 'quarantin'; did you mean 'quarantine'?; correct it,",
        ),
        (
            "rule: '*o*ned', severity: high",
            "rule: no rule that it names has such a severity: owned is low; change the severity, "
            "or name other rules",
        ),
        (
            "rule: quotas, at_most: high",
            "rule: no rule that it names has such a severity: quotas is",
        ),
    ],
)
def test_matchers_that_take_no_rule(matchers: str, expected: str) -> None:
    (of_route,) = warnings(f"{{to: pager, {matchers}}}", TO_ALL)
    (of_side,) = warnings(
        TO_ALL, inhibit=f"{{by: {{{matchers}}}, of: {{severity: high, at_most: high}}}}"
    )

    assert of_route.startswith(f"routes[0].{expected}")
    assert of_side.startswith(f"inhibit[0].by.{expected}")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "repeat: 10m, group: {interval: 1h}",
            "repeat: nothing is repeated after 10m: a group is told once in 1h at most; make it "
            "longer, or `group.interval` shorter",
        ),
        ("repeat: 30s", "repeat: nothing is repeated after 30s: a group is told once in 1m at "),
        ("quiet: {hours: '22:00-07:00', zone: EST}", "quiet.zone: the time zone 'EST' has no summ"),
        ("quiet: {hours: '22:00-07:00', zone: Etc/GMT+2}", "quiet.zone: the sign of 'Etc/GMT+2' "),
        (
            "severity: critical, continue: true, quiet: {hours: '22:00-07:00'}",
            "quiet: what is critical is told also in quiet hours, and nothing else takes this "
            "route; leave them out",
        ),
    ],
)
def test_what_a_route_says_in_vain(given: str, expected: str) -> None:
    (warning,) = warnings(
        f"{{to: pager, {given}}}", *([TO_ALL] if "continue" in given else ["{to: mail, rule: x*}"])
    )[:1]

    assert warning.startswith(f"routes[0].{expected}")


@pytest.mark.parametrize(
    ("inhibit", "expected"),
    [
        (
            "{by: {rule: owned}, of: {rule: owned}}",
            ["inhibit[0]: it silences nothing: no incident silences itself; name another rule in "
             "`of`"],
        ),
        (
            "{by: {rule: quotas}, of: {rule: owned}}",
            ["inhibit[0]: it silences nothing: `by` and `of` are about different types of "
             "resources; name rules about the same type"],
        ),
        ("{by: {rule: quarantine}, of: {at_most: high}}", []),
        ("{by: {rule: no-marathons}, of: {rule: owned}}", []),
        ("{by: {severity: high}, of: {at_most: medium}}", []),
        # One of two, on one channel: the other is only of the account.
        ("{by: {severity: high}, of: {at_most: critical}}", []),
        ("{by: {rule: observed}, of: {at_most: high}}", []),
        ("{by: {tags: {tier: free}}, of: {rule: owned}}", []),
        ("{by: {rule: '*o*', channel: a*}, of: {rule: '*o*', channel: b*, at_most: high}}", []),
    ],
)  # fmt: skip
def test_inhibitions(inhibit: str, expected: list[str]) -> None:
    assert warnings(TO_ALL, inhibit=inhibit) == expected


@pytest.mark.parametrize("of", ["{}", "{severity: high}", "{severity: critical}", "{rule: quotas}"])
@pytest.mark.parametrize(
    ("by", "text"),
    [
        ("{rule: quarantine}", "are held back too, by a critical one of `by`"),
        ("{severity: high}", "are held back too, by a critical one of `by`"),
        ("{rule: [observed, owned]}", "are told all the same: none of `by` is critical"),
        ("{rule: stop, at_most: high}", "are told all the same: none of `by` is critical"),
    ],
)
def test_an_inhibition_that_may_be_of_critical_incidents(of: str, by: str, text: str) -> None:
    remedy = "say `at_most: high`, or `at_most: critical` if it is meant"

    said = warnings(TO_ALL, inhibit=f"{{by: {by}, of: {of}}}")

    assert [each for each in said if each.startswith("inhibit[0].of")] == [
        f"inhibit[0].of: critical incidents {text}; {remedy}"
    ]


# Two rules about live streams, one that only observes, and one about the account.
ENDS = """\
version: 1
defaults: {mode: notify}
rules:
  - {id: no-end, kind: max_duration, severity: high, params: {limit: 4h}}
  - {id: not-the-end, kind: takeover, severity: high}
  - {id: observed-end, kind: stream_failure, mode: observe, severity: high}
  - {id: whole-account, kind: account_limit, severity: high}
"""
PAIR = (
    "incidents of no-end and not-the-end on one channel match both `by` and `of`: neither silences "
    "the other"
)
REMEDY = "let `by` name what covers the others, and `of` the others; `at_most` limits a severity"


@pytest.mark.parametrize(
    ("inhibit", "text"),
    [
        ("{by: {}, of: {}}", "every incident matches both `by` and `of`: it silences nothing"),
        ("{by: {severity: high}, of: {at_most: high}}", PAIR),
        ("{by: {rule: '*-end'}, of: {at_most: critical}}", PAIR),
        ("{by: {rule: no-end}, of: {at_most: high}}", ""),
        ("{by: {rule: [no-end, whole-account]}, of: {at_most: high}}", ""),
        ("{by: {rule: [no-end, observed-end]}, of: {at_most: high}}", ""),
    ],
)
def test_what_matches_both_sides_silences_nothing(inhibit: str, text: str) -> None:
    """It does no harm: all of it is told."""
    given = [each.partition(": warning: ")[2] for each in lint_of(f"{ENDS}inhibit: [{inhibit}]\n")]

    assert given == ([f"inhibit[0]: {text}; {REMEDY}"] if text else [])


@pytest.mark.parametrize(("severity", "is_said"), [("low", True), ("critical", False)])
def test_a_critical_incident_is_told_beside_another_that_matches_both_sides(
    severity: str, is_said: bool
) -> None:
    rules = RULES.replace("required_tags, severity: low", f"required_tags, severity: {severity}")
    both = "{rule: [no-marathons, owned], at_most: critical}"
    text = f"{rules}routes: [{TO_ALL}]\ninhibit: [{{by: {both}, of: {both}}}]\n"

    assert any("match both" in each for each in lint_of(text)) is is_said


def test_incidents_of_different_resources_may_match_both_sides() -> None:
    rules = RULES.replace("account_limit, severity: critical", "account_limit, severity: high")
    both = "{rule: [no-marathons, quotas], at_most: high}"

    assert lint_of(f"{rules}routes: [{TO_ALL}]\ninhibit: [{{by: {both}, of: {both}}}]\n") == []


def test_a_rotation_on_demand_is_told_under_a_word_that_routes_may_name() -> None:
    assert ON_DEMAND in OWN_WORDS
