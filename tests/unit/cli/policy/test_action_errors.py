"""What is wrong with steps and actions is said, and why a kind refuses an action."""

import pytest

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.policy.actions import allowed_actions
from tests.unit.cli.policy.documents import ALLOWED, ALLOWED_ACTIONS, RULE, errors_of


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("steps: []", "6:12: rules[0].steps", "expected at least one entry, found an empty list"),
        ("steps: stop", "6:12: rules[0].steps", "expected a list, found 'stop'; write [stop]"),
        ("steps: [stop]", "6:13: rules[0].steps[0]", "expected a mapping, found 'stop'"),
        (
            "steps: [{after: 0s}]",
            "6:13: rules[0].steps[0].do",
            "missing (expected a list)",
        ),
        (
            "steps: [{do: [stop]}]",
            "6:13: rules[0].steps[0].after",
            "missing (expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H)",
        ),
        (
            "steps: [{after: 0, do: [stop]}]",
            "6:21: rules[0].steps[0].after",
            "expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H, found 0; "
            "write 0s",
        ),
        (
            "steps: [{after: soon, do: [stop]}]",
            "6:21: rules[0].steps[0].after",
            "expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H, found 'soon'",
        ),
        (
            "steps: [{afer: 0s, after: 0s, do: [stop]}]",
            "6:14: rules[0].steps[0].afer",
            "unknown key 'afer'; did you mean 'after'? (expected after or do)",
        ),
        (
            "steps: [{after: 0s, do: []}]",
            "6:29: rules[0].steps[0].do",
            "expected at least one entry, found an empty list",
        ),
        (
            "steps: [{after: 0s, do: stop}]",
            "6:29: rules[0].steps[0].do",
            "expected a list, found 'stop'; write [stop]",
        ),
        (
            "steps: [{after: 0s, do: [rotate_key]}]",
            "6:30: rules[0].steps[0].do[0]",
            "max_duration cannot rotate_key: a new stream key would not end its breaches "
            f"(expected {ALLOWED})",
        ),
        (
            "steps: [{after: 0s, do: [tag: {sett: {a: b}}]}]",
            "6:35: rules[0].steps[0].do[0].tag.set",
            "missing (expected a mapping)\n"
            "x.yaml:6:36: rules[0].steps[0].do[0].tag.sett: "
            "unknown key 'sett'; did you mean 'set'? (expected set)",
        ),
        (
            "steps: [{after: 0s, do: [warn: {text: 1}]}]",
            "6:43: rules[0].steps[0].do[0].warn.text",
            "expected text, found 1; put it in quotes",
        ),
        (
            "steps: [{after: 10m, do: [warn]}, {after: 5m, do: [stop]}]",
            "6:47: rules[0].steps[1].after",
            "expected longer than 10m, which the step before it has; found 5m",
        ),
        (
            "steps: [{after: 5m, do: [warn]}, {after: PT5M, do: [stop]}]",
            "6:46: rules[0].steps[1].after",
            "expected longer than 5m, which the step before it has; found 5m",
        ),
        (
            "steps: [{after: 0s, do: [stop]}, {after: 5m, do: [notify, stop]}]",
            "6:63: rules[0].steps[1].do[1]",
            "the action is given twice",
        ),
        (
            "steps: [{after: 0s, do: [warn, warn]}]",
            "6:36: rules[0].steps[0].do[1]",
            "the action is given twice",
        ),
        (
            "actions: [tag: {set: {a: b}}]\n    steps: [{after: 0s, do: [warn]}]",
            "7:12: rules[0].steps",
            "give either `actions` or `steps`, not both",
        ),
        (
            "steps: [{after: 0s, do: [notify]}]\n    mode: enforce",
            "7:11: rules[0].mode",
            f"mode enforce needs at least one of the actions {ALLOWED_ACTIONS}; "
            "use notify to only tell",
        ),
    ],
)
def test_each_error_within_steps(line: str, place: str, message: str) -> None:
    assert "\n".join(errors_of(f"{RULE}    {line}\n")) == f"x.yaml:{place}: {message}"


