"""Cases beside a policy: what is as expected, what is not, and what cannot be played."""

from pathlib import Path

import pytest

from streamwarden_cli.policy.reference.shipped import policies_in
from streamwarden_cli.shipped import POLICIES
from tests.unit.cli.policy.conftest import Output, Run

POLICY = """\
version: 1
defaults: {mode: enforce}
rules:
  - {id: no-marathons, kind: max_duration, params: {limit: 4h}, actions: [stop]}
  - id: owned
    kind: required_tags
    params: {tags: {team: {}}}
    unless: channel.tags.demo
    actions: [tag: {set: {team: nobody}}]
  - {id: tls-only, kind: insecure_ingest, mode: notify}
"""
LONG = """\
    events: [{at: 12:00, event: Stream Start}]
    until: 16:00
"""


class Bench:
    """Writes a policy and its cases, and plays them."""

    def __init__(self, policy: Run, folder: Path) -> None:
        self.run, self.folder = policy, folder
        self.file = folder / "mine.yaml"
        self.cases = folder / "mine.tests.yaml"
        self.file.write_text(POLICY)

    def play(self, body: str) -> Output:
        self.cases.write_text(f"cases:\n  - name: a case\n{body}")
        return self.run("test", self.file)

    def faults(self, body: str) -> list[str]:
        output = self.play(body)
        assert (output.code, output.out) == (1, "")
        return [each.removeprefix(f"{self.cases}:") for each in output.err.splitlines()]


@pytest.fixture
def bench(policy: Run, tmp_path: Path) -> Bench:
    return Bench(policy, tmp_path)


@pytest.mark.parametrize("file", policies_in(POLICIES), ids=lambda file: file.name)
def test_the_cases_of_the_shipped_policies_hold(file: Path, policy: Run) -> None:
    output = policy("test", file)

    assert (output.code, output.err) == (0, ""), output.out
    assert ", none failed" in output.out.splitlines()[-1]


def test_the_cases_of_the_default_policy_are_enough(policy: Run) -> None:
    output = policy("test", POLICIES / "default.yaml")

    assert output.out.count("ok    ") >= 6
    assert "no case is about" not in output.out


def test_what_is_as_expected_is_a_line(bench: Bench) -> None:
    output = bench.play(f"{LONG}    expect: {{no-marathons: not applicable}}\n")

    assert (output.code, output.err) == (0, "")
    assert output.out == (
        f"ok    a case\n{bench.cases}: 1 case, none failed; no case is about owned and tls-only\n"
    )


def test_what_is_not_is_told_beside_what_is(bench: Bench) -> None:
    output = bench.play(f"""\
{LONG}    expect:
      no-marathons: {{verdict: breach, actions: [], notifications: [opened]}}
      owned: {{reason: something else, actions: [tag: {{set: {{team: me}}}}]}}
      tls-only: {{verdict: compliant, reason: allowed}}
""")

    assert output.code == 1
    assert (
        output.out
        == f"""\
FAIL  a case ({bench.cases}:2)
        no-marathons
          verdict
            expected  breach
            found     not applicable: the channel is not on the air
          actions
            expected  none
            found     stop
        owned
          reason
            expected  …something else…
            found     tag 'team' is missing
          actions
            expected  tag {{team: me}}
            found     tag {{team: nobody}}
        tls-only
          reason
            expected  …allowed…
            found     insecure ingest is off
{bench.cases}: 1 case, 1 failed
"""
    )


