"""What is valid and is not what its author expects is warned of; its neighbour is not."""

from datetime import UTC, datetime

import pytest

from streamwarden_cli.documents.suggestion import did_you_mean_zone
from tests.unit.cli.policy.documents import warnings_of

HOURS = '{{id: a, kind: allowed_hours, params: {{zone: "{}", start: "09:00", end: "17:00"}}}}'
ALERT = (
    "{{id: a, kind: event_alert, params: {{detail_type: IVS Stage Update, "
    "where: \"hour('{}') >= `18`\"}}}}"
)
WHEN = "{{id: a, kind: takeover, when: \"hour('{}') >= `18`\"}}"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("EST", "the time zone 'EST' has no summer time; write America/New_York"),
        ("GMT", "the time zone 'GMT' has no summer time; write Europe/London, or UTC if "),
        ("Etc/GMT+2", "the sign of 'Etc/GMT+2' is reversed: it is UTC-2, without summer time; "),
        ("Etc/GMT-10", "the sign of 'Etc/GMT-10' is reversed: it is UTC+10, without summer time; "),
    ],
)
@pytest.mark.parametrize(("rule", "key"), [(HOURS, "params"), (WHEN, "when"), (ALERT, "params")])
def test_a_zone_without_summer_time_or_with_the_reversed_sign(
    zone: str, expected: str, rule: str, key: str
) -> None:
    (warning,) = warnings_of(rule.format(zone))

    assert warning.partition(f"rules[0].{key}: a: ")[2].startswith(expected)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "CET", "EST5EDT", "Asia/Tokyo", "Etc/GMT"]
)
@pytest.mark.parametrize("rule", [HOURS, WHEN])
def test_a_zone_that_may_be_meant(zone: str, rule: str) -> None:
    assert warnings_of(rule.format(zone)) == []


@pytest.mark.parametrize("zone", ["channel.tags.zone", "`null`"])
def test_a_zone_that_is_not_known(zone: str) -> None:
    assert warnings_of(f"{{id: a, kind: takeover, when: hour({zone}) > `8`}}") == []


@pytest.mark.parametrize(
    ("word", "place"),
    [("PST", "America/Los_Angeles"), ("cest", "Europe/Berlin"), ("Berlin", "Europe/Berlin")],
)
def test_no_zone_is_proposed_that_is_hours_away(word: str, place: str) -> None:
    assert did_you_mean_zone(word) == f"; did you mean '{place}'?"


def protected_by(caller: str) -> str:
    return f"{{id: a, kind: protected_tags, params: {{tags: team, by: '{caller}'}}}}"


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        ("alice", "no caller has an ARN such as 'alice'; "),
        ("role/deployer", "no caller has an ARN such as "),
        ("arn:aws:iam::111122223333:group/ops", "no caller has an ARN such as "),
        ("arn:aws:iam::1111222233:role/deployer", "no caller has an ARN such as "),
        ("arn:aws:iam::*:assumed-role/deployer/x", "no caller has an ARN such as "),
        ("arn:aws:sts::*:assumed-role/aws-reserved/sso.amazonaws.com/A/x", "no caller has an "),
        (
            "arn:aws:iam::*:role/AWSReservedSSO_Admin_*",
            "the roles of IAM Identity Center have a path, and "
            "'arn:aws:iam::*:role/AWSReservedSSO_Admin_*' has none; "
            "write 'arn:aws:iam::*:role/aws-reserved/*AWSReservedSSO_Admin_*'",
        ),
    ],
)
def test_a_caller_that_no_arn_can_match(caller: str, expected: str) -> None:
    (warning,) = warnings_of(protected_by(caller))

    assert warning.partition("rules[0].params: a: ")[2].startswith(expected)


@pytest.mark.parametrize(
    "caller",
    [
        "*",
        "*deployer",
        "*:role/*",
        "*/alice@example.com",
        "arn:aws:iam::111122223333:root",
        "arn:aws-us-gov:iam::111122223333:user/ops/alice",
        "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*",
        "arn:aws:iam::*:role/aws-reserved/*AWSReservedSSO_Admin_*",
        "arn:aws:sts::*:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com",
        "arn:aws:sts::1111*:assumed-role/deployer*",
    ],
)
def test_a_caller_that_may_come(caller: str) -> None:
    assert warnings_of(protected_by(caller)) == []


EXEMPT = "{{id: a, kind: insecure_ingest, unless: {}}}"


