"""A condition that always holds, or never, is refused; its neighbour that selects is not."""

from pathlib import Path

import pytest

from tests.unit.cli.policy.documents import RULE, errors_of, load

NUMBER = "every number holds, also 0; compare it, such as"


def policy_with(expression: str, key: str = "when") -> str:
    return f"{RULE}    {key}: >-\n      {expression}\n"


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (
            "channel.tags.tier == 'free' || 'trial'",
            "channel.tags.tier == 'free' || 'trial' always holds; 'trial' alone always holds; "
            "write channel.tags.tier == 'free' || channel.tags.tier == 'trial'",
        ),
        (
            "(channel.tags.a || channel.tags.b) == 'x' || 'y'",
            "(channel.tags.a || channel.tags.b) == 'x' || 'y' always holds; 'y' alone always "
            "holds; write (channel.tags.a || channel.tags.b) == 'x' || "
            "(channel.tags.a || channel.tags.b) == 'y'",
        ),
        (
            "channel.tags.a && (channel.tags.b == 'x' || 'y')",
            "channel.tags.b == 'x' || 'y' always holds; 'y' alone always holds; "
            "write channel.tags.b == 'x' || channel.tags.b == 'y'",
        ),
        (
            "contains(channel.tags.a, 'x') || 'y'",
            "'y' always holds; a text by itself always holds; compare it with something",
        ),
        (
            "channel.tags.a && session.takeovers",
            f"session.takeovers always holds; {NUMBER} session.takeovers > `0`",
        ),
        (
            "'channel.tags.free'",
            "'channel.tags.free' always holds; it is a text; take the single quotes away: "
            "channel.tags.free",
        ),
        (
            "[channel.tags.event]",
            "[channel.tags.event] always holds; a list in brackets is never empty; "
            "write channel.tags.event",
        ),
        (
            "{a: session, b: channel.tags.a}",
            "{a: session, b: channel.tags.a} always holds; it is never empty, even if all in it is "
            "null; join conditions with && and ||",
        ),
        (
            "!(channel.tags.[a, b])",
            "channel.tags.[a, b] always holds; correct it, or leave it out",
        ),
        (
            "channel.tags.a != 'x' || channel.tags.a != 'y'",
            "channel.tags.a != 'x' || channel.tags.a != 'y' always holds; write && between them",
        ),
        (
            "channel.name == 'a' && channel.name == 'b'",
            "channel.name == 'a' && channel.name == 'b' can never hold; write || between them",
        ),
        (
            "channel.name == 'a' && (channel.name == 'b' || channel.name == 'c')",
            "channel.name == 'a' && (channel.name == 'b' || channel.name == 'c') can never hold; "
            "correct it, or leave it out",
        ),
        (
            "date('UTC') >= '2026-12-26' && date('UTC') <= '2026-12-24'",
            "date('UTC') >= '2026-12-26' && date('UTC') <= '2026-12-24' can never hold; "
            "write || between them, or exchange the two values",
        ),
        (
            "session && (hour('UTC') >= `22` && `6` > hour('UTC'))",
            "session && hour('UTC') >= `22` && `6` > hour('UTC') can never hold; "
            "correct it, or leave it out",
        ),
        (
            "hour('UTC') >= `6` || hour('UTC') < `22`",
            "hour('UTC') >= `6` || hour('UTC') < `22` always holds; write && between them, or "
            "exchange the two values",
        ),
        (
            "session && (weekday('UTC') != 'sat' || 'sun' != weekday('UTC'))",
            "weekday('UTC') != 'sat' || 'sun' != weekday('UTC') always holds; write && between",
        ),
        (
            "channel.tags.a || date('UTC') < '2026-12-24' || date('UTC') >= '2026-12-24'",
            "channel.tags.a || date('UTC') < '2026-12-24' || date('UTC') >= '2026-12-24' always ",
        ),
        (
            "hour('UTC') >= `6` || hour('UTC') < `22` || length(channel.tags.team) > `3`",
            "hour('UTC') >= `6` || hour('UTC') < `22` || length(channel.tags.team) > `3` always ",
        ),
        (
            "session.viewers > `5` && session.viewers < `5.0`",
            "session.viewers > `5` && session.viewers < `5.0` can never hold; write || between ",
        ),
        (
            "weekday('UTC') == 'sat' && weekday('UTC') == 'sun'",
            "weekday('UTC') == 'sat' && weekday('UTC') == 'sun' can never hold; "
            "write || between them",
        ),
        ("length(channel.tags)", f"length(channel.tags) always holds; {NUMBER} "),
        ("session && hour('UTC')", f"hour('UTC') always holds; {NUMBER} hour('UTC') > `0`"),
        (
            "weekday('UTC') && session",
            "weekday('UTC') always holds; a text that is not empty always holds; compare it",
        ),
        (
            "channel.tags.tier || 'free'",
            "channel.tags.tier || 'free' always holds; correct it, or leave it out",
        ),
        ("hour('UTC') >= `0`", "hour('UTC') >= `0` always holds; correct it, or leave it out"),
        ("`23` >= hour('UTC')", "`23` >= hour('UTC') always holds; correct it, or leave it out"),
        (
            "session && length(channel.tags) >= `0`",
            "length(channel.tags) >= `0` always holds; correct it, or leave it out",
        ),
        (
            "to_string(channel.tags.tier)",
            "to_string(channel.tags.tier) always holds; of no tag it is 'null'; "
            "write channel.tags.tier",
        ),
        (
            "not_null(channel.tags.tier, 'free')",
            "not_null(channel.tags.tier, 'free') always holds; correct it, or leave it out",
        ),
        (
            "to_array(channel.tags.event)",
            "to_array(channel.tags.event) always holds; of no tag it is [null]; "
            "write channel.tags.event",
        ),
        (
            "channel.tags.tier == channel.tags.tier",
            "channel.tags.tier == channel.tags.tier always holds; correct it, or leave it out",
        ),
        (
            "hour('UTC') != hour('UTC')",
            "hour('UTC') != hour('UTC') can never hold; correct it, or leave it out",
        ),
        ("`true`", "`true` always holds; correct it, or leave it out"),
        (
            "contains(['a', 'b'], channel.name) && channel.name != 'a' && channel.name != 'b'",
            "contains(['a', 'b'], channel.name) && channel.name != 'a' && channel.name != 'b' can ",
        ),
        (
            "values(channel.tags)[?@ == 'x' || 'y']",
            "@ == 'x' || 'y' always holds; 'y' alone always holds; write @ == 'x' || @ == 'y'",
        ),
    ],
)
@pytest.mark.parametrize("key", ["when", "unless"])
def test_a_condition_that_selects_nothing(expression: str, why: str, key: str) -> None:
    (error,) = errors_of(policy_with(expression, key))

    assert error.partition(f"rules[0].{key}: a: ")[2].startswith(why)


