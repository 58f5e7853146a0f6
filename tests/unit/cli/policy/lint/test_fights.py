"""Rules that fight over a tag are refused, and rules that cannot meet are not."""

import pytest

from tests.unit.cli.policy.documents import errors_of, load

DEMAND = (
    "{{id: {id}, kind: required_tags, mode: enforce, "
    "params: {{tags: {{env: {{values: [{allowed}]}}}}}}{more}, "
    "actions: [tag: {{set: {{env: {value}}}}}]}}"
)
LIMIT = (
    "{{id: {id}, kind: max_duration, mode: enforce, params: {{limit: {limit}}}{more}, "
    "actions: [tag: {{set: {{mark: {value}}}}}]}}"
)
FOR_EVER = "they fight for ever; let them agree, or let `match` select different channels"


def demand(rule_id: str, value: str, more: str = "", *, allowed: str = "") -> str:
    more = f", {more}" if more else ""
    return DEMAND.format(id=rule_id, value=value, more=more, allowed=allowed or value)


def limit(rule_id: str, value: str, more: str = "", *, span: str = "1h") -> str:
    more = f", {more}" if more else ""
    return LIMIT.format(id=rule_id, value=value, more=more, limit=span)


def policy_of(*rules: str) -> str:
    return "version: 1\nrules:\n" + "".join(f"  - {rule}\n" for rule in rules)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (demand("a", "prod"), demand("b", "test")),
        (demand("a", "prod", "match: {name: 'a*'}"), demand("b", "test", "match: {name: '*b'}")),
        (demand("a", "prod", "when: channel.tags.x"), demand("b", "test", "match: {type: BASIC}")),
        (demand("a", "prod", "when: channel.tags.x"), demand("b", "test", "when: channel.tags.y")),
        (demand("a", "prod"), demand("b", "test", "when: hour('UTC') < `9`")),
    ],
)
def test_two_rules_that_want_different_values(first: str, second: str) -> None:
    (error,) = errors_of(policy_of(first, second))

    assert error.endswith(
        f"rules[1].actions[0]: b: it sets env to 'test', and a to 'prod': {FOR_EVER}"
    )


def test_two_limits_that_mark_a_channel_differently() -> None:
    (error,) = errors_of(policy_of(limit("a", "long"), limit("b", "longer", span="2h")))

    assert error.endswith(f"b: it sets mark to 'longer', and a to 'long': {FOR_EVER}")


@pytest.mark.parametrize(
    "about", ["match: {{tags: {{mark: {}}}}}", "when: channel.tags.mark == '{}'"]
)
def test_rules_that_take_turns(about: str) -> None:
    """Each makes the channel one that the other is about."""
    first, second = limit("a", "blue", about.format("red")), limit("b", "red", about.format("blue"))

    (error,) = errors_of(policy_of(first, second))

    assert error.endswith(f"b: it sets mark to 'red', and a to 'blue': {FOR_EVER}")