@pytest.mark.parametrize(
    ("condition", "tag"),
    [
        ("channel.tags.ASRExcluded", "channel.tags.ASRExcluded"),
        ('channel.tags."custodian:ignore"', 'channel.tags."custodian:ignore"'),
        ("channel.tags.a || channel.name == 'b'", "channel.tags.a"),
        ("session.viewers && (session || resource.tags.keep)", "resource.tags.keep"),
    ],
)
def test_a_tag_that_exempts_although_it_says_false(condition: str, tag: str) -> None:
    (warning,) = warnings_of(EXEMPT.format(f"'{condition.replace("'", "''")}'"))

    assert warning.endswith(
        f"rules[0].unless: a: {tag} also exempts where the tag says 'false'; "
        f"write {tag} && {tag} != 'false'"
    )


def test_each_tag_of_a_choice_exempts_although_it_says_false() -> None:
    chosen = "not_null(channel.tags.a, channel.tags.b)"

    found = warnings_of(EXEMPT.format(f'"{chosen}"'))

    assert [each.partition("channel.tags.")[2][0] for each in found] == ["a", "b"]
    assert warnings_of(EXEMPT.format(f"\"{chosen} == 'yes'\"")) == []


@pytest.mark.parametrize(
    "condition",
    [
        "channel.tags.a && channel.tags.a != 'false'",
        "channel.tags.a && !contains(['false', 'no'], channel.tags.a)",
        "channel.tags.a == 'true' || !(channel.tags.b)",
        "channel.tags.tier != 'free'",
        "channel.type == 'BASIC' && channel.tags.a != 'no'",
        "channel.tags.a != 'no' || !(channel.tags.a)",
        "!(channel.tags.tier == 'free')",
        "!contains(['free', 'trial'], channel.tags.tier)",
        "!(channel.tags.a != 'no')",
        "!(channel.tags.a)",
        "channel.type != channel.latencyMode",
        "channel.tags",
        "channel.type",
    ],
)
def test_a_tag_whose_value_counts(condition: str) -> None:
    assert warnings_of(EXEMPT.format(f"'{condition.replace("'", "''")}'")) == []


TAGS = ("channel.tags.event", "channel.tags.vip", "resource.tags.vip")


@pytest.mark.parametrize(
    ("condition", "compared"),
    [
        ("channel.tags.event != 'false'", "channel.tags.event != 'false'"),
        ("channel.name == 'a' || 'No' != resource.tags.vip", "'No' != resource.tags.vip"),
        ("!(channel.tags.event == 'false')", "!(channel.tags.event == 'false')"),
        (
            "channel.tags.a == 'b' || !contains(['no', 'false'], channel.tags.vip)",
            "!contains(['no', 'false'], channel.tags.vip)",
        ),
    ],
)
def test_a_tag_that_exempts_although_it_is_not_there(condition: str, compared: str) -> None:
    (warning,) = warnings_of(EXEMPT.format(f"'{condition.replace("'", "''")}'"))

    tag = next(each for each in TAGS if each in compared)
    assert warning.endswith(
        f"rules[0].unless: a: {compared} also exempts where there is no such tag; "
        f"write {tag} && {compared}"
    )


@pytest.mark.parametrize("filled", ["match: {tags: {vip: '*'}}", "when: channel.tags.vip"])
def test_a_tag_that_is_always_there_may_be_compared(filled: str) -> None:
    rule = f"{{id: a, kind: insecure_ingest, {filled}, unless: channel.tags.vip != 'no'}}"

    assert warnings_of(rule) == []


def test_a_tag_by_itself_may_select() -> None:
    assert warnings_of("{id: a, kind: insecure_ingest, when: channel.tags.a}") == []


@pytest.mark.parametrize(
    ("says", "place"),
    [
        ("mode: observe, actions: [notify]", "actions"),
        ("steps: [{after: 0s, do: [notify]}, {after: 1m, do: [notify]}]", "steps"),
    ],
)
def test_a_rule_that_tells_nobody(says: str, place: str) -> None:
    (warning,) = warnings_of(f"{{id: a, kind: insecure_ingest, {says}}}")

    assert warning.endswith(
        f"rules[0].{place}: a: nobody is notified, since the mode is observe; "
        "write `mode: notify`, or leave notify out"
    )


@pytest.mark.parametrize(
    "says",
    [
        "mode: notify, actions: [notify]",
        "steps: [{after: 0s, do: [notify]}, {after: 1m, do: [stop]}]",
        "actions: [notify, stop]",
        "actions: []",
    ],
)
def test_a_rule_that_may_be_enforced_one_day(says: str) -> None:
    assert warnings_of(f"{{id: a, kind: insecure_ingest, {says}}}") == []


ENDING = "{{id: a, kind: insecure_ingest, unless: {{condition: channel.tags.a == 'b', until: {}}}}}"


def test_an_exemption_that_has_ended() -> None:
    (warning,) = warnings_of(ENDING.format("2026-11-27"), now=datetime(2026, 11, 28, tzinfo=UTC))

    assert warning.endswith(
        "rules[0].unless: a: the exemption ended on 2026-11-28 00:00 UTC; "
        "remove it, or let it end later"
    )


def test_an_exemption_that_ends_today() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)

    assert warnings_of(ENDING.format("2026-11-28"), now=now) == []


LONG = "{{id: a, kind: max_duration, mode: notify, params: {{limit: 4h{}}}, {}}}"
IN_ONE_STEP = "it warns and stops in one step, so nobody has time to react"
TOO_LATE = "it warns after the stop, when nobody watches"


@pytest.mark.parametrize(
    ("actions", "place", "text"),
    [
        ("actions: [warn, stop]", "actions", IN_ONE_STEP),
        (
            "steps: [{after: 0s, do: [notify]}, {after: 1m, do: [stop, warn]}]",
            "steps[1].do",
            IN_ONE_STEP,
        ),
        ("steps: [{after: 0s, do: [stop]}, {after: 1m, do: [warn]}]", "steps[1].do", TOO_LATE),
    ],
)
def test_a_warning_that_comes_with_the_stop_or_after_it(
    actions: str, place: str, text: str
) -> None:
    (warning,) = warnings_of(LONG.format("", actions))

    assert f"rules[0].{place}: a: {text}; let `stop` follow in a later step, " in warning


@pytest.mark.parametrize(
    ("params", "actions"),
    [
        (", warnings: [10m]", "actions: [warn, stop]"),
        ("", "steps: [{after: 0s, do: [warn]}, {after: 10m, do: [stop]}]"),
        ("", "actions: [stop]"),
        ("", "steps: [{after: 0s, do: [warn]}, {after: 10m, do: [warn, stop]}]"),
        (
            "",
            "steps: [{after: 9m, do: [stop]}], on_repeat: {times: 2, within: 1d, do: [warn]}",
        ),
    ],
)
def test_a_warning_that_comes_in_time(params: str, actions: str) -> None:
    assert warnings_of(LONG.format(params, actions)) == []


PATTERN = "{{id: a, kind: required_tags, params: {{tags: {{team: {{pattern: '{}'}}}}}}}}"


@pytest.mark.parametrize(
    ("pattern", "text", "remedy"),
    [
        ("^ops", "ops", "write 'ops.*' for all that begins so"),
        ("-prod$", "-prod", "write '.*-prod' for all that ends so"),
    ],
)
def test_a_pattern_for_a_beginning_or_an_end(pattern: str, text: str, remedy: str) -> None:
    (warning,) = warnings_of(PATTERN.format(pattern))

    assert warning.endswith(
        f"rules[0].params: a: {pattern!r} only takes {text!r}: patterns match from end to end; "
        f"{remedy}"
    )


@pytest.mark.parametrize(
    "pattern", ["^ops$", "ops", "^ops-.*", ".*-ops$", "^ops|ads$", "^CC-[0-9]{4}", "^$|a"]
)
def test_a_pattern_that_is_meant_from_end_to_end(pattern: str) -> None:
    assert warnings_of(PATTERN.format(pattern)) == []


REQUIRED = "{{id: a, kind: required_tags, params: {{tags: {{cost-center: {}}}}}{}}}"
FORBIDDEN = "{{id: b, kind: forbidden_tags, params: {{tags: 'cost*'{}}}{}}}"
BASIC, STANDARD = ", match: {type: BASIC}", ", match: {type: STANDARD}"


@pytest.mark.parametrize(
    ("required", "forbidden"),
    [
        (REQUIRED.format("{}", ""), FORBIDDEN.format("", "")),
        (REQUIRED.format("{values: [a]}", BASIC), FORBIDDEN.format("", "")),
        (REQUIRED.format("{}", ""), FORBIDDEN.format("", STANDARD)),
        (
            REQUIRED.format("{}", "").replace("params: {", "params: {on: [stream_key, channel], "),
            FORBIDDEN.format("", ""),
        ),
    ],
)
def test_a_tag_that_one_rule_asks_for_and_another_forbids(required: str, forbidden: str) -> None:
    (warning,) = warnings_of(forbidden, required)

    assert warning.endswith(
        "rules[1].params: a: it asks for the tag 'cost-center', which b forbids; "
        "let them agree, or let `match` select different channels"
    )


INHERITED = "{{id: a, kind: inherited_tags, params: {{tags: {}}}}}"
ON_KEYS = "{{id: b, kind: forbidden_tags, params: {{tags: [email], on: {}{}}}}}"
OF_KEYS = "{id: a, kind: required_tags, params: {tags: {email: {}}, on: [stream_key]}}"


@pytest.mark.parametrize("asking", [INHERITED.format("email"), INHERITED.format("'*'"), OF_KEYS])
@pytest.mark.parametrize("on", ["[stream_key]", "[channel, stream_key]"])
def test_a_tag_that_a_stream_key_must_have_and_must_not_have(asking: str, on: str) -> None:
    (warning,) = warnings_of(ON_KEYS.format(on, ""), asking)

    assert warning.endswith(
        "rules[1].params: a: it asks for the tag 'email' on stream keys, which b forbids there; "
        "let them agree, or let `match` select different channels"
    )


@pytest.mark.parametrize(
    ("asking", "forbidden"),
    [
        (INHERITED.format("team"), ON_KEYS.format("[stream_key]", "")),
        (INHERITED.format("email"), ON_KEYS.format("[ad_configuration]", "")),
        (INHERITED.format("email"), ON_KEYS.format("[stream_key]", ", values: [tmp]")),
    ],
)
def test_a_tag_that_a_stream_key_may_have(asking: str, forbidden: str) -> None:
    assert warnings_of(forbidden, asking) == []


@pytest.mark.parametrize(
    ("required", "forbidden"),
    [
        (REQUIRED.format("{}", ""), FORBIDDEN.format(", values: [tmp]", "")),
        (REQUIRED.format("{}", ""), FORBIDDEN.format("", "").replace("cost*", "cost_*")),
        (REQUIRED.format("{}", BASIC), FORBIDDEN.format("", STANDARD)),
        (
            REQUIRED.format("{}", "").replace("cost-center", "'cost*'"),
            FORBIDDEN.format("", "").replace("cost*", "cost?"),
        ),
        (
            REQUIRED.format("{}", "").replace("cost-center", "'team-*'"),
            FORBIDDEN.format("", "").replace("cost*", "team-[!a-z]*"),
        ),
        (REQUIRED.format("{}", BASIC), REQUIRED.format("{pattern: x.*}", "").replace("a,", "b,")),
        (REQUIRED.format("{}", ", when: channel.name"), FORBIDDEN.format("", BASIC)),
        (
            REQUIRED.format("{}", "").replace("params: {", "params: {on: [stream_key], "),
            FORBIDDEN.format("", ""),
        ),
    ],
)
def test_tags_that_can_be_there_and_not_there(required: str, forbidden: str) -> None:
    assert warnings_of(forbidden, required) == []


REPEATED = (
    "{{id: a, kind: {}, mode: notify, params: {{{}}}{}, "
    "on_repeat: {{times: {}, within: {}, do: [notify]}}}}"
)


@pytest.mark.parametrize(
    ("kind", "params", "times", "within", "apart", "least"),
    [
        ("max_duration", "limit: 4h", 3, "1h", "4h", "8h"),
        ("max_duration", "limit: 4h", 2, "4h", "4h", "4h"),
        ("starvation", "limit: 10m", 4, "20m", "10m", "30m"),
        ("no_viewers", "limit: 1h", 3, "90m", "1h", "2h"),
        ("stream_key_age", "limit: 90d, spread: 30d", 3, "30d", "60d", "120d"),
        ("account_limit", "", 3, "1h", "1h", "2h"),
        ("event_alert", "detail_type: IVS*, within: 10m", 2, "10m", "10m", "10m"),
        ("orphans", "unused: 4d", 3, "7d", "4d", "8d"),
    ],
)
def test_a_repetition_for_which_there_is_no_time(
    kind: str, params: str, times: int, within: str, apart: str, least: str
) -> None:
    (warning,) = warnings_of(REPEATED.format(kind, params, "", times, within))

    assert warning.endswith(
        f"rules[0].on_repeat: a: it never comes to that: each breach begins {apart} or more after "
        f"the one before it, so {times} need {least}; make `within` longer than that, or `times` "
        "fewer"
    )


@pytest.mark.parametrize(
    ("kind", "params", "times", "within"),
    [
        ("max_duration", "limit: 4h", 3, "1d"),
        ("starvation", "limit: 1m", 3, "10m"),
        ("broadcast_budget", "limit: 4h, period: day", 3, "10m"),
        ("concurrent_streams", "limit: 4", 3, "10m"),
        ("stream_key_age", "limit: 90d", 3, "365d"),
        ("key_drift", "by: arn:aws:iam::210987654321:user/ann", 10, "1h"),
    ],
)
def test_a_repetition_for_which_there_is_time(
    kind: str, params: str, times: int, within: str
) -> None:
    assert warnings_of(REPEATED.format(kind, params, "", times, within)) == []
