"""`streamwarden route` says where an incident goes as the services would send it, and why."""

import json
from pathlib import Path
from typing import Any

import pytest

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from tests.unit.cli.policy.conftest import Output

POLICY = """\
version: 1
defaults: {mode: notify}
destinations: {mail: {kind: sns}, chat: {kind: sns}, pager: {kind: sns}}
routes:
  - {to: pager, severity: critical, continue: true}
  - name: ads
    owner: ads@*
    channel: arena-*
    to: [chat, mail]
    group: {by: [owner, rule], wait: 30s, interval: 5m}
    repeat: 4h
    quiet: {hours: "22:00-07:00", zone: Europe/Berlin}
  - {to: mail, account: "111122223333", region: eu-*, tags: {tier: [free, trial]}}
  - {to: [], at_most: low}
  - {to: mail, status: [opened, resolved, escalated]}
inhibit:
  - {by: {rule: quarantine}, of: {at_most: medium}}
owner_tag: team
rules:
  - {id: no-marathons, kind: max_duration, severity: medium, params: {limit: 4h}}
  - {id: owned, kind: required_tags, severity: low, params: {tags: {team: {}}}}
  - {id: observed, kind: takeover, mode: observe, severity: high}
  - {id: switched-off, kind: never_live, enabled: false, severity: high, params: {limit: 2m}}
"""
# 18:30 in Berlin.
AFTERNOON = ("--at", "2026-03-14T17:30Z")
# 23:30 there.
NIGHT = ("--at", "2026-03-14T22:30Z")
ADS = ("--channel", "arena-one", "--tag", "team=ads@example.com")


@pytest.fixture
def route(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    file = tmp_path / "x.yaml"
    file.write_text(POLICY)

    def run(*arguments: str) -> Output:
        code = main(["route", str(file), *arguments])
        return Output(code, *capsys.readouterr())

    return run


def deliveries(route: Any, *arguments: str) -> dict[str, dict[str, Any]]:
    """What is said of each destination."""
    document = json.loads(route("--json", *arguments).out)
    return {each["destination"]: each for each in document["deliveries"]}


def test_each_route_is_explained_in_its_order(route: Any) -> None:
    output = route("--explain", "--rule", "no-marathons", *ADS, *NIGHT)

    assert output == Output(
        ExitCode.DONE,
        """\
no-marathons of ads@example.com, medium, opened at 2026-03-14T22:30:00Z

Routes
  routes[0]: severity critical goes to pager; the search goes on
    not taken: severity is medium, and it takes critical
  ads: owner 'ads@*', channel 'arena-*' goes to chat and mail
    taken
  routes[2]: tag tier 'free' or 'trial', account '111122223333', region 'eu-*' goes to mail
    not tried: ads ends the search
  routes[3]: severity low goes to nobody
    not tried: ads ends the search
  routes[4]: status opened or resolved or escalated goes to mail
    not tried: ads ends the search

Inhibitions
  inhibit[0]: nothing is told while another incident is open: rule 'quarantine'

Deliveries
  chat (sns), by ads: at 2026-03-15T06:00:00Z
    when the quiet hours end
    in one message with owner=ads@example.com,rule=no-marathons, which is sent once in 5m at most
    again every 4h while it is open
  mail (sns), by ads: at 2026-03-15T06:00:00Z
    when the quiet hours end
    in one message with owner=ads@example.com,rule=no-marathons, which is sent once in 5m at most
    again every 4h while it is open
""",
        "",
    )


def test_without_explain_it_says_who_is_told_and_when(route: Any) -> None:
    output = route("--rule", "no-marathons", *AFTERNOON)

    assert output.out == (
        "mail (sns), by routes[4]: at 2026-03-14T17:30:10Z\n"
        "  in one message with rule=no-marathons, which is sent once in 1m at most\n"
    )


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        (
            ("--tag", "tier=paid"),
            [
                "tag tier is 'paid', and it takes 'free' or 'trial'",
                "account is not given, and it takes '111122223333'",
                "region is not given, and it takes 'eu-*'",
            ],
        ),
        (
            ("--account", "222233334444", "--region", "us-west-2"),
            [
                "tag tier is not given, and it takes 'free' or 'trial'",
                "account is '222233334444', and it takes '111122223333'",
                "region is 'us-west-2', and it takes 'eu-*'",
            ],
        ),
        (
            ("--tags", "tier=free", "--channel", "arn:aws:ivs:eu-west-1:111122223333:channel/a"),
            [],
        ),
    ],
)
def test_why_a_route_is_not_taken(route: Any, given: tuple[str, ...], reasons: list[str]) -> None:
    output = route("--json", "--rule", "no-marathons", *given)

    assert json.loads(output.out)["routes"][2]["why_not"] == reasons


