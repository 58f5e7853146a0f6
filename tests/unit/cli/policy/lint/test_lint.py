"""Rules that are allowed and cannot be meant are found, with place, rule and remedy."""

from pathlib import Path

import pytest

from streamwarden_cli.policy.reference.shipped import policies_in
from streamwarden_cli.shipped import POLICIES
from tests.unit.cli.policy.conftest import Run
from tests.unit.cli.policy.documents import lint_of, warnings_of

ABOUT_NOBODY = [
    (
        "{id: a, kind: max_duration, params: {limit: 1h}, match: {type: BASIC}, "
        "when: \"channel.type == 'STANDARD'\"}",
        "rules[0].when: a: `when` never holds for what `match` selects; "
        "change one of them, or remove the rule",
    ),
    (
        "{id: a, kind: max_duration, params: {limit: 1h}, match: {tags: {tier: [free, trial*]}}, "
        "when: \"channel.tags.tier == 'pro'\"}",
        "rules[0].when: a: `when` never holds for what `match` selects; "
        "change one of them, or remove the rule",
    ),
    (
        "{id: a, kind: max_duration, params: {limit: 1h}, match: {tags: {tier: [free, trial]}}, "
        "when: \"channel.tags.tier != 'free' && channel.tags.tier != 'trial'\"}",
        "rules[0].when: a: `when` never holds for what `match` selects; "
        "change one of them, or remove the rule",
    ),
    (
        "{id: a, kind: max_duration, params: {limit: 1h}, match: {name: 'a*'}, "
        'when: "!(channel.arn)"}',
        "rules[0].when: a: `when` never holds for what `match` selects; "
        "change one of them, or remove the rule",
    ),
    (
        "{id: a, kind: max_duration, params: {limit: 1h}, match: {region: us-west-2, "
        "arn: 'arn:aws:ivs:eu-west-1:111122223333:channel/abcdABCDefgh'}}",
        "rules[0].match: a: nothing is all that `match` wants at once; leave a part out",
    ),
    (
        "{id: a, kind: starvation, mode: enforce, params: {limit: 1m}, actions: [stop], "
        "when: '!session', unless: channel.arn, "
        "match: {region: us-west-2, "
        "arn: 'arn:aws:ivs:eu-west-1:111122223333:channel/abcdABCDefgh'}}",
        "rules[0].match: a: nothing is all that `match` wants at once; leave a part out",
    ),
    (
        "{id: a, kind: max_duration, params: {limit: 1h}, "
        "match: {arn: 'arn:aws:ivs:eu-west-1:111122223333:stream-key/abcdABCDefgh'}}",
        "rules[0].match: a: `match.arn` is not the ARN of a channel: "
        "'arn:aws:ivs:eu-west-1:111122223333:stream-key/abcdABCDefgh'; "
        "max_duration is about nothing else",
    ),
    (
        "{id: a, kind: max_duration, params: {limit: 1h}, match: {arn: '*:stage/*'}}",
        "rules[0].match: a: `match.arn` is not the ARN of a channel: '*:stage/*'; "
        "max_duration is about nothing else",
    ),
    (
        "{id: a, kind: playback_key_age, params: {limit: 1d}, match: {type: BASIC}}",
        "rules[0].match: a: `match.type` is the type of a channel, and it is about a playback key "
        "pair; leave the type out",
    ),
    (
        "{id: a, kind: tag_limit, params: {on: [composition]}, match: {name: 'show-*'}}",
        "rules[0].match: a: `match.name` is no glob of an empty name, and a composition has no "
        "name; leave the name out",
    ),
    (
        "{id: a, kind: takeover, when: \"resource.type == 'stage'\"}",
        "rules[0].when: a: `when` never holds for what takeover is about; correct it, or remove "
        "the rule",
    ),
]
FINDS_NOTHING = [
    (
        "{id: a, kind: event_alert, params: {detail_type: IVS Stage Updates}}",
        "rules[0].params: a: no event of the detail-type 'IVS Stage Updates' comes; did you mean "
        "'IVS Stage Update'?; template.yaml says which are forwarded",
    ),
    (
        "{id: a, kind: playback_restriction, when: channel.authorized}",
        "rules[0].when: a: a breach of playback_restriction needs `!(channel.authorized)`, which "
        "`when` excludes; the rule never finds anything: correct or remove it",
    ),
    (
        '{id: a, kind: starvation, params: {limit: 1m}, when: "!session"}',
        "rules[0].when: a: a breach of starvation needs `session.on_air && session.stalled`, which "
        "`when` excludes; the rule never finds anything: correct or remove it",
    ),
    (
        "{id: a, kind: insecure_ingest, when: channel.insecureIngest == `false`}",
        "rules[0].when: a: a breach of insecure_ingest needs `channel.insecureIngest`, which "
        "`when` excludes; the rule never finds anything: correct or remove it",
    ),
]
EXEMPTS_EVERYBODY = [
    (f"{{id: a, kind: {rest}}}", "rules[0].unless: a: `unless` exempts everything that the rule ")
    for rest in (
        "insecure_ingest, unless: channel.arn",
        "insecure_ingest, unless: \"channel.name == 'a' || channel.id\"",
        "insecure_ingest, match: {tags: {tier: free}}, unless: channel.tags.tier",
        "insecure_ingest, unless: channel.insecureIngest",
        "max_duration, params: {limit: 1h}, unless: session.stream_id || session.on_air",
        "insecure_ingest, when: \"hour('UTC') == `9`\", unless: \"hour('UTC') == `9`\"",
    )
]
NEVER_DONE = [
    (
        "{id: a, kind: owner_from_creator, mode: enforce, params: {tag: 'aws:by'}, "
        "actions: [set_owner]}",
        "rules[0].actions[0]: a: set_owner is never done: only AWS sets and removes tags with the "
        "prefix 'aws:'; leave the action out, or change what the rule is about",
    ),
    (
        "{id: a, kind: insecure_ingest, mode: enforce, when: session.on_air, "
        "actions: [repair: {set: {insecureIngest: false}}]}",
        "rules[0].actions[0]: a: repair is never done: it needs `!session`, and the rule is "
        "only about others; leave the action out, or change what the rule is about",
    ),
    (
        "{id: a, kind: required_tags, mode: enforce, params: {on: [playback_key_pair], "
        "tags: {team: {}}}, actions: [stop]}",
        "rules[0].actions[0]: a: stop is never done: it is done to channels, and the rule is about "
        "none; leave the action out, or change what the rule is about",
    ),
    (
        '{id: a, kind: insecure_ingest, mode: enforce, when: "!session", '
        "actions: [tag: {set: {a: b}}, stop]}",
        "rules[0].actions[1]: a: stop is never done: it needs `session.on_air`, and the rule is "
        "only about others; leave the action out, or change what the rule is about",
    ),
    (
        "{id: a, kind: insecure_ingest, mode: enforce, match: {tags: {seen: 'yes'}}, "
        "steps: [{after: 0s, do: [notify]}, {after: 1h, do: [tag: {set: {seen: 'yes'}}]}]}",
        "rules[0].steps[1].do[0]: a: tag is never done: whatever the rule is about carries the "
        "tag already; leave the action out, or change what the rule is about",
    ),
    (
        "{id: a, kind: stream_key_age, params: {limit: 1d}, mode: enforce, when: session.on_air, "
        "actions: [rotate_key]}",
        "rules[0].actions[0]: a: rotate_key is never done: it needs `!session`, and the rule is "
        "only about others; leave the action out, or change what the rule is about",
    ),
]


