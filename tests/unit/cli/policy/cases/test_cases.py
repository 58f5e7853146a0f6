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
    unless: channel.tags.demo == 'yes'
    actions: [tag: {set: {team: nobody}}]
  - {id: tls-only, kind: insecure_ingest, mode: notify}
"""
LONG = """\
    steps: [{at: 12:00, do: go-live}]
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
        self.cases.write_text(f"scenarios:\n  - name: a case\n{body}")
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
        "    channels: {insecureIngest: true}\n    expect: {tls-only: breach}\n",
        "    channels: {tags: {demo: 'yes'}}\n    expect: {owned: exempt}\n",
        "    steps: [{at: 12:00, do: go-live}]\n    expect: {no-marathons: pending}\n",
        # A channel that is known by a listing alone, at a moment or over a time.
        "    channels: {live: {startTime: 08:00}}\n    expect: {no-marathons: {actions: [stop]}}\n",
        "    channels: {live: {startTime: 08:00}}\n    until: 11:59\n"
        "    expect: {no-marathons: {verdict: pending, reason: on the air for 3h 59m}}\n",
        "    channels: {live: {startTime: 08:00}}\n    from: 09:00\n    until: 3h\n"
        "    expect: {no-marathons: {reason: on the air for 4h}}\n",
        # Times: with a date, on the day of the scenario.
        "    day: 2026-07-01\n    steps:\n      - {at: 2026-06-30 23:00, do: go-live}\n"
        "    until: 02:59\n    expect: {no-marathons: pending}\n",
        # Several channels, of which the first is meant unless another one is named.
        "    channels: [{name: a}, {name: b, tags: {team: x}}]\n"
        "    expect: {owned: {channel: a, actions: [tag: {set: {team: nobody}}]}}\n",
        "    channels: [{name: a}, {name: b, insecureIngest: true}]\n"
        "    expect: {tls-only: {channel: b, verdict: breach}}\n",
        # A stream after another one is a new one.
        "    steps:\n      - {at: 06:00, do: go-live}\n"
        "      - {at: 09:00, do: leave}\n      - {at: 10:00, do: go-live}\n"
        "    until: 13:59\n    expect: {no-marathons: {verdict: pending, actions: []}}\n",
        # What IVS does by itself, later.
        "    steps:\n      - {at: 11:59, do: latencies, stream-start: 10m}\n"
        "      - {at: 12:00, do: go-live}\n    until: 2026-01-05T17:09:59+01:00\n"
        "    expect: {no-marathons: {verdict: pending, reason: 3h 59m}}\n",
        # Calls that CloudTrail records.
        "    steps: [{at: 12:00, do: tag, tags: {team: x}}]\n    expect: {owned: compliant}\n",
        "    steps:\n"
        "      - {at: 12:00, do: create, channel: new, insecureIngest: true, tags: {team: x}}\n"
        "    expect: {owned: {verdict: compliant, actions: []}, tls-only: breach}\n",
        "    steps: [{at: 12:00, do: create, channel: new}, {at: 12:00, do: create, channel: b}]\n"
        "    expect: {owned: {channel: b, actions: [tag: {set: {team: nobody}}]}}\n",
        "    channels: {insecureIngest: true}\n"
        "    steps: [{at: 12:00, do: update, insecureIngest: false}]\n"
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
    channels: {arn: "arn:aws:ivs:eu-west-1:210987654321:channel/9154EfmSfFCJ"}
    steps: [{file: start.json}]
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
    steps: [{file: error.jsonl, detail: {error_code: TOO_LOUD}}]
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
        "    steps:\n      - {at: 12:00, do: quotas, concurrent-viewers: 0}\n"
        "      - {at: 12:00, do: go-live}\n      - {at: 12:00, do: viewers, count: 1}\n"
        "    expect: {quota: breach}\n"
    )

    assert "expected  breach\n            found     the rule is about no channel" in failed.out
    assert held.code == 0, held.out