def test_what_is_critical_waits_for_nothing(route: Any) -> None:
    found = deliveries(route, "--rule", "no-marathons", "--severity", "critical", *ADS, *NIGHT)

    assert {name: each["at"] for name, each in found.items()} == dict.fromkeys(
        ("pager", "chat", "mail"), "2026-03-14T22:30:00Z"
    )
    assert {each["group"] for each in found.values()} == {None}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-14T17:30Z", ("2026-03-14T17:30:30Z", None)),
        # Its group would be sent when the quiet hours have begun.
        ("2026-03-14T20:59:45Z", ("2026-03-15T06:00:00Z", "2026-03-15T06:00:00Z")),
        # They end before the group is sent.
        ("2026-03-15T05:59:45Z", ("2026-03-15T06:00:15Z", None)),
    ],
)
def test_when_it_is_told_beside_quiet_hours(
    route: Any, at: str, expected: tuple[str, str | None]
) -> None:
    found = deliveries(route, "--rule", "no-marathons", *ADS, "--at", at)["chat"]

    assert (found["at"], found["quiet_until"]) == expected


def test_a_low_incident_that_is_meant_for_nobody(route: Any) -> None:
    output = route("--rule", "owned")

    assert (output.code, output.out) == (ExitCode.NOTHING, "nobody is told\n")


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (("observed",), "rule observed only observes, so nobody is told unless its mode is raised"),
        (("switched-off",), "rule switched-off is switched off, so there is no such incident"),
        (
            ("no-marathons", "--status", "resolved"),
            "what is resolved is told only where it was opened; if that were now:",
        ),
        (
            ("no-marathons", "--status", "escalated"),
            "what is escalated is told also where it was opened",
        ),
    ],
)
def test_what_routes_alone_do_not_say(route: Any, given: tuple[str, ...], line: str) -> None:
    assert line in route("--rule", *given).out.splitlines()


def test_an_inhibition_of_others(route: Any) -> None:
    output = route("--explain", "--rule", "quarantine", "--severity", "high")

    assert (
        "  inhibit[0]: while it is open, nothing is told of others: severity medium or below\n"
        in output.out
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("no-maratons",), "--rule: the policy has no rule 'no-maratons'; did you mean 'no-marath"),
        (("quarantine",), "--severity: say how severe it is; 'quarantine' is no rule, which has o"),
        (("owned", "--channel", "arn:aws:sns:x"), "--channel: this is not the ARN of a channel"),
        (
            (
                "owned",
                "--account",
                "111122223333",
                "--channel",
                "arn:aws:ivs:eu-west-1:2:channel/a",
            ),
            "--account: the ARN of the channel has '2'",
        ),
        (
            ("owned", "--region", "us-west-2", "--channel", "arn:aws:ivs:eu-west-1:2:channel/a"),
            "--region: the ARN of the channel has 'eu-west-1'",
        ),
        (("owned", "--account", "abc"), "--account: no account is like 'abc'"),
        (("owned", "--account", ""), "--account: no account is like ''"),
        (
            ("owned", "--account", "1111*"),
            "--account: expected one account, found the glob '1111*'",
        ),
        (("owned", "--region", "mars-1"), "--region: no region of IVS is like 'mars-1'"),
        (("owned", "--region", "eu-*"), "--region: expected one region, found the glob 'eu-*'"),
        (("owned", "--channel", ""), "--channel: expected a name or an ARN, found nothing"),
        (("owned", "--channel", "ad*"), "--channel: expected one channel, found the glob 'ad*'"),
        (("owned", "--channel", "a b"), "--channel: no channel has a name like 'a b'"),
    ],
)
def test_what_cannot_be_asked(route: Any, given: tuple[str, ...], message: str) -> None:
    output = route("--rule", *given)

    assert (output.code, output.out) == (ExitCode.FAILED, "")
    assert output.err.startswith(message)
