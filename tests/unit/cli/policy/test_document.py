"""A policy says everything that is wrong with it, and where."""

from datetime import timedelta
from pathlib import Path

import pytest

from streamwarden.domain.rules import FAMILIES, RULE_KINDS
from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.compilation import load_policy_file
from tests.unit.cli.policy.documents import ALLOWED_ACTIONS, RULE, errors_of, load


@pytest.mark.parametrize(
    ("text", "place", "parts"),
    [
        ("", "1:1: ", ["the file is empty", "version and rules"]),
        ("- a\n", "1:1: ", ["expected a mapping with version and rules, found a list"]),
        ("version: 1\nrules: [", "2:9: ", ["not YAML", "close each { and ["]),
        ("version: 1\nrules:\n\t- id: a\n", "3:1: ", ["not YAML", "indent with spaces"]),
        ("a: 1\n---\nb: 2\n", "2:1: ", ["not YAML", "remove the line ---"]),
        ("a: *b\n", "1:4: ", ["not YAML", "undefined alias 'b'", "in quotes"]),
        ("a: !(b)\n", "1:4: ", ["not YAML", "text that begins with ! stands in quotes"]),
        ("a: `b`\n", "1:4: ", ["not YAML", "text that begins with it stands in quotes"]),
        ("a: b: c\n", "1:5: ", ["not YAML", "text that contains a colon in quotes"]),
        ('a: "b" c\n', "1:8: ", ["not YAML", "quotes of the other kind"]),
        ('a: "b\n', "2:1: ", ["not YAML", "close the quotes"]),
        ("a: !!python/name:os.system ''\n", "1:4: ", ["not YAML", "constructor"]),
        ("a: !!bool four\n", "1:1: ", ["not YAML", "four"]),
        ('a: "\\ud83d"\n', "1:4: ", ["not YAML", "half a character"]),
        ('a: "\x01"\n', "1:1: ", ["not YAML", "special characters"]),
        ("[" * 1000, "1:", ["not YAML", "nested too deeply"]),
    ],
)
def test_what_is_no_policy_at_all(text: str, place: str, parts: list[str]) -> None:
    [error] = errors_of(text)

    assert error.startswith(f"x.yaml:{place}")
    assert all(part in error for part in parts), error


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            "rules: []\nversion: 1\n",
            "1:8: rules",
            "expected at least one rule, found an empty list",
        ),
        (
            "version: 1\nrules: {}\n",
            "2:8: rules",
            "expected a list, found a mapping; begin each entry with a dash",
        ),
        ("version: 1\n", "1:1: rules", "missing (expected a list)"),
        (RULE.replace("1", "2"), "1:10: version", "expected 1, found 2"),
        (
            RULE.replace("1", "'1'"),
            "1:10: version",
            "expected 1, found '1'; write it without quotes",
        ),
        (RULE.replace("1", "yes"), "1:10: version", "expected 1, found yes"),
        (RULE.replace("version: 1\n", ""), "1:1: version", "missing (expected 1)"),
        (
            RULE + "rulez: 1\n",
            "6:1: rulez",
            "unknown key 'rulez'; did you mean 'rules'? (expected version, defaults, rules, "
            "destinations, routes, inhibit, owner_tag or tell_recordings)",
        ),
        (
            RULE + "defaults: {mode: watch}\n",
            "6:18: defaults.mode",
            "expected observe, notify or enforce, found 'watch'",
        ),
        (
            RULE + "defaults:\n  colour: red\n",
            "7:3: defaults.colour",
            "unknown key 'colour' (expected mode or severity)",
        ),
        (RULE + "version: 1\n", "6:1: version", "the key is given twice, first on line 1"),
        (
            RULE + "defaults: {mode: enforce}\n",
            "3:5: rules[0].mode",
            f"mode enforce needs at least one of the actions {ALLOWED_ACTIONS}; "
            "use notify to only tell",
        ),
        (
            RULE + "  - id: a\n    kind: recording_failed\n",
            "6:9: rules[1].id",
            "the id 'a' is taken by rules[0]",
        ),
        (RULE + "  - a\n", "6:5: rules[1]", "expected a mapping, found 'a'"),
        (
            RULE + "  - {kind: recording_failed}\n",
            "6:5: rules[1].id",
            "missing (expected a name in kebab-case such as no-marathons)",
        ),
        (
            RULE.replace("id: a", "id: No_Marathons"),
            "3:9: rules[0].id",
            "expected a name in kebab-case such as no-marathons, found 'No_Marathons'",
        ),
        (
            RULE.replace("max_duration", "max_durations"),
            "4:11: rules[0].kind",
            "unknown kind 'max_durations'; did you mean 'max_duration'?",
        ),
        (
            RULE.replace("max_duration", "max_viewers"),
            "4:11: rules[0].kind",
            f"unknown kind 'max_viewers' (expected {format_list(FAMILIES['live_sessions'])})",
        ),
        (
            RULE.replace("max_duration", "x"),
            "4:11: rules[0].kind",
            f"unknown kind 'x' (expected {format_list(RULE_KINDS)})",
        ),
        (
            RULE.replace("4h", "four hours"),
            "5:21: rules[0].params.limit",
            "expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H, "
            "found 'four hours'",
        ),
        (
            RULE.replace("4h", "0s"),
            "5:21: rules[0].params.limit",
            "expected a duration longer than zero, found '0s'",
        ),
        (
            RULE.replace("4h", "99999999999d"),
            "5:21: rules[0].params.limit",
            "expected a duration of at most 36500d, found '99999999999d'",
        ),
        (
            RULE.replace("{limit: 4h}", "{}"),
            "5:13: rules[0].params.limit",
            "missing (expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H)",
        ),
        (
            RULE.replace("    params: {limit: 4h}\n", ""),
            "3:5: rules[0].params.limit",
            "missing (expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H)",
        ),
        (
            RULE.replace("4h", "4h, limits: 5h"),
            "5:25: rules[0].params.limits",
            "unknown key 'limits'; did you mean 'limit'? (expected limit or warnings)",
        ),
        (
            RULE.replace("{limit: 4h}", ""),
            "5:12: rules[0].params",
            "expected a mapping, found nothing",
        ),
    ],
)
def test_each_error_says_where_and_what(text: str, place: str, message: str) -> None:
    assert errors_of(text) == [f"x.yaml:{place}: {message}"]