@pytest.mark.parametrize(
    ("kind", "params", "action", "message"),
    [
        (
            "never_live",
            "{}",
            "stop",
            "never_live cannot stop: its stream is not on the air yet (expected tag or notify)",
        ),
        (
            "never_live",
            "{}",
            "warn",
            "never_live cannot warn: its stream is not on the air yet (expected tag or notify)",
        ),
        (
            "stream_failure",
            "{}",
            "stop",
            "stream_failure cannot stop: IVS has ended the stream already (expected tag or notify)",
        ),
        (
            "key_missing",
            "{}",
            "stop",
            "key_missing cannot stop: it is not about a stream that is on the air "
            "(expected tag or notify)",
        ),
        (
            "protected_tags",
            "{tags: a, by: b}",
            "warn",
            "protected_tags cannot warn: its reasons name who made a call, and every viewer's "
            "player would get them (expected {warn: {text: …}})",
        ),
    ],
)
def test_what_a_kind_cannot_do_is_refused_with_the_reason(
    kind: str, params: str, action: str, message: str
) -> None:
    text = RULE.replace("max_duration", kind).replace("{limit: 4h}", params)

    assert errors_of(f"{text}    actions: [{action}]\n") == [
        f"x.yaml:6:15: rules[0].actions[0]: {message}"
    ]


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_refusal_has_a_reason(kind: str) -> None:
    check = RULE_KINDS[kind]

    refused = {
        name
        for name, action in ACTION_KINDS.items()
        if action.why_refused(check.traits, check.lacks)
    }
    assert refused == set(ACTION_KINDS) - set(allowed_actions(kind))


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        (
            "on_repeat: {times: 1, within: 10m, do: [stop]}",
            "6:24: rules[0].on_repeat.times",
            "expected 2 to 10 times, found 1",
        ),
        (
            "on_repeat: {times: 3, within: 0s, do: [stop]}",
            "6:35: rules[0].on_repeat.within",
            "expected a duration longer than zero, found '0s'",
        ),
        (
            "on_repeat: {times: 3, within: 10m, do: []}",
            "6:44: rules[0].on_repeat.do",
            "expected at least one entry, found an empty list",
        ),
        (
            "on_repeat: {times: 3, within: 10m, do: [rotate_key]}",
            "6:45: rules[0].on_repeat.do[0]",
            "max_duration cannot rotate_key: a new stream key would not end its breaches "
            f"(expected {ALLOWED})",
        ),
        (
            "actions: [stop]\n    on_repeat: {times: 3, within: 10m, do: [stop]}",
            "7:45: rules[0].on_repeat.do[0]",
            "the action is given twice",
        ),
        (
            "actions: [quarantine: {for: []}]",
            "6:33: rules[0].actions[0].quarantine.for",
            "expected at least 1 entry, found 0",
        ),
        (
            "actions: [quarantine: {for: [0s]}]",
            "6:34: rules[0].actions[0].quarantine.for[0]",
            "expected a duration longer than zero, found '0s'",
        ),
    ],
)
def test_each_error_of_repetition_and_of_a_quarantine(line: str, place: str, message: str) -> None:
    assert errors_of(f"{RULE}    {line}\n") == [f"x.yaml:{place}: {message}"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("playback_key_age", "a key pair only becomes older, so its breach begins once"),
        (
            "playback_key_allowlist",
            "the name and the fingerprint of a key pair never change, so its breach begins once",
        ),
    ],
)
def test_what_begins_once_cannot_repeat(kind: str, reason: str) -> None:
    rule = RULE.replace("max_duration", kind)
    errors = errors_of(f"{rule}    on_repeat: {{times: 2, within: 1d, do: [notify]}}\n")

    (found,) = (each for each in errors if "on_repeat" in each)
    assert found.endswith(
        f"rules[0].on_repeat: {kind} is never broken again: {reason}; let a step follow instead"
    )


@pytest.mark.parametrize("kind", [each for each in RULE_KINDS if not RULE_KINDS[each].begins_once])
def test_every_other_kind_takes_a_repetition(kind: str) -> None:
    rule = RULE.replace("max_duration", kind).replace("    params: {limit: 4h}\n", "")
    repeat = "on_repeat: {times: 1, within: 1d, do: [notify, quarantine]}"

    found = [each for each in errors_of(f"{rule}    {repeat}\n") if "on_repeat" in each]

    (times, *refused) = found
    assert times.endswith("rules[0].on_repeat.times: expected 2 to 10 times, found 1")
    reason = ACTION_KINDS["quarantine"].why_refused(RULE_KINDS[kind].traits, RULE_KINDS[kind].lacks)
    assert [f"{kind} cannot quarantine: {reason} (expected " in each for each in refused] == (
        [True] if reason else []
    )