@pytest.mark.parametrize("mode", ["observe", "notify", "enforce"])
def test_an_action_that_sets_what_another_rule_refuses(mode: str) -> None:
    stops = (
        f"{{id: b, kind: required_tags, mode: {mode}, actions: [stop], "
        "params: {tags: {mark: {values: [ok*]}}}}"
    )

    (error,) = errors_of(policy_of(limit("a", "late"), stops))

    assert error.endswith(
        "rules[0].actions[0]: a: its action sets a value that b refuses (tag 'mark' is 'late', not "
        "one of ok*); let them agree, or let `match` select different channels"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (demand("a", "prod"), demand("b", "prod", "match: {type: BASIC}")),
        (
            demand("a", "prod", "match: {type: BASIC}"),
            demand("b", "test", "match: {type: STANDARD}"),
        ),
        (demand("a", "prod", "match: {name: 'a-*'}"), demand("b", "test", "match: {name: 'b-*'}")),
        (
            demand("a", "prod", "match: {tags: {tier: free}}"),
            demand("b", "test", "match: {tags: {tier: [paid, trial]}}"),
        ),
        (
            demand("a", "prod", "when: channel.tags.x"),
            demand("b", "test", "unless: channel.tags.x"),
        ),
        (
            demand("a", "prod", "when: hour('UTC') < `9`"),
            demand("b", "test", "when: hour('UTC') >= `9`"),
        ),
        (
            demand("a", "prod", allowed="prod, test"),
            demand("b", "test", allowed="prod, test", more="match: {type: BASIC}"),
        ),
        (
            "{id: a, kind: viewer_ceiling, mode: enforce, params: {viewers: 9}, "
            "actions: [tag: {set: {audience: many}}]}",
            "{id: b, kind: no_viewers, mode: enforce, params: {limit: 1h}, "
            "actions: [tag: {set: {audience: none}}]}",
        ),
        (limit("a", "blue"), limit("b", "red", "match: {tags: {mark: green}}")),
        (limit("a", "blue"), limit("b", "red", "when: channel.tags.mark == 'green'")),
        *(
            (
                limit("a", "blue", f"match: {{tags: {{plan: {ours}}}}}"),
                limit("b", "red", f'when: "{theirs}"'),
            )
            for ours in ("gold", "'g*'")
            for theirs in (
                "channel.tags.plan == 'silver' || channel.tags.plan == 'iron'",
                "contains(['silver', 'iron'], channel.tags.plan)",
                "(channel.tags.plan == 'silver' || !(channel.tags.plan)) && session.viewers",
            )
        ),
        (
            limit("a", "blue", "match: {tags: {plan: 'x?'}}"),
            limit("b", "red", "match: {tags: {plan: 'x*'}}, when: channel.tags.plan == 'x'"),
        ),
        (
            limit("a", "blue", "when: channel.tags.plan == 'a' || channel.tags.plan == 'b'"),
            limit("b", "red", "when: channel.tags.plan == 'c'"),
        ),
        (
            limit("a", "blue", "match: {tags: {plan: gold}}"),
            limit("b", "red", "when: channel.tags.plan == 'silver'"),
        ),
        (
            limit("a", "blue", "when: channel.tags.plan == 'silver'"),
            limit("b", "red", "match: {tags: {plan: gold}}"),
        ),
        (
            limit("a", "long"),
            demand("b", "short", "when: session == `null`").replace("env", "mark"),
        ),
        (
            limit("a", "late"),
            "{id: b, kind: required_tags, params: {on: [stream_key], "
            "tags: {mark: {values: [ok]}}}}",
        ),
        (
            limit("a", "late"),
            "{id: b, kind: required_tags, params: {on: [recording_configuration], "
            "tags: {mark: {values: [ok]}}}}",
        ),
        (
            limit("a", "late"),
            "{id: b, kind: required_tags, match: {tags: {mark: ok}}, "
            "params: {tags: {mark: {values: [ok]}}}}",
        ),
    ],
)
def test_rules_that_do_not_meet(first: str, second: str) -> None:
    load(policy_of(first, second))


KEEPS = (
    "{{id: keeps, kind: protected_tags, mode: {mode}, params: {{tags: {tags}, by: '*'}}{more}, "
    "actions: [restore_tags]}}"
)
OWNS = (
    "{id: owns, kind: owner_from_creator, mode: enforce, params: {tag: team}, actions: [set_owner]}"
)
FORBIDS = "{{id: no-team, kind: forbidden_tags, params: {{tags: {tags}{values}}}}}"


@pytest.mark.parametrize(
    ("sets", "forbidden"),
    [
        (KEEPS.format(mode="enforce", tags="team", more=""), "team"),
        (KEEPS.format(mode="enforce", tags="[cost, team]", more=""), "'te?m'"),
        (KEEPS.format(mode="enforce", tags="'team-*'", more=""), "'team*'"),
        (OWNS, "team"),
    ],
)
def test_an_action_that_brings_back_what_another_rule_forbids(sets: str, forbidden: str) -> None:
    (error,) = errors_of(policy_of(sets, FORBIDS.format(tags=forbidden, values="")))

    assert "its action sets a value that no-team refuses (tag 'team" in error


