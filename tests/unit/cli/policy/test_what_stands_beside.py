"""What stands beside the demand of a rule: its notes, its switch, and keys of the author's own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streamwarden.domain.verdicts import RuleNotes
from streamwarden_cli.policy.compilation import compile_policy, read_policy
from streamwarden_cli.policy.lint.linting import lint
from tests.unit.cli.policy.conftest import Run
from tests.unit.cli.policy.documents import NOW, RULE, errors_of

NOTES = """\
    description: Nobody needs more than four hours.
    owner: live-ops@example.com
    runbook: https://wiki.example.com/no-marathons
"""
OFF = "    enabled: false\n"


def test_notes_go_with_the_rule_and_decide_nothing() -> None:
    with_notes, without = compile_policy(RULE + NOTES, "x.yaml"), compile_policy(RULE, "x.yaml")

    assert with_notes.rules[0].notes == RuleNotes(
        description="Nobody needs more than four hours.",
        owner="live-ops@example.com",
        runbook="https://wiki.example.com/no-marathons",
    )
    assert without.rules[0].notes is None
    assert with_notes.digest == without.digest


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("runbook: wiki/page", "expected the URL of a page, such as https://…, found 'wiki/page'"),
        ("runbook: https://", "expected the URL of a page, such as https://…, found 'https://'"),
        (
            "runbook: javascript://x",
            "expected the URL of a page, such as https://…, found 'javascript://x'",
        ),
        ("owner: ' '", "expected 1 to 300 characters, found 0"),
        ("owner: 0715", "expected text, found 0715; put it in quotes"),
        ("description: {a: b}", "expected text, found a mapping"),
    ],
)
def test_wrong_notes(line: str, message: str) -> None:
    [error] = errors_of(f"{RULE}    {line}\n")

    assert error.partition(": ")[2].partition(": ")[2] == message


def test_a_rule_that_is_switched_off_is_not_compiled() -> None:
    policy = read_policy(RULE + OFF + "  - {id: b, kind: takeover}\n", "x.yaml")

    assert [each.id for each in policy.compiled.rules] == ["b"]
    assert [each.id for each in policy.disabled] == ["a"]


def test_a_rule_that_is_switched_off_is_checked() -> None:
    assert errors_of(RULE.replace("4h", "4x") + OFF + "  - {id: a, kind: takeover}\n") == [
        "x.yaml:5:21: rules[0].params.limit: expected a duration such as 90s, 10m, 4h, 30d or "
        "ISO 8601 like PT4H, found '4x'",
        "x.yaml:7:10: rules[1].id: the id 'a' is taken by rules[0]",
    ]


def test_all_rules_may_be_switched_off(policy: Run, tmp_path: Path) -> None:
    file = tmp_path / "off.yaml"
    file.write_text(RULE + OFF)
    (tmp_path / "off.tests.yaml").write_text(
        "scenarios: [{name: one, channels: {name: a}, expect: {a: compliant}}]\n"
    )

    checked, tested = policy("check", file), policy("test", file)

    assert (checked.code, checked.out) == (0, f"{file}: 0 rules\n")
    assert "the policy has no enabled rule 'a'" in tested.err
    assert "switched off (`enabled: false`)" in policy("explain", "a", "--policy", file).out


def test_keys_of_the_authors_own_hold_anchors() -> None:
    anchored = "x-long: &long {limit: 4h}\n" + RULE.replace("{limit: 4h}", "*long")

    assert compile_policy(anchored, "x.yaml") == compile_policy(RULE, "x.yaml")
    assert "unknown key 'x-note'" in errors_of(RULE + "    x-note: a\n")[0]


@pytest.mark.parametrize(
    ("end", "moment"),
    [
        ("2026-12-31", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-12-31T18:00:00+01:00", datetime(2026, 12, 31, 17, tzinfo=UTC)),
    ],
)
def test_an_exemption_may_have_an_end(end: str, moment: datetime) -> None:
    text = f"{RULE}    unless: {{condition: channel.tags.event, until: {end}}}\n"

    [rule] = compile_policy(text, "x.yaml").rules

    assert (rule.unless, rule.unless_until) == ("channel.tags.event", moment)


def test_an_exemption_that_ends_does_not_make_another_rule_superfluous() -> None:
    ends = "    unless: {condition: channel.name, until: 2026-12-31}\n"
    stays = "    unless: channel.name\n"
    two = RULE + stays + RULE.partition("rules:\n")[2].replace("id: a", "id: b") + ends

    warned = [each.path for each in lint(read_policy(two, "x.yaml"), "warning", NOW)]

    assert warned == []
