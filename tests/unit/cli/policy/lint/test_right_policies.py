"""No false alarm: policies that somebody may well mean are taken, without an error or a warning."""

import re
from itertools import product
from typing import Final

import pytest

from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.policy.compilation import read_policy
from streamwarden_cli.policy.lint.linting import lint
from tests.unit.cli.policy.documents import NOW, lint_of
from tests.unit.cli.policy.lint.right_rules import RULES, policy_of, right_policies

CONDITIONS: Final = (
    "channel.tags.tier == 'free'",
    "channel.tags.tier == 'free' || channel.tags.tier == 'trial'",
    "channel.tags.tier != 'free' && channel.tags.tier != 'trial'",
    "contains(['free', 'trial'], channel.tags.tier)",
    "(channel.tags.tier || 'free') == 'free'",
    "not_null(channel.tags.tier, 'free') == 'free'",
    "!(channel.tags.tier)",
    "channel.tags.event && channel.tags.event != 'false'",
    "channel.tags.vip == 'yes' && !(channel.tags.event)",
    "[channel.tags.a, channel.tags.b][]",
    "[channel.tags.a, channel.tags.b] | [0]",
    "values(channel.tags)[?@ == 'free' || @ == 'trial']",
    "keys(channel.tags)[?starts_with(@, 'team')]",
    "length(channel.tags) > `3`",
    "length(keys(channel.tags)) >= `1`",
    "starts_with(channel.name, 'arena-')",
    "ends_with(channel.name, '-test') || starts_with(channel.name, 'test-')",
    "session.viewers > `10`",
    "session.viewers",
    "session && session.takeovers > `0`",
    "!session || session.stalled",
    "session.limit_hits",
    "contains(session.limit_hits, 'Ingest Bitrate')",
    "age(channel.first_seen_at) > `86400`",
    "hour('Europe/Berlin') >= `22` || hour('Europe/Berlin') < `6`",
    "weekday('UTC') == 'sat' || weekday('UTC') == 'sun'",
    "date('UTC') == '2026-12-24'",
    "channel.type == 'BASIC' && channel.latencyMode == 'LOW'",
    "to_number(channel.tags.limit) > `2`",
    "channel.tags.a == channel.tags.b",
    "account.region == 'eu-west-1' && channel.tags.eu != 'no'",
)
# As an exemption, each would also exempt what says `false`.
SELECTING: Final = (
    "channel.tags.vip || channel.tags.event",
    "channel.tags.vip && !(channel.tags.event)",
    'channel.tags."cost-center"',
)
MATCHES: Final = (
    "{}",
    "{name: [arena-*, 'hall_?'], region: eu-*}",
    "{tags: {team: 'Zürich *', 'own*': '*@example.com'}, type: [BASIC, ADVANCED_*]}",
    "{tags: {stage: '[!p]*', url: 'https://*'}, account: '2*', arn: '*:channel/*'}",
)
PATTERNS: Final = (
    "team-[a-z]+",
    "[a-z0-9]+(-[a-z0-9]+)*",
    "CC-[0-9]{4,6}",
    r"[\w.+-]+@example\.(com|org)",
    r".+@.+\..+",
    "(?i)(prod|test|dev)",
    "(?!tmp).*",
    r"\d{4}-\d\d-\d\d",
    "[^ ]+",
    "(news|sport)(/(news|sport))*",
    ".*-prod",
    "https?://[a-z.]+(/.*)?",
)
PARAMS: Final = (
    "{tags: {team: {}}}",
    "{tags: {'cost*': {values: ['CC-*', none]}}}",
    "{tags: {team: {values: [news, Größe 1, a+b=c@d]}}, on: [channel, recording_configuration]}",
)
ACTIONS: Final = ("stop", "tag: {set: {team: news}}", "tag: {set: {seen: 'yes'}}")


def quoted(condition: str) -> str:
    return "'" + condition.replace("'", "''") + "'"


LIMITED: Final = [
    f"{{id: a, kind: max_duration, params: {{limit: 4h}}, match: {match}, {key}: {quoted(each)}}}"
    for each, match, key in [
        *product(CONDITIONS, MATCHES, ("when", "unless")),
        *product(SELECTING, MATCHES, ("when",)),
    ]
]
TAGGED: Final = [
    f"{{id: a, kind: required_tags, params: {{tags: {{owner: {{pattern: '{pattern}'}}}}}}}}"
    for pattern in PATTERNS
] + [
    f"{{id: a, kind: required_tags, mode: enforce, params: {params}, actions: [{action}]}}"
    for params, action in product(PARAMS, ACTIONS)
]


def test_there_are_enough_of_them() -> None:
    assert len(LIMITED) + len(TAGGED) >= 200


@pytest.mark.parametrize("rules", [LIMITED, TAGGED], ids=["limited", "tagged"])
def test_a_policy_that_may_be_meant_is_left_alone(rules: list[str]) -> None:
    noted = {rule: notes for rule in rules if (notes := notes_on(rule))}

    assert noted == {}


def test_rules_that_agree_are_left_alone_together_whatever_their_routes() -> None:
    policies = [*(policy_of([each], "") for each in RULES), *right_policies(220)]

    assert {text: found for text in policies if (found := lint_of(text))} == {}


def test_they_are_of_all_kinds() -> None:
    text = "".join(rule for rules in RULES for rule in rules)

    assert [kind for kind in RULE_KINDS if not re.search(rf"kind: {kind}\b", text)] == []


def notes_on(rule: str) -> list[str]:
    policy = read_policy(f"version: 1\nrules:\n  - {rule}\n", "x.yaml")
    return [str(each) for each in lint(policy, "warning", NOW)]
