"""A limit that reconnecting avoids, or that a budget contradicts, is warned of."""

import pytest

from tests.unit.cli.policy.documents import warnings_of


def enforced(limit: str, more: str = "") -> str:
    return (
        f"{{id: a, kind: max_duration, mode: enforce, params: {{limit: {limit}}}, "
        f"actions: [stop]{more}}}"
    )


def budget(limit: str, more: str = "", period: str = "day") -> str:
    params = f"params: {{limit: {limit}, period: {period}}}"
    return f"{{id: b, kind: broadcast_budget, mode: enforce, {params}, actions: [stop]{more}}}"


FREE, PAID, BOTH = (
    f", match: {{tags: {{tier: {tier}}}}}" for tier in ("free", "paid", "[free, paid]")
)


@pytest.mark.parametrize(
    "rules",
    [
        (enforced("4h"),),
        (enforced("4h", FREE), budget("8h", PAID)),
        (enforced("4h"), budget("8h", ", enabled: false")),
        (enforced("4h"), budget("8h").replace("enforce", "notify")),
        (enforced("4h"), budget("8h").replace("stop", "tag: {set: {late: 'yes'}}")),
        (enforced("4h"), budget("8h", FREE)),
        (enforced("4h", BOTH), budget("8h", FREE)),
        (enforced("4h"), budget("8h", ", when: channel.tags.tier")),
        (enforced("4h", ", match: {name: 'a*'}"), budget("8h", ", match: {name: 'a-*'}")),
        (enforced("4h", ", match: {name: '[ab]*'}"), budget("8h", ", match: {name: '*b*'}")),
        (
            enforced("4h", ", when: channel.tags.tier == 'pro' || channel.tags.a"),
            budget("8h", ", match: {tags: {tier: pro}}"),
        ),
    ],
)
def test_a_stop_that_is_avoided_by_reconnecting(rules: tuple[str, ...]) -> None:
    (warning,) = warnings_of(*rules)

    assert "rules[0].actions[0]: a: an encoder that reconnects avoids the stop" in warning
    assert warning.endswith(
        "; add an enforced broadcast_budget that stops the same channels beside it"
    )


@pytest.mark.parametrize(
    "rules",
    [
        (enforced("4h"), budget("8h")),
        (enforced("4h", FREE), budget("8h", FREE)),
        (enforced("4h"), budget("8h").replace("stop", "quarantine")),
        (enforced("4h", FREE), budget("8h", BOTH)),
        (enforced("4h", ", match: {name: 'a-*'}"), budget("8h", ", match: {name: [b, 'a*']}")),
        (enforced("4h", FREE), budget("8h", ", match: {name: '*', region: '*'}")),
        (enforced("4h", ", match: {name: 'a-[xy]'}"), budget("8h", ", match: {name: 'a*'}")),
        (enforced("4h", ", when: channel.tags.tier == 'free'"), budget("8h", FREE)),
        (enforced("4h", FREE), budget("8h", ", when: channel.tags.tier == 'free'")),
        (enforced("4h", FREE), budget("8h", ", unless: channel.tags.tier == 'pro'")),
        (
            enforced("4h", FREE),
            budget("8h", ", when: \"contains(['free', 'x'], channel.tags.tier)\""),
        ),
        (enforced("4h", FREE), budget("8h", ", when: channel.tags.tier != 'x' || channel.tags.a")),
        (
            enforced("4h", ", unless: '!(channel.tags.booked)'"),
            budget("8h", ", match: {tags: {booked: '*'}}"),
        ),
        (
            enforced("4h", ", when: channel.tags.a && session.viewers"),
            budget("8h", ", when: channel.tags.a"),
        ),
        (enforced("4h", BOTH), budget("8h", FREE), budget("8h", PAID).replace("id: b", "id: c")),
        (enforced("4h").replace("enforce", "notify"),),
        ("{id: a, kind: starvation, mode: enforce, params: {limit: 4h}, actions: [stop]}",),
    ],
)
def test_a_stop_that_is_not_avoided(rules: tuple[str, ...]) -> None:
    assert warnings_of(*rules) == []


@pytest.mark.parametrize(
    "rules",
    [
        (enforced("6h"), budget("4h")),
        (enforced("6h", FREE), budget("4h")),
        (budget("4h", FREE), enforced("6h", FREE)),
    ],
)
def test_a_budget_and_a_limit_that_contradict_each_other(rules: tuple[str, ...]) -> None:
    (warning,) = warnings_of(*rules)

    assert warning.endswith(
        ".params: a: it allows a stream of 6h, and b allows 4h in a day; "
        "raise the budget, or lower the limit"
    )


@pytest.mark.parametrize(
    "rules",
    [
        (enforced("6h"), budget("6h")),
        (enforced("6h"), budget("40h", period="month")),
        (enforced("6h"), budget("4h", FREE)),
        (enforced("6h", ", when: channel.tags.a"), budget("4h", ", when: channel.tags.b")),
        (enforced("6h"), budget("4h", ", unless: channel.name")),
        (enforced("6h"), budget("4h").replace("enforce", "notify")),
    ],
)
def test_a_budget_and_a_limit_that_agree(rules: tuple[str, ...]) -> None:
    assert not any("it allows a stream of" in each for each in warnings_of(*rules))


def test_a_rule_that_misleads_is_still_compared_with_others() -> None:
    warnings = warnings_of(enforced("4h", ", unless: channel.tags.a"))

    assert [each.split(": ")[2] for each in warnings] == ["rules[0].actions[0]", "rules[0].unless"]