@pytest.mark.parametrize(
    ("rule", "output"), [*ABOUT_NOBODY, *FINDS_NOTHING, *EXEMPTS_EVERYBODY, *NEVER_DONE]
)
def test_a_rule_that_cannot_be_meant(rule: str, output: str) -> None:
    (warnings,) = warnings_of(rule)

    place, _, message = warnings.partition(": warning: ")
    assert place.startswith("x.yaml:3:")
    assert message.startswith(output)


@pytest.mark.parametrize(
    "rule",
    [
        "{id: a, kind: insecure_ingest, match: {name: '*'}, unless: channel.name}",
        "{id: a, kind: insecure_ingest, match: {type: '*'}, when: \"!(channel.type)\"}",
        "{id: a, kind: insecure_ingest, match: {type: '*'}, when: channel.type == `null`}",
        "{id: a, kind: insecure_ingest, when: channel.name, unless: channel.type}",
        "{id: a, kind: insecure_ingest, when: \"channel.name != 'x'\", unless: channel.name}",
        "{id: a, kind: insecure_ingest, unless: \"contains(channel.tags.a, 'x') || !session\"}",
        "{id: a, kind: private_required, when: channel.authorized == `false`}",
        "{id: a, kind: recording_forbidden, match: {name: 'a*'}, when: \"channel.name != 'ab'\"}",
        "{id: a, kind: takeover, match: {name: [a, b]}, when: \"channel.name != 'a'\"}",
        "{id: a, kind: takeover, match: {name: [a, 'b*']}, "
        "when: \"channel.name != 'a' && channel.name != 'b'\"}",
        "{id: a, kind: takeover, match: {name: '*z'}, when: \"channel.name > 'b'\"}",
        "{id: a, kind: insecure_ingest, mode: enforce, match: {tags: {seen: 'y*'}}, "
        "actions: [tag: {set: {seen: 'yes'}}]}",
        "{id: a, kind: insecure_ingest, mode: notify, when: '!session', actions: [stop]}",
        "{id: a, kind: recording_failed, when: '!session'}",
        "{id: a, kind: takeover, when: \"resource.type == 'channel'\"}",
        "{id: a, kind: orphans, when: \"resource.type == 'recording_configuration'\"}",
        "{id: a, kind: required_tags, match: {type: BASIC}, "
        "params: {on: [channel, recording_configuration], tags: {team: {}}}}",
        "{id: a, kind: max_duration, params: {limit: 1h}, match: {arn: '*:1111*/*A'}}",
        "{id: a, kind: account_limit, match: {arn: 'arn:aws:ivs:*:*:account/*'}}",
        "{id: a, kind: event_alert, params: {detail_type: IVS Stage Update}, "
        "match: {arn: '*:stage/*'}}",
    ],
)
def test_what_may_be_meant_is_left_alone(rule: str) -> None:
    assert warnings_of(rule) == []


