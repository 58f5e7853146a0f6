"""What is wrong with a rule is said, and where."""

import pytest

from tests.unit.cli.policy.documents import ALL_FORMS, ALLOWED, ALLOWED_ACTIONS, RULE, errors_of


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        (
            "sevrity: high",
            "6:5: rules[0].sevrity",
            "unknown key 'sevrity'; did you mean 'severity'? (expected id, kind, description, "
            "owner, runbook, enabled, actions, steps, on_repeat, mode, severity, for, keep, match, "
            "when, unless or params)",
        ),
        (
            "severity: severe",
            "6:15: rules[0].severity",
            "expected low, medium, high or critical, found 'severe'",
        ),
        (
            "match: {tag: {tier: free}}",
            "6:13: rules[0].match.tag",
            "unknown key 'tag'; did you mean 'tags'? "
            "(expected tags, name, type, arn, region or account)",
        ),
        (
            "match: {tags: {vip: yes}}",
            "6:25: rules[0].match.tags.vip",
            "expected text or a list of texts, found yes; put it in quotes",
        ),
        (
            "match: {tags: {vip: [a, 0x1]}}",
            "6:29: rules[0].match.tags.vip[1]",
            "expected text, found 0x1; put it in quotes",
        ),
        (
            "match: {name: []}",
            "6:19: rules[0].match.name",
            "expected text or a list of texts, found an empty list",
        ),
        (
            "match: {tags: [tier=free, team]}",
            "6:19: rules[0].match.tags",
            'expected a mapping, found a list; write {tier: free, team: "*"}',
        ),
        (
            "match: {tags: tier=free}",
            "6:19: rules[0].match.tags",
            "expected a mapping, found 'tier=free'; write {tier: free}",
        ),
        (
            "actions: [tag: {set: [team=ops]}]",
            "6:26: rules[0].actions[0].tag.set",
            "expected a mapping, found a list; write each entry as KEY: VALUE",
        ),
        (
            "actions: [quarantine: {for: 1h}]",
            "6:33: rules[0].actions[0].quarantine.for",
            "expected a list, found '1h'; write [1h]",
        ),
        ("when: true", "6:11: rules[0].when", "expected text, found true; put it in quotes"),
        (
            "when: channel.tags.a ==",
            "6:11: rules[0].when",
            "not a JMESPath expression: it ends too early",
        ),
        (
            'unless: "a b"',
            "6:13: rules[0].unless",
            "not a JMESPath expression: Unexpected token: b, at character 3 of the expression",
        ),
        (
            'when: "channel.name == \'a"',
            "6:11: rules[0].when",
            "not a JMESPath expression: Unclosed ' delimiter, at character 17 of the expression",
        ),
        (
            'when: ""',
            "6:11: rules[0].when",
            "not a JMESPath expression: it is empty; leave the key out",
        ),
        (
            "when: \"contains(chanel.tags.a, 'x')\"",
            "6:11: rules[0].when",
            "nothing is called 'chanel'; did you mean 'channel'? "
            "(expected channel, session, resource or account)",
        ),
        (
            "when: contains(channel.name)",
            "6:11: rules[0].when",
            "the function 'contains' takes 2 arguments, found 1",
        ),
        (
            "unless: session.takeover",
            "6:13: rules[0].unless",
            "session has no member 'takeover'; did you mean 'takeovers'? (expected stream_id, "
            "created_at, on_air, on_air_at, stalled, viewers, takeovers or limit_hits)",
        ),
        (
            "match: {type: STANDRAD}",
            "6:19: rules[0].match.type",
            "no channel has the type 'STANDRAD'; did you mean 'STANDARD'? "
            "(expected BASIC, STANDARD, ADVANCED_SD or ADVANCED_HD)",
        ),
        (
            "match: {region: [eu-west-1, EU-west-1]}",
            "6:33: rules[0].match.region[1]",
            "no region of IVS is like 'EU-west-1'; did you mean 'eu-west-1'? (expected us-east-1, "
            "us-west-2, eu-west-1, eu-central-1, ap-south-1, ap-northeast-1 or ap-northeast-2)",
        ),
        (
            "mode: enforce",
            "6:11: rules[0].mode",
            f"mode enforce needs at least one of the actions {ALLOWED_ACTIONS}; "
            "use notify to only tell",
        ),
        (
            "actions: [rotate_key]",
            "6:15: rules[0].actions[0]",
            "max_duration cannot rotate_key: a new stream key would not end its breaches "
            f"(expected {ALLOWED})",
        ),
        ("actions: stop", "6:14: rules[0].actions", "expected a list, found 'stop'; write [stop]"),
        (
            "actions: [stopp]",
            "6:15: rules[0].actions[0]",
            f"unknown action 'stopp'; did you mean 'stop'? (expected {ALL_FORMS})",
        ),
        (
            "actions: [tag]",
            "6:15: rules[0].actions[0]",
            "tag needs more than its word (expected {tag: {set: {key: value}}})",
        ),
        (
            "actions: [5]",
            "6:15: rules[0].actions[0]",
            f"expected {ALL_FORMS}",
        ),
        ("actions: [stop, stop]", "6:21: rules[0].actions[1]", "the action is given twice"),
        (
            "actions: [warn, warn: {text: a}]",
            "6:21: rules[0].actions[1]",
            "the action is given twice",
        ),
        (
            "actions: [warn: {}]",
            "6:21: rules[0].actions[0].warn.text",
            "missing (expected text)",
        ),
        (
            "actions: [warn: {txt: a, text: b}]",
            "6:22: rules[0].actions[0].warn.txt",
            "unknown key 'txt'; did you mean 'text'? (expected text)",
        ),
        (
            "actions: [warn: {text: ''}]",
            "6:28: rules[0].actions[0].warn.text",
            "expected 1 to 200 characters, found 0",
        ),
        (
            f"actions: [warn: {{text: {'b' * 201}}}]",
            "6:28: rules[0].actions[0].warn.text",
            "expected 1 to 200 characters, found 201",
        ),
        (
            "actions: [tag: {}]",
            "6:20: rules[0].actions[0].tag.set",
            "missing (expected a mapping)",
        ),
        (
            "actions: [tag: {set: {}}]",
            "6:26: rules[0].actions[0].tag.set",
            "expected at least 1 entry, found 0",
        ),
        (
            "actions: [tag: {set: {code: 0000}}]",
            "6:33: rules[0].actions[0].tag.set.code",
            "expected text, found 0000; put it in quotes",
        ),
        (
            'actions: [tag: {set: {"AWS:x": a}}]',
            "6:27: rules[0].actions[0].tag.set['AWS:x']",
            "the prefix 'aws:' is reserved for AWS, found 'AWS:x'",
        ),
        (
            'actions: [tag: {set: {"": a}}]',
            "6:27: rules[0].actions[0].tag.set['']",
            "expected a tag key of 1 to 128 characters, found 0",
        ),
        (
            "actions: [tag: {set: {a: b!}}]",
            "6:30: rules[0].actions[0].tag.set.a",
            "expected only letters, digits, spaces and _ . : / = + - @, found 'b!'",
        ),
        (
            f"actions: [tag: {{set: {{a: {'b' * 257}}}}}]",
            "6:30: rules[0].actions[0].tag.set.a",
            "expected a tag value of at most 256 characters, found 257",
        ),
        (
            f"actions: [tag: {{set: {{{', '.join(f'k{n}: v' for n in range(51))}}}}}]",
            "6:26: rules[0].actions[0].tag.set",
            "expected at most 50 entries, found 51",
        ),
    ],
)
def test_each_error_within_a_rule(line: str, place: str, message: str) -> None:
    assert errors_of(f"{RULE}    {line}\n") == [f"x.yaml:{place}: {message}"]


@pytest.mark.parametrize("kind", ["[max_duration]", "{max_duration: 4h}"])
def test_a_kind_that_is_no_text_hides_no_other_error(kind: str) -> None:
    text = RULE.replace("kind: max_duration", f"kind: {kind}").replace("params:", "limit:")

    assert [each.partition(": ")[2].partition(" ")[0] for each in errors_of(text)] == [
        "rules[0].kind:",
        "rules[0].limit:",
    ]