@pytest.mark.parametrize(
    "body",
    [
        # The short form of an expectation, and the verdicts there are.
        "    expect: {tls-only: compliant, no-marathons: not applicable}\n",
        "    given: {insecureIngest: true}\n    expect: {tls-only: breach}\n",
        "    given: {tags: {demo: 'yes'}}\n    expect: {owned: exempt}\n",
        "    events: [{at: 12:00, event: Stream Start}]\n    expect: {no-marathons: pending}\n",
        # A channel that is known by a listing alone, at a moment or over a time.
        "    given: {live: {startTime: 08:00}}\n    expect: {no-marathons: {actions: [stop]}}\n",
        "    given: {live: {startTime: 08:00}}\n    until: 11:59\n"
        "    expect: {no-marathons: {verdict: pending, reason: on the air for 3h 59m}}\n",
        "    given: {live: {startTime: 08:00}}\n    now: 09:00\n    until: 3h\n"
        "    expect: {no-marathons: {reason: on the air for 4h}}\n",
        # Times: with a date, after one another, in another zone, on the day of the case.
        "    day: 2026-07-01\n    events:\n      - {at: 2026-06-30 23:00, event: Stream Start}\n"
        "    until: 02:59\n    expect: {no-marathons: pending}\n",
        "    events:\n      - {at: 12:00, event: Session Created}\n"
        "      - {at: +10m, event: Stream Start}\n    until: 2026-01-05T17:09:59+01:00\n"
        "    expect: {no-marathons: {verdict: pending, reason: 3h 59m}}\n",
        # Several channels, of which the first is meant unless another one is named.
        "    given: [{name: a}, {name: b, tags: {team: x}}]\n"
        "    expect: {owned: {channel: a, actions: [tag: {set: {team: nobody}}]}}\n",
        "    given: [{name: a}, {name: b, insecureIngest: true}]\n"
        "    expect: {tls-only: {channel: b, verdict: breach}}\n",
        # A stream after another one is a new one, also without being named.
        "    events:\n      - {at: 06:00, event: Stream Start}\n"
        "      - {at: 09:00, event: Stream End}\n      - {at: 09:00:10, event: Session Ended}\n"
        "      - {at: 10:00, event: Stream Start}\n"
        "    until: 13:59\n    expect: {no-marathons: {verdict: pending, actions: []}}\n",
        # Calls that CloudTrail records.
        "    events: [{at: 12:00, event: TagResource, request: {tags: {team: x}}}]\n"
        "    expect: {owned: compliant}\n",
        "    given: {name: new, insecureIngest: true, tags: {team: x}}\n"
        "    events: [{at: 12:00, event: CreateChannel}]\n"
        "    expect: {owned: {verdict: compliant, actions: []}, tls-only: breach}\n",
        "    given: {insecureIngest: true}\n"
        "    events: [{at: 12:00, event: UpdateChannel, request: {insecureIngest: false}}]\n"
        "    expect: {tls-only: {verdict: compliant, notifications: [opened, resolved]}}\n",
    ],
)
def test_what_a_case_can_say(body: str, bench: Bench) -> None:
    output = bench.play(body)

    assert (output.code, output.err) == (0, ""), output.out


def test_events_as_they_were_sent(bench: Bench) -> None:
    event = (POLICIES.parent / "events/stream-state/stream-start.json").read_text()
    (bench.folder / "start.json").write_text(event)

    output = bench.play("""\
    given: {arn: "arn:aws:ivs:eu-west-1:210987654321:channel/9154EfmSfFCJ"}
    events: [{file: start.json}]
    until: 3h
    expect: {no-marathons: {verdict: pending, reason: 3h of 4h}}
""")

    assert output.code == 0, output.out


def test_events_as_they_were_sent_but_for_their_detail(bench: Bench) -> None:
    event = (POLICIES.parent / "events/stage/participant-publish-error.json").read_text()
    (bench.folder / "error.jsonl").write_text(" ".join(event.split()))
    bench.file.write_text("""\
version: 1
rules: [{id: errors, kind: event_alert, params: {detail_type: IVS Stage *}}]
""")

    output = bench.play("""\
    events: [{file: error.jsonl, detail: {error_code: TOO_LOUD}}]
    expect: {errors: {verdict: breach, reason: TOO_LOUD}}
""")

    assert output.code == 0, output.out + output.err