# Beside it, a limit cannot be avoided by reconnecting.
BUDGET = (
    "{id: c, kind: broadcast_budget, mode: enforce, params: {limit: 20h, period: day}, "
    "actions: [stop]}"
)
ROUTED = (("a", "1h"), ("b", "2h"))
LIVE_LIMIT = "{{id: {id}, kind: max_duration, params: {{limit: {limit}}}{more}}}"


def limit(rule_id: str, span: str, more: str = "") -> str:
    return LIVE_LIMIT.format(id=rule_id, limit=span, more=f", {more}" if more else "")


@pytest.mark.parametrize(
    ("first", "second", "shadowed"),
    [
        (limit("a", "1h"), limit("b", "2h"), 1),
        (limit("a", "2h"), limit("b", "1h"), 0),
        (limit("a", "1h"), limit("b", "2h", "match: {name: x}"), 1),
        (limit("a", "1h", "match: {name: 'x*'}"), limit("b", "2h", "match: {name: xy}"), 1),
        (
            limit("a", "1h", "mode: enforce, actions: [stop]"),
            limit("b", "2h", "mode: notify"),
            1,
        ),
        (
            limit("a", "1h", "mode: enforce, steps: [{after: 5m, do: [stop, tag: {set: {a: b}}]}]"),
            limit("b", "2h", "mode: enforce, steps: [{after: 10m, do: [stop]}]"),
            1,
        ),
        (
            "{id: a, kind: recording_integrity, params: {at_least: 0.9}}",
            "{id: b, kind: recording_integrity, params: {at_least: 0.8}}",
            1,
        ),
    ],
)
def test_a_rule_that_another_one_makes_superfluous(first: str, second: str, shadowed: int) -> None:
    (warnings,) = warnings_of(first, second, BUDGET)

    mild, strict = ("a", "b") if shadowed == 0 else ("b", "a")
    assert warnings.endswith(
        f"rules[{shadowed}].id: {mild}: {strict} finds every breach of it, and does as much about "
        f"it; remove it, or make it differ from {strict} (rules[{1 - shadowed}])"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (limit("a", "1h"), limit("b", "2h", "severity: high")),
        (limit("a", "1h"), limit("b", "2h", "mode: notify")),
        (limit("a", "1h", "mode: notify"), limit("b", "2h", "mode: enforce, actions: [stop]")),
        (limit("a", "1h", "match: {name: x}"), limit("b", "2h")),
        (limit("a", "1h", "match: {name: x}"), limit("b", "2h", "match: {name: 'x*'}")),
        (limit("a", "1h", "unless: channel.name"), limit("b", "2h")),
        (limit("a", "1h", "when: channel.tags.a"), limit("b", "2h", "when: channel.tags.b")),
        (
            limit("a", "1h", "mode: enforce, steps: [{after: 10m, do: [stop]}]"),
            limit("b", "2h", "mode: enforce, actions: [stop]"),
        ),
        (
            limit("a", "1h", "mode: notify, actions: [stop]"),
            limit("b", "2h", "mode: notify, steps: [{after: 10m, do: [notify]}]"),
        ),
        (
            limit("a", "1h", "mode: enforce, actions: [stop]"),
            limit(
                "b",
                "2h",
                "mode: enforce, actions: [stop], on_repeat: {times: 3, within: 1d, do: [warn]}",
            ),
        ),
        (limit("a", "1h"), limit("b", "1h", "for: 5m, severity: high")),
        (limit("a", "1h", "for: 5m"), limit("b", "61m")),
        (
            "{id: a, kind: never_live, params: {limit: 1m}}",
            "{id: b, kind: never_live, params: {limit: 2m}}",
        ),
        (
            "{id: a, kind: flapping, params: {sessions: 5, window: 10m}}",
            "{id: b, kind: flapping, params: {sessions: 9, window: 1h}}",
        ),
    ],
)
def test_rules_that_say_different_things(first: str, second: str) -> None:
    assert warnings_of(first, second, BUDGET) == []