EXPECT = "    expect: {owned: breach}\n"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            "    expect: {ownd: breach}\n",
            "3:14: scenarios[0].expect.ownd: the policy has no enabled rule 'ownd'; "
            "did you mean 'owned'?",
        ),
        ("    expect: {}\n", "3:13: scenarios[0].expect: expected at least 1 entry, found 0"),
        (
            "    expect: {owned: breech}\n",
            "3:21: scenarios[0].expect.owned.verdict: expected compliant, breach, pending, exempt "
            "or not applicable, found 'breech'",
        ),
        (
            "    expect: {owned: {verdit: breach}}\n",
            "3:22: scenarios[0].expect.owned.verdit: unknown key 'verdit'; did you mean 'verdict'?",
        ),
        (
            "    expect: {owned: {channel: b}}\n",
            "3:31: scenarios[0].expect.owned.channel: no channel is called 'b' (expected channel)",
        ),
        (
            "    expect: {owned: {actions: [stopp]}}\n",
            "3:32: scenarios[0].expect.owned.actions[0]: unknown action 'stopp'; did you mean ",
        ),
        (
            "    expect: {owned: {notifications: [open]}}\n",
            "3:38: scenarios[0].expect.owned.notifications[0]: expected warning, opened, ",
        ),
        (
            "    steps: [{at: 12:00, do: stall, channel: b}]\n",
            "3:45: scenarios[0].steps[0].channel: there is no channel 'b'",
        ),
    ],
)
def test_what_cannot_be_played_is_told_with_its_place(body: str, fault: str, bench: Bench) -> None:
    (found,) = bench.faults(body if "expect" in body else body + EXPECT)

    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ("exemptions: [{rule: ownd, until: 20:00, reason: x}]", "exemptions[0]"),
        ("repetitions: [{rule: ownd, at: 10:00}]", "repetitions[0]"),
        ("breaches: [{rule: owned, since: 10:00}, {rule: ownd, since: 10:00}]", "breaches[1]"),
        ("quarantine: {rule: ownd, since: 10:00, reason: x}", "quarantine"),
    ],
)
def test_a_rule_that_a_record_names_is_one_of_the_policy(
    member: str, place: str, bench: Bench
) -> None:
    """An exemption from a rule that is misspelt exempts nothing."""
    (found,) = bench.faults(f"    channels: [{{name: a, record: {{{member}}}}}]\n{EXPECT}")

    message = (
        f"channels[0].record.{place}.rule: the policy has no enabled rule 'ownd'; did you mean"
    )
    assert message in found


def test_so_is_one_whose_mode_is_set_for_the_account(bench: Bench) -> None:
    modes = "modes: [{rule: owned, mode: notify}], modeLimits: [{rule: ownd, mode: notify}]"

    (found,) = bench.faults(f"    account: {{{modes}}}\n{EXPECT}")

    assert found.startswith("3:73: scenarios[0].account.modeLimits[0].rule: the policy has no")


def test_a_text_that_a_comma_cuts_off_is_to_stand_in_quotes(bench: Bench) -> None:
    (found,) = bench.faults("    expect: {owned: {reason: 4h, which is the limit}}\n")

    assert "unknown key 'which is the limit'" in found
    assert found.endswith("; if it is the rest of a text with a comma, put the text in quotes")


def test_all_that_is_wrong_comes_at_once(bench: Bench) -> None:
    faults = bench.faults(f"""\
{EXPECT}\
  - name: b
    until: x
  - name: c
    expect: {{a: breach}}
  - name: d
    expect: {{owned: {{channel: x}}}}
  - name: e
""")

    assert [each.split(": ")[1] for each in faults] == [
        "scenarios[1].until",
        "scenarios[2].expect.a",
        "scenarios[3].expect.owned.channel",
        "scenarios[4].expect",
    ]


def test_a_step_that_ivs_refuses_fails_its_case_and_no_other(bench: Bench) -> None:
    output = bench.play(f"""\
    steps:
      - {{at: 12:00, do: stall}}
{EXPECT}\
  - name: b
    expect: {{tls-only: compliant}}
""")

    assert (output.code, output.err) == (1, "")
    assert output.out.splitlines()[:3] == [
        f"FAIL  a case ({bench.cases}:2)",
        f"        {bench.cases}:4:9: scenarios[0].steps[0]: stall: The channel is not currently "
        "online",
        "ok    b",
    ]


def test_cases_that_are_not_there(bench: Bench) -> None:
    output = bench.run("test", bench.file)

    assert output.code == 1
    assert output.err == (
        f"{bench.cases}:1:1: the file cannot be read: no cases stand beside {bench.file}; "
        "name them with --cases\n"
    )


def test_either_file_may_be_named_and_is_played_once(bench: Bench) -> None:
    bench.play("    expect: {tls-only: compliant}\n")

    output = bench.run("test", bench.cases, bench.file)

    assert output.out.count("ok    a case") == 1


def test_cases_from_elsewhere(bench: Bench) -> None:
    elsewhere = bench.folder / "other.yaml"
    elsewhere.write_text("{name: b, expect: {tls-only: compliant}}")

    output = bench.run("test", bench.file, "--cases", elsewhere)

    assert output.code == 0
    assert output.out.startswith(f"ok    b\n{elsewhere}: 1 case, none failed")


def test_a_policy_that_is_wrong_is_told_before_its_cases(bench: Bench) -> None:
    bench.file.write_text("rules: []")

    output = bench.run("test", bench.file)

    assert output.code == 1
    assert output.err.startswith(f"{bench.file}:1:1: version: missing")


def test_a_check_of_all_files_looks_at_cases_too(bench: Bench) -> None:
    bench.file.write_text(POLICY.replace("enforce", "notify"))
    bench.play("    expect: {tls-only: compliant}\n")
    right = bench.run("check", bench.file, bench.cases)
    bench.play("    expect: {tls: compliant}\n")
    wrong = bench.run("check", bench.file, bench.cases)

    assert (right.code, right.err) == (0, "")
    assert right.out.endswith(f"{bench.cases}: 1 case for `streamwarden policy test`\n")
    assert wrong.code == 1
    assert wrong.err.startswith(
        f"{bench.cases}:3:14: scenarios[0].expect.tls: the policy has no enabled rule"
    )