def test_a_rule_about_none_of_the_channels_of_a_case(bench: Bench) -> None:
    bench.file.write_text("""\
version: 1
rules: [{id: quota, kind: account_limit, params: {limits: [Concurrent Viewers]}}]
""")

    failed = bench.play("    expect: {quota: {channel: channel, verdict: breach}}\n")
    held = bench.play(
        "    events: [{at: 12:00, event: Concurrent Viewers}]\n    expect: {quota: breach}\n"
    )

    assert "expected  breach\n            found     the rule is about no channel" in failed.out
    assert held.code == 0, held.out


EXPECT = "    expect: {owned: breach}\n"
MOMENT = "expected a time such as 12:00, 12:00:30, 2026-01-06 09:00 or "


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            "    expect: {ownd: breach}\n",
            "3:14: cases[0].expect.ownd: the policy has no enabled rule 'ownd'; "
            "did you mean 'owned'?",
        ),
        ("    expect: {}\n", "3:13: cases[0].expect: expected at least 1 entry, found 0"),
        (
            "    expect: {owned: breech}\n",
            "3:21: cases[0].expect.owned.verdict: expected compliant, breach, pending, exempt or "
            "not applicable, found 'breech'",
        ),
        (
            "    expect: {owned: {verdit: breach}}\n",
            "3:22: cases[0].expect.owned.verdit: unknown key 'verdit'; did you mean 'verdict'?",
        ),
        (
            "    expect: {owned: {channel: b}}\n",
            "3:31: cases[0].expect.owned.channel: no channel is called 'b' (expected channel)",
        ),
        (
            "    expect: {owned: {actions: [stopp]}}\n",
            "3:32: cases[0].expect.owned.actions[0]: unknown action 'stopp'; did you mean 'stop'?",
        ),
        (
            "    expect: {owned: {notifications: [open]}}\n",
            "3:38: cases[0].expect.owned.notifications[0]: expected warning, opened, ",
        ),
        ("    gven: {}\n", "3:5: cases[0].gven: unknown key 'gven'; did you mean 'given'?"),
        (
            "    given: {nam: x}\n",
            "3:13: cases[0].given.nam: unknown key 'nam'; did you mean 'name'?",
        ),
        ("    given: [{name: x}, {nam: x}]\n", "3:25: cases[0].given[1].nam: unknown key 'nam'"),
        (
            "    given: {authorized: 'yes'}\n",
            "3:25: cases[0].given.authorized: expected true or false, found 'yes'",
        ),
        (
            "    given: {tags: {a: 1}}\n",
            "3:23: cases[0].given.tags.a: expected text, found 1; put it in quotes",
        ),
        (
            "    given: {arn: x}\n",
            "3:18: cases[0].given.arn: expected the ARN of an IVS channel, found 'x'",
        ),
        (
            "    given: [{name: x}, {name: x}]\n",
            "3:24: cases[0].given[1]: the channel is given twice",
        ),
        (
            "    given: {live: {startTime: soon}}\n",
            f"3:31: cases[0].given.live.startTime: {MOMENT}",
        ),
        (
            "    given: {live: {viewerCount: 1}}\n",
            "3:19: cases[0].given.live.startTime: missing (expected a time with its offset, ",
        ),
        (
            "    events: [{event: Stream Start}]\n",
            "3:14: cases[0].events[0].at: missing (expected a time such as 12:00)",
        ),
        (
            "    events: [{at: 12:00}]\n",
            "3:14: cases[0].events[0].event: missing (expected the name of an event, or file)",
        ),
        (
            "    events: [{at: noon, event: Stream Start}]\n",
            f"3:19: cases[0].events[0].at: {MOMENT}",
        ),
        (
            "    events: [{at: +1m, event: Stream Start}]\n",
            "3:19: cases[0].events[0].at: there is no time before it to count +1m from",
        ),
        (
            "    events: [{at: 12:00, event: Stream Begin}]\n",
            "3:33: cases[0].events[0].event: unknown event 'Stream Begin'; did you mean 'Stream ",
        ),
        (
            "    events: [{at: 12:00, event: Stream Start, by: me}]\n",
            "3:47: cases[0].events[0].by: Stream Start is no call that anybody makes",
        ),
        (
            "    events: [{at: 12:00, event: Stream Start, channel: b}]\n",
            "3:56: cases[0].events[0].channel: no channel is called 'b'",
        ),
        (
            "    events: [{at: 12:00, event: Stream Start, times: 0}]\n",
            "3:54: cases[0].events[0].times: expected a number from 1 to 1000, found 0",
        ),
        ("    events: [{file: none.json}]\n", "3:21: cases[0].events[0].file: "),
        (
            "    events: [{file: none.json, at: 12:00}]\n",
            "3:32: cases[0].events[0].at: events of a file say this themselves",
        ),
        ("    until: never\n", f"3:12: cases[0].until: {MOMENT}"),
        (
            "    events: [{at: 12:00, event: Stream Start}]\n    until: 11:00\n",
            "4:12: cases[0].until: it is before the last event, at 2026-01-05 12:00:00",
        ),
        (
            "    events: [{at: 12:00, event: Stream Start}]\n    now: 13:00\n",
            "4:10: cases[0].now: an event comes before it",
        ),
        (
            "    day: tomorrow\n",
            "3:10: cases[0].day: expected a date such as 2026-12-25, found 'tomorrow'",
        ),
        ("    name: again\n", "3:5: cases[0].name: the key is given twice, first on line 2"),
    ],
)
def test_what_cannot_be_played_is_told_with_its_place(body: str, fault: str, bench: Bench) -> None:
    (found,) = bench.faults(body if "expect" in body else body + EXPECT)

    assert found.startswith(fault)