@pytest.mark.parametrize(
    ("sets", "forbidden", "values"),
    [
        (KEEPS.format(mode="notify", tags="team", more=""), "team", ""),
        (KEEPS.format(mode="enforce", tags="team", more=", match: {tags: {team: a}}"), "cost", ""),
        (KEEPS.format(mode="enforce", tags="'team-*'", more=""), "'team-?'", ""),
        (KEEPS.format(mode="enforce", tags="'*'", more=""), "team", ""),
        (KEEPS.format(mode="enforce", tags="team", more=""), "team", ", values: tmp"),
        (OWNS, "team", ", values: tmp"),
    ],
)
def test_an_action_that_brings_back_what_may_be_there(
    sets: str, forbidden: str, values: str
) -> None:
    load(policy_of(sets, FORBIDS.format(tags=forbidden, values=values)))


SPELLED = (
    "{{id: a, kind: {kind}, mode: enforce, params: {params}, actions: [tag: {{set: {{{tags}}}}}]}}"
)


@pytest.mark.parametrize(
    ("kind", "params", "tags", "wrong", "right"),
    [
        ("required_tags", "{tags: {Team: {}}}", "team: ops", "team", "Team"),
        (
            "required_tags",
            "{tags: {cost-center: {}}}",
            "CostCenter: a",
            "CostCenter",
            "cost-center",
        ),
        ("owner_from_creator", "{tag: owner}", "Owner: nobody", "Owner", "owner"),
    ],
)
def test_an_action_that_sets_another_spelling(
    kind: str, params: str, tags: str, wrong: str, right: str
) -> None:
    (error,) = errors_of(policy_of(SPELLED.format(kind=kind, params=params, tags=tags)))

    assert error.endswith(
        f"rules[0].actions[0]: a: its own action sets {wrong!r}, and the rule asks for {right!r}; "
        f"set {right!r}, as keys are case-sensitive"
    )


@pytest.mark.parametrize(
    ("params", "tags"),
    [
        ("{tags: {Team: {}}}", "Team: ops"),
        ("{tags: {Team: {}}}", "Team: ops, team: ops"),
        ("{tags: {Team: {}, team: {}}}", "team: ops"),
        ("{tags: {Team: {}}}", "compliance: missing"),
        ("{tags: {'cost*': {}}}", "cost-center: a"),
    ],
)
def test_an_action_that_sets_the_key_or_another_one(params: str, tags: str) -> None:
    load(policy_of(SPELLED.format(kind="required_tags", params=params, tags=tags)))


@pytest.mark.parametrize(
    "others",
    [
        "when: channel.tags.tier != 'free'",
        "unless: channel.tags.tier == 'free'",
        "when: \"!(channel.tags.tier == 'free')\"",
    ],
)
@pytest.mark.parametrize(
    "ours", ["when: channel.tags.tier == 'free'", "match: {tags: {tier: free}}"]
)
def test_rules_that_a_negation_tells_apart(ours: str, others: str) -> None:
    load(policy_of(demand("a", "prod", ours), demand("b", "test", others)))


REMOVES = (
    "{{id: a, kind: forbidden_tags, mode: enforce, "
    "params: {{tags: email, on: {on}}}, actions: [{action}]}}"
)


@pytest.mark.parametrize(
    ("on", "action", "other"),
    [
        ("[channel]", "remove_key_tags", "remove_tags"),
        ("[stream_key]", "remove_tags", "remove_key_tags"),
    ],
)
def test_a_removal_from_what_the_rule_is_not_about(on: str, action: str, other: str) -> None:
    (error,) = errors_of(policy_of(REMOVES.format(on=on, action=action)))

    assert error.endswith(
        f"rules[0].actions[0]: a: its own action removes nothing that the rule forbids; "
        f"write {other}, or name in `on` what it removes tags from"
    )


@pytest.mark.parametrize("action", ["remove_tags", "remove_key_tags"])
def test_a_removal_from_what_the_rule_is_about(action: str) -> None:
    load(policy_of(REMOVES.format(on="[channel, stream_key]", action=action)))