@pytest.mark.parametrize(
    ("named", "warnings"), [("b", 0), ("[a, b]", 1), ("'[ab]'", 1), ("quarantine", 1)]
)
def test_rules_that_tell_different_people(named: str, warnings: int) -> None:
    """The looser rule is the one that somebody is called for."""
    rules = "".join(f"  - {limit(each, span, 'mode: notify')}\n" for each, span in ROUTED)
    routes = f"  - {{to: pager, rule: {named}}}\n  - {{to: chat}}\n"
    kinds = "{pager: {kind: pagerduty, secret: p}, chat: {kind: slack, secret: c}}"

    found = lint_of(f"version: 1\nrules:\n{rules}destinations: {kinds}\nroutes:\n{routes}")

    assert len(found) == warnings


def test_the_same_rule_twice() -> None:
    (warnings,) = warnings_of(
        limit("a", "1h", "match: {name: x}"), limit("b", "1h", "match: {name: x}, severity: high")
    )

    assert warnings == (
        "x.yaml:4:10: warning: rules[1].id: b: it judges exactly what a judges; "
        "merge it with a (rules[0])"
    )


def test_a_rule_that_finds_nothing_makes_no_other_superfluous() -> None:
    finds_nothing = limit("a", "1h", "when: '!session'")
    warnings = warnings_of(finds_nothing, limit("b", "1h"), limit("c", "2h"))

    assert [each.split(": ")[2] for each in warnings] == ["rules[0].when", "rules[2].id"]


def test_a_rule_that_would_never_rest_is_an_error(policy: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("""\
version: 1
rules:
  - id: owned
    kind: required_tags
    params: {tags: {team: {pattern: "[a-z]+"}, env: {values: [prod, test]}}}
    actions: [tag: {set: {team: Nobody, env: prod, other: x}}]
""")

    output = policy("check", file)

    assert (output.code, output.out) == (1, "")
    assert output.err == (
        f"{file}:6:15: rules[0].actions[0]: owned: its own action sets a value that the rule "
        "refuses (tag 'team' is 'Nobody', which does not match '[a-z]+'); "
        "set one that is allowed, or allow this one\n"
    )


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--strict"], 1)])
def test_warnings_are_errors_if_one_wants(
    arguments: list[str], code: int, policy: Run, tmp_path: Path
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "version: 1\nrules: [{id: a, kind: insecure_ingest, unless: channel.insecureIngest}]\n"
    )

    output = policy("check", file, *arguments)

    level = "error" if arguments else "warning"
    assert output.code == code
    assert output.err.startswith(f"{file}:2:48: {level}: rules[0].unless: a: `unless` exempts ")
    assert output.out == ("" if arguments else f"{file}: 1 rule: 1 observe\n")


def test_warnings_stand_beside_errors_of_other_rules(policy: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("""\
version: 1
rules:
  - {id: misspelt, kind: event_alert, params: {detail_type: IVS Stream Health Change, name: End}}
  - {id: wrong, kind: insecure_ingest, mode: observed, unless: channel.tags.a}
  - {id: constant, kind: insecure_ingest, when: channel.name || 'x', unless: channel.tags.a}
  - {id: unused, kind: insecure_ingest, enabled: false, unless: channel.tags.a}
  - {id: tagged, kind: insecure_ingest, unless: channel.tags.a}
  - {id: Two Words, kind: insecure_ingest, unless: channel.tags.a}
  - {id: a, kind: insecure_ingest, when: channel.name || 'x', unless: channel.tags.a}
""")

    output = policy("check", file)

    lines = [each for each in output.err.splitlines() if ".id: " not in each]
    found = [each.removeprefix(f"{file}:").split(": ")[1:3] for each in lines]
    assert (output.code, output.out) == (1, "")
    assert found == [
        ["warning", "rules[0].params"],
        ["rules[1].mode", "expected observe, notify or enforce, found 'observed'"],
        ["warning", "rules[1].unless"],
        ["rules[2].when", "constant"],
        ["warning", "rules[4].unless"],
        ["warning", "rules[5].unless"],
        ["rules[6].when", "a"],
    ]


@pytest.mark.parametrize("file", policies_in(POLICIES), ids=lambda file: file.name)
def test_nothing_is_to_be_said_of_the_shipped_policies(file: Path, policy: Run) -> None:
    assert policy("check", "--strict", file).err == ""