def test_all_that_is_wrong_comes_at_once(bench: Bench) -> None:
    faults = bench.faults(f"""\
{EXPECT}\
  - name: b
    until: x
    expect: {{a: breach}}
  - name: c
    given: {{nam: x}}
    expect: {{owned: breach}}
""")

    assert [each.split(": ")[1] for each in faults] == [
        "cases[1].until",
        "cases[1].expect.a",
        "cases[2].given.nam",
    ]


def test_an_event_that_makes_no_sense_spoils_the_case(bench: Bench) -> None:
    (fault,) = bench.faults(
        "    events:\n      - {at: 12:00, event: Stream Failure, detail: {reason: 5}}\n" + EXPECT
    )

    assert fault.startswith("4:9: cases[0].events[0]: detail.reason: expected str, found int")


def test_cases_that_are_not_there(bench: Bench) -> None:
    output = bench.run("test", bench.file)

    assert output.code == 1
    assert output.err == f"{bench.cases}:1:1: the file cannot be read: No such file or directory\n"


def test_either_file_may_be_named_and_is_played_once(bench: Bench) -> None:
    bench.play("    expect: {tls-only: compliant}\n")

    output = bench.run("test", bench.cases, bench.file)

    assert output.out.count("ok    a case") == 1


def test_cases_from_elsewhere(bench: Bench) -> None:
    elsewhere = bench.folder / "other.yaml"
    elsewhere.write_text("cases: [{name: b, expect: {tls-only: compliant}}]")

    output = bench.run("test", bench.file, "--cases", elsewhere)

    assert output.code == 0
    assert output.out.startswith(f"ok    b\n{elsewhere}: 1 case, none failed")


def test_a_policy_that_is_wrong_is_told_before_its_cases(bench: Bench) -> None:
    bench.file.write_text("rules: []")

    output = bench.run("test", bench.file)

    assert output.code == 1
    assert output.err.startswith(f"{bench.file}:1:1: version: missing")


def test_a_check_of_all_files_looks_at_cases_too(bench: Bench) -> None:
    bench.play("    expect: {tls-only: compliant}\n")
    right = bench.run("check", bench.file, bench.cases)
    bench.play("    expect: {tls: compliant}\n")
    wrong = bench.run("check", bench.file, bench.cases)

    assert (right.code, right.err) == (0, "")
    assert right.out.endswith(f"{bench.cases}: 1 case for `streamwarden policy test`\n")
    assert wrong.code == 1
    assert wrong.err.startswith(
        f"{bench.cases}:3:14: cases[0].expect.tls: the policy has no enabled rule"
    )