@pytest.mark.parametrize(
    "expression",
    [
        "channel.tags.tier == 'free' || channel.tags.tier == 'trial'",
        "channel.tags.tier != 'free' && channel.tags.tier != 'trial'",
        "channel.tags.a != 'x' || channel.tags.b != 'y'",
        "(channel.tags.tier || 'free') == 'free'",
        "contains(channel.tags.a || 'x', 'y')",
        "contains(['free', 'trial'], channel.tags.tier)",
        "channel && channel.tags.event",
        "[channel.tags.a, channel.tags.b][]",
        "[channel.tags.event] | [0]",
        "length(channel.tags) > `0`",
        "session.viewers",
        "channel.tags",
        "values(channel.tags)[?@ == 'x' || @ == 'y']",
        "not_null(channel.tags.a, channel.tags.b)",
        "channel.tags.a == `null`",
        "!(channel.tags.a == 'x')",
        "date('UTC') >= '2026-12-24' && date('UTC') <= '2026-12-24'",
        "hour('UTC') >= `22` || hour('UTC') < `6`",
        "hour('UTC') >= `22` && hour('Asia/Tokyo') < `10`",
        "hour('UTC') >= `6` || hour('Asia/Tokyo') < `22`",
        "hour('UTC') > `6` || hour('UTC') < `6`",
        "hour(channel.tags.zone) >= `6` || hour(channel.tags.zone) < `22`",
        "session.viewers >= `6` || session.viewers < `22`",
        "hour('UTC') >= `1`",
        "contains(['a', 'b'], channel.tags.x) && channel.tags.x != 'a'",
        "session.limit_hits == ['Ingest Bitrate']",
        'channel.tags == `{"a": "b"}` && channel.tags.a',
        'channel.tags.a && channel.tags == `{"a": "b"}`',
        "session.viewers > `5` && session.viewers < `6`",
        "date('UTC') != '2026-12-24' && date('UTC') != '2026-12-25'",
        "hour(channel.tags.zone) >= `0`",
        "session.viewers >= `0`",
        "length(channel.tags.tier) >= `0`",
        "length(channel.tags) >= `1`",
        "to_string(channel.name)",
        "to_string(channel.tags.tier) == 'free'",
        "session.takeovers > `0` || session.viewers && session.viewers < `5`",
        "not_null(channel.name, 'free')",
        "not_null(channel.tags.tier, 'free') == 'free'",
        "to_array(session.limit_hits)",
        "contains(to_array(channel.tags.event), 'x')",
        "channel.tags.tier == channel.tags.plan",
        "length(channel.tags.a) == length(channel.tags.a)",
        "hour('UTC') >= `6` || length(channel.tags.team) > `3` || hour('UTC') < `22`",
        "age(channel.tags.since) > `3` || hour('UTC') >= `6` || hour('UTC') < `22`",
        "weekday('UTC') != 'sat' || weekday('UTC') == 'sun'",
        "session.viewers > `5` && !(session.viewers < `3`)",
        "(session.limit_hits[0:1] | [0]) == 'Ingest Bitrate' && "
        "(session.limit_hits[1:2] | [0]) == 'Ingest Resolution'",
        "channel.tags.from >= '2026-12-26' && channel.tags.to <= '2026-12-24'",
    ],
)
def test_a_condition_that_selects_something(expression: str) -> None:
    load(policy_with(expression))