def test_all_errors_come_at_once_in_the_order_of_the_file() -> None:
    text = """\
version: 3
defaults: {mode: enforce, severity: bad}
rules:
  - id: A
    kind: nonsense
    when: "foo("
  - id: b
    kind: starvation
    mode: enforce
    actions: [stop, rotate_key, stop]
    params: {limit: x}
    params: {limit: y, z: 1}
"""

    places = [error.split(": ")[0] + " " + error.split(": ")[1] for error in errors_of(text)]

    assert places == [
        "x.yaml:1:10 version",
        "x.yaml:2:37 defaults.severity",
        "x.yaml:4:9 rules[0].id",
        "x.yaml:5:11 rules[0].kind",
        "x.yaml:6:11 rules[0].when",
        "x.yaml:10:21 rules[1].actions[1]",
        "x.yaml:10:33 rules[1].actions[2]",
        "x.yaml:12:5 rules[1].params",
        "x.yaml:12:21 rules[1].params.limit",
        "x.yaml:12:24 rules[1].params.z",
    ]


def test_merged_keys_may_be_overridden() -> None:
    text = RULE.replace("{limit: 4h}", "&long {limit: 4h}") + (
        "  - {id: b, kind: max_duration, params: {<<: *long, limit: 1h}}\n"
    )

    checks = [rule.check for rule in load(text).rules]

    assert checks == [MaxDuration(timedelta(hours=4)), MaxDuration(timedelta(hours=1))]


def test_a_file_that_cannot_be_read_is_an_error_of_the_policy(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"rules: \xe9")

    with pytest.raises(DocumentErrors, match=r"missing\.yaml:1:1: .*No such file"):
        load_policy_file(tmp_path / "missing.yaml")
    with pytest.raises(DocumentErrors, match=r"binary\.yaml:1:1: .*not UTF-8"):
        load_policy_file(binary)
