"""A compiled policy loads as it was written, or says which rule is wrong and why."""

import json
from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from streamwarden.domain.filters import Filter, Match
from streamwarden.domain.policy import (
    CompiledPolicy,
    CompiledRule,
    encode_policy,
    load_policy,
)
from streamwarden.domain.policy_outline import FORMAT, InvalidPolicy
from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden.domain.rules.tags.required_tags import RequiredTags, TagRequirement
from streamwarden.domain.verdicts import Mode, Severity
from testbed.builders import (
    STOP,
    WARN,
    compiled_rule,
    max_duration,
    policy_of,
    set_tags,
    step,
)


def document_of(rule: CompiledRule, **changed: object) -> bytes:
    """A policy of one rule, with some members of its JSON changed."""
    policy: dict[str, Any] = json.loads(encode_policy(CompiledPolicy(format=FORMAT, rules=(rule,))))
    policy["rules"][0] |= changed
    return json.dumps(policy).encode()


def test_a_rule_loads_as_it_was_written() -> None:
    match = Match(tags={"env": ("prod",)}, name=("studio-*",))
    given = compiled_rule(
        "max_duration",
        {"limit": "PT4H"},
        STOP,
        id="four-hours",
        mode=Mode.NOTIFY,
        severity=Severity.HIGH,
        match=match,
        when="session",
        unless="channel.tags.free",
    )

    (rule,) = policy_of(given).rules

    assert (rule.id, rule.kind) == ("four-hours", "max_duration")
    assert (rule.mode, rule.severity) == (Mode.NOTIFY, Severity.HIGH)
    assert rule.rule_filter == Filter(match, "session", "channel.tags.free")
    assert rule.check == MaxDuration(limit=timedelta(hours=4))
    assert rule.steps == (step(STOP),)
    assert rule.actions == (STOP,)


def test_steps_load_as_they_were_written() -> None:
    given = (step(WARN), step(set_tags(late="yes"), minutes=5), step(STOP, minutes=10))

    (rule,) = policy_of(compiled_rule("max_duration", {"limit": "PT4H"}, steps=given)).rules

    assert rule.steps == given
    assert [each.kind for each in rule.actions] == ["warn", "tag", "stop"]


def test_rules_keep_their_order() -> None:
    rules = (compiled_rule("recording_failed"), max_duration(), compiled_rule("insecure_ingest"))

    assert [rule.id for rule in policy_of(*rules).rules] == [rule.id for rule in rules]


def test_rules_that_check_the_same_are_judged_once() -> None:
    studio, other_limit = Match(name=("studio-*",)), {"limit": "PT5H"}
    rules = (
        max_duration(),
        replace(max_duration(), id="studio", match=studio, mode=Mode.NOTIFY),
        replace(max_duration(), id="longer", params=other_limit),
        # A rule that has to be looked at again when its condition changes finds something else.
        replace(max_duration(), id="by-day", unless="hour('UTC') < `9`"),
        replace(max_duration(), id="last"),
    )

    loaded = policy_of(*rules).rules

    assert [rule.judge_index for rule in loaded] == [0, 0, 2, 3, 0]
    assert [rule.judge is loaded[0].judge for rule in loaded] == [True, True, False, False, True]


def test_tag_requirements_load_with_their_defaults() -> None:
    params = {"tags": {"owner": {}, "env": {"values": ["prod", "test"]}}}

    (rule,) = policy_of(compiled_rule("required_tags", params)).rules

    assert rule.check == RequiredTags(
        tags={"owner": TagRequirement(), "env": TagRequirement(values=("prod", "test"))}
    )


def test_the_same_policy_encodes_to_the_same_bytes() -> None:
    one = compiled_rule("required_tags", {"tags": {"owner": {}, "env": {}}})
    same = compiled_rule("required_tags", {"tags": {"env": {}, "owner": {}}})

    encoded = {encode_policy(CompiledPolicy(format=FORMAT, rules=(each,))) for each in (one, same)}

    assert len(encoded) == 1


def test_a_rule_needs_settings_when_its_check_or_its_selector_does() -> None:
    tags = compiled_rule("required_tags", {"tags": {"owner": {}}})
    studio = replace(max_duration(), id="studio", match=Match(name=("studio",)))

    needs = [rule.needs_settings for rule in policy_of(tags, studio, max_duration()).rules]

    assert needs == [True, True, False]


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b'{"format": 1}', b'{"rules": []}'])
def test_what_is_no_compiled_policy_says_how_to_make_one(document: bytes) -> None:
    with pytest.raises(InvalidPolicy, match=r"cannot be read .+run `streamwarden policy compile`"):
        load_policy(document)


def test_a_policy_of_another_format_says_which_is_read() -> None:
    with pytest.raises(InvalidPolicy, match="has format 2, this version reads 1"):
        load_policy(b'{"format": 2, "rules": []}')


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"mode": "shout"}, r"rules\[0\]\.mode|rules\[\.\.\.\]\.mode"),
        ({"severity": None}, r"severity"),
        ({"steps": [{"after": "PT0S", "do": [{"kind": "dance"}]}]}, "action 'dance'"),
        ({"steps": [{"after": "10m", "do": []}]}, r"after"),
        ({"match": {"tags": {"env": "prod"}}}, r"match\.tags"),
    ],
)
def test_a_member_of_the_wrong_shape_is_named(changed: dict[str, object], complaint: str) -> None:
    with pytest.raises(InvalidPolicy, match=complaint):
        load_policy(document_of(max_duration(), **changed))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"kind": "min_duration"}, "kind 'min_duration' is not known"),
        ({"params": {}}, "missing required field `limit`"),
        ({"params": {"limit": "four hours"}}, r"duration - at `\$\.limit`"),
        ({"params": {"limit": 4}}, r"`\$\.limit`"),
        ({"kind": "required_tags", "params": {"tags": {}}}, "name at least one tag"),
        (
            {"kind": "required_tags", "params": {"tags": {"owner": {"pattern": "["}}}},
            "`pattern` is not a regular expression",
        ),
        (
            {"kind": "required_tags", "params": {"tags": {"a": {"pattern": "x", "values": ["x"]}}}},
            "either `pattern` or `values`, not both",
        ),
    ],
)
def test_a_wrong_parameter_is_told_with_the_rule(
    changed: dict[str, object], complaint: str
) -> None:
    with pytest.raises(InvalidPolicy, match=f"rule 'max-duration': .*{complaint}"):
        load_policy(document_of(max_duration(), **changed))


@pytest.mark.parametrize("member", ["when", "unless"])
def test_a_wrong_expression_is_told_with_the_rule_when_the_policy_is_loaded(
    member: str,
) -> None:
    with pytest.raises(InvalidPolicy, match="rule 'max-duration': not a JMESPath expression"):
        load_policy(document_of(max_duration(), **{member: "channel."}))