def test_a_condition_on_events_is_checked_alike() -> None:
    text = """\
version: 1
rules:
  - id: a
    kind: event_alert
    params: {detail_type: IVS Stream State Change, where: "detail.x == 'a' || 'b'"}
"""
    (error,) = errors_of(text)

    assert "detail.x == 'a' || 'b' always holds; " in error
    load(text.replace("|| 'b'", "|| detail.x == 'b'"))


def test_a_paid_stream_is_not_taken_for_a_free_one(tmp_path: Path) -> None:
    """What 60 of 60 paid streams were stopped by."""
    (error,) = errors_of(policy_with("channel.tags.tier == 'free' || 'trial'"))

    load(policy_with(error.partition("; write ")[2]))


@pytest.mark.parametrize(
    "wrong",
    [
        "{kind: max_duration, params: {limit: 4}",
        "{kind: max_duration",
        "{kind: max_durations, params: {limit: 4h}",
        "{kind: max_duration, params: {limit: 4h}, match: {region: eu-west}",
        "{kind: max_duration, params: {limit: 4h}, mode: enforce",
        "{kind: max_duration, params: {limit: 4h}, actions: [stopp]",
        "{kind: max_duration, params: {limit: 4h}, steps: [{after: soon, do: [stop]}]",
        "{kind: max_duration, params: {limit: 4h}, unless: channel.tagz",
    ],
)
def test_what_else_is_wrong_hides_no_condition_that_selects_nothing(wrong: str) -> None:
    rule = f"{wrong}, id: a, when: \"channel.tags.tier == 'free' || 'trial'\"}}"

    errors = errors_of(f"version: 1\nrules: [{rule}]\n")

    assert sum("'free' || 'trial' always holds; 'trial' alone" in each for each in errors) == 1
    assert len(errors) == 2


def test_an_exemption_that_always_holds_is_found_beside_another_error() -> None:
    exempt = "{condition: \"channel.tags.a || 'b'\", until: 2026-12-31}"

    errors = errors_of(
        "version: 1\nrules: [{id: a, kind: takeover, mode: enforce, unless: " + exempt + "}]\n"
    )

    assert len(errors) == 2
    assert "rules[0].unless: a: channel.tags.a || 'b' always holds; " in errors[1]


def test_a_mode_without_an_action_hides_no_condition_about_no_channel() -> None:
    rule = "{id: a, kind: playback_key_age, mode: enforce, params: {limit: 1d}, when: channel.name}"

    mode, when = errors_of(f"version: 1\nrules: [{rule}]\n")

    assert "mode enforce needs at least one of the actions" in mode
    assert "playback_key_age is not about channels; use resource" in when
