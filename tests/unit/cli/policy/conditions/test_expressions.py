"""Mistakes in expressions are found when the policy is checked, and nothing right is refused."""

from itertools import product

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.expressions.expressions import compile_condition
from streamwarden.domain.expressions.shape import DOCUMENT
from streamwarden.domain.expressions.time_functions import FUNCTIONS
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.compilation import compile_policy
from streamwarden_cli.policy.conditions.expressions import check_event_expression, check_expression
from testbed.builders import (
    KEY_PAIR,
    at,
    channel_listed,
    facts_from,
    limit_breach,
    stream_listed,
)

TYPES = "BASIC, STANDARD, ADVANCED_SD or ADVANCED_HD"
ROOTS = "(expected channel, session, resource or account)"
A_ZONE = "expected the IANA name of a time zone such as Europe/Berlin"

A_REGION = "a region such as 'eu-west-1'"
BLANK = (
    "a blank tag is null; write channel.tags.event for a tag that has a value, and "
    "!(channel.tags.event) for one that has none"
)
A_VALUE = "text of letters, digits, spaces and _ . : / = + - @"
A_NAME = "a name of up to 128 letters from a to z, digits, - and _"


def refusal(expression: str) -> str:
    with pytest.raises(ValueError, match=r".+") as refused:
        check_expression(expression)
    return str(refused.value)


class TestNames:
    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            ("chanel", f"nothing is called 'chanel'; did you mean 'channel'? {ROOTS}"),
            ("channel.tag.x", "channel has no member 'tag'; did you mean 'tags'?"),
            ("channel.tags.x.y", "channel.tags.x is text and has no member 'y'"),
            ("channel.tags.x[0]", "channel.tags.x is text, not a list"),
            ("channel.tags[0]", "channel.tags is a mapping, not a list"),
            ("channel.name[*].x", "channel.name is text, not a list"),
            ("session.takeovers.*", "session.takeovers is a number, not a mapping"),
            (
                "session.limit_hits[0].name",
                "session.limit_hits[0] is text and has no member 'name'",
            ),
            ("session.limit_hits[?x == 'y']", "session.limit_hits[] is text and has no member 'x'"),
            ("session.limit_hits[].x", "session.limit_hits[] is text and has no member 'x'"),
            (
                "session.on_air | channel",
                "session.on_air is true or false and has no member 'channel'",
            ),
            (
                "channel.multitrackInputConfiguration.enable",
                "channel.multitrackInputConfiguration has no member 'enable'; "
                "did you mean 'enabled'? (expected enabled, maximumResolution or policy)",
            ),
            ("account.key", "account has no member 'key' (expected id or region)"),
            (
                "!session.stalled",
                "!session.stalled negates session alone; write !(session.stalled)",
            ),
        ],
    )
    def test_a_name_that_cannot_exist(self, expression: str, why: str) -> None:
        assert refusal(expression) == why

    def test_a_long_list_of_names_is_for_those_who_are_not_near_one(self) -> None:
        assert "(expected arn, id, name, " in refusal("channel.colour")

    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            ('channel.type == "BASIC"', "nothing is called 'BASIC'; text stands in single quotes"),
            ("session.on_air == true", "nothing is called 'true'; true stands in backquotes"),
        ],
    )
    def test_what_was_meant_as_a_literal(self, expression: str, why: str) -> None:
        assert refusal(expression) == f"{why} {ROOTS}"


class TestComparisons:
    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            (
                "channel.authorized == 'true'",
                "can never hold: channel.authorized is true or false, 'true' is text; write `true`",
            ),
            (
                "session.takeovers == 'two'",
                "can never hold: session.takeovers is a number, 'two' is text",
            ),
            (
                "session.takeovers >= '2'",
                "can never hold: session.takeovers is a number, '2' is text; write `2`",
            ),
            (
                "channel.tags.vip != `true`",
                "always holds: channel.tags.vip is text, `true` is true or false; write 'true'",
            ),
            (
                "`123456789012` == account.id",
                "can never hold: `123456789012` is a number, account.id is text; "
                "write '123456789012'",
            ),
            (
                "channel.tags.seats > `10`",
                "can never hold: channel.tags.seats is text, `10` is a number; "
                "use to_number(channel.tags.seats)",
            ),
            (
                "session.limit_hits == 'Ingest Bitrate'",
                "can never hold: session.limit_hits is a list, 'Ingest Bitrate' is text; "
                "use contains(session.limit_hits, 'Ingest Bitrate')",
            ),
            (
                "channel.*.enabled[0] == `true`",
                "can never hold: channel.*.enabled[0] is a list, `true` is true or false",
            ),
            (
                "session.limit_hits[?@ == 'Ingest Bitrate'] == `1`",
                "can never hold: session.limit_hits[?@ == 'Ingest Bitrate'] is a list, "
                "`1` is a number",
            ),
            (
                "session.on_air_at > `3600`",
                "can never hold: session.on_air_at is text, `3600` is a number; "
                "age(session.on_air_at) is a number of seconds",
            ),
            (
                "session.on_air_at > '1h'",
                "compares letters: session.on_air_at is a moment such as '2026-12-24T18:00:00Z'; "
                "age(session.on_air_at) is a number of seconds",
            ),
            (
                "session.on_air_at > '2026-12-24T18:00:00+01:00'",
                "compares letters: session.on_air_at is a moment such as '2026-12-24T18:00:00Z'; "
                "write '2026-12-24T17:00:00Z'",
            ),
            (
                "session.on_air_at < '9999-12-31T23:00:00-05:00'",
                "compares letters: session.on_air_at is a moment such as '2026-12-24T18:00:00Z'; "
                "age(session.on_air_at) is a number of seconds",
            ),
            (
                "'2026-12-24 18:00' > channel.first_seen_at",
                "compares letters: channel.first_seen_at is a moment such as "
                "'2026-12-24T18:00:00Z'; write '2026-12-24T18:00:00Z'",
            ),
            (
                "date('UTC') >= '2026-12-24T18:00:00Z'",
                "compares letters: date('UTC') is a date such as '2026-12-24'",
            ),
            (
                "date('UTC') == '2026-12'",
                "can never hold: date('UTC') is a date such as '2026-12-24'",
            ),
            (
                "contains(['2026-12-24'], session.on_air_at)",
                "looks for '2026-12-24' in vain: session.on_air_at is a moment such as "
                "'2026-12-24T18:00:00Z'",
            ),
            (
                "date('UTC') == '24.12.2026'",
                "can never hold: date('UTC') is a date such as '2026-12-24'",
            ),
            (
                "channel.authorized > `true`",
                "can never hold: only numbers and texts have an order, "
                "and channel.authorized is true or false",
            ),
            (
                "`1` < session.limit_hits",
                "can never hold: only numbers and texts have an order, "
                "and session.limit_hits is a list",
            ),
        ],
    )
    def test_types_that_differ(self, expression: str, why: str) -> None:
        assert refusal(expression) == f"{expression} {why}"

    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            (
                "channel.type == 'STANDRAD'",
                f"can never hold: channel.type is {TYPES}; did you mean 'STANDARD'?",
            ),
            (
                "'BASC' != channel.type",
                f"always holds: channel.type is {TYPES}; did you mean 'BASIC'?",
            ),
            (
                "channel.latencyMode == 'FAST'",
                "can never hold: channel.latencyMode is NORMAL or LOW",
            ),
            (
                "weekday('UTC') == 'Sat'",
                "can never hold: weekday('UTC') is mon, tue, wed, thu, fri, sat or sun; "
                "did you mean 'sat'?",
            ),
            ("hour('UTC') == `24`", "can never hold: hour('UTC') is 0 to 23"),
            ("hour('UTC') > `23`", "can never hold: hour('UTC') is 0 to 23"),
            ("'a' == 'b'", "can never hold: it compares two literals"),
            ("length(channel.name) < `0`", "can never hold: length(channel.name) is 0 or more"),
            ("`-1` >= session.viewers", "can never hold: session.viewers is 0 or more"),
            ("session.takeovers == `-1`", "can never hold: session.takeovers is 0 or more"),
            ("channel.region == 'eu-west'", f"can never hold: channel.region is {A_REGION}"),
            (
                "account.id == '12345'",
                "can never hold: account.id is twelve digits such as '123456789012'",
            ),
            (
                "channel.tags.tier == ['free', 'trial']",
                "can never hold: channel.tags.tier is text, ['free', 'trial'] is a list; "
                "use contains(['free', 'trial'], channel.tags.tier)",
            ),
            ("'EU-WEST-1' != account.region", f"always holds: account.region is {A_REGION}"),
            ("channel.name == 'a b'", f"can never hold: channel.name is {A_NAME}"),
            (
                "resource.name != 'arena-*'",
                f"always holds: resource.name is {A_NAME}; for a glob use `match`",
            ),
            (
                "contains(['arena', 'big hall'], channel.name)",
                f"looks for 'big hall' in vain: channel.name is {A_NAME}",
            ),
            (
                "channel.tags.tier == 'fr*'",
                f"can never hold: channel.tags.tier is {A_VALUE}; for a glob use `match`",
            ),
            (
                "'free|trial' != resource.tags.tier",
                f"always holds: resource.tags.tier is {A_VALUE}",
            ),
            (
                "contains(['free', '“trial”'], channel.tags.tier)",
                f"looks for '“trial”' in vain: channel.tags.tier is {A_VALUE}",
            ),
            ("channel.tags.event != ''", f"always holds: {BLANK}"),
            ("' ' == channel.tags.event", f"can never hold: {BLANK}"),
            ("contains(['free', ''], channel.tags.event)", f"looks for '' in vain: {BLANK}"),
            (
                "starts_with(channel.name, 'arena-*')",
                f"can never hold: channel.name is {A_NAME}; for a glob use `match`",
            ),
            (
                "contains(channel.type, 'advanced')",
                "can never hold: channel.type is BASIC, STANDARD, ADVANCED_SD or ADVANCED_HD; "
                "did you mean 'ADVANCED_SD'?",
            ),
            (
                "starts_with(weekday('UTC'), 'Sat')",
                "can never hold: weekday('UTC') is mon, tue, wed, thu, fri, sat or sun; "
                "did you mean 'sat'?",
            ),
            (
                "contains(channel.tags.team, '^ops')",
                f"can never hold: channel.tags.team is {A_VALUE}",
            ),
            (
                "contains(session.limit_hits, 'Ingest Bitrat')",
                "looks for 'Ingest Bitrat' in vain: session.limit_hits is Ingest Bitrate or "
                "Ingest Resolution; did you mean 'Ingest Bitrate'?",
            ),
            (
                "contains(['STANDARD', 'BASC'], channel.type)",
                f"looks for 'BASC' in vain: channel.type is {TYPES}; did you mean 'BASIC'?",
            ),
            (
                'contains(`["sat", "sunday"]`, weekday(\'UTC\'))',
                "looks for 'sunday' in vain: weekday('UTC') is mon, tue, wed, thu, fri, sat or "
                "sun; did you mean 'sun'?",
            ),
            (
                "contains(['1', '2'], session.takeovers)",
                "can never hold: ['1', '2'] holds text, session.takeovers is a number",
            ),
            (
                "contains('123', session.takeovers)",
                "can never hold: '123' is text, session.takeovers is a number",
            ),
            (
                "channel.type >= 'STANDARD'",
                "compares letters: the values of channel.type have no order; use == or contains",
            ),
            (
                "weekday('UTC') > 'fri'",
                "compares letters: the values of weekday('UTC') have no order; use == or contains",
            ),
        ],
    )
    def test_values_that_do_not_exist(self, expression: str, why: str) -> None:
        assert refusal(expression) == f"{expression} {why}"


class TestCalls:
    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            ("lenght(channel.tags)", "there is no function 'lenght'; did you mean 'length'?"),
            ("length()", "the function 'length' takes 1 argument, found 0"),
            ("contains(channel.name)", "the function 'contains' takes 2 arguments, found 1"),
            ("map(&ceil(@, @), values(account))", "the function 'ceil' takes 1 argument, found 2"),
            (
                "starts_with(channel.authorized, 'a')",
                "the function 'starts_with' takes text as its first argument, "
                "and channel.authorized is true or false",
            ),
            (
                "ends_with(channel.name, `1`)",
                "the function 'ends_with' takes text as its second argument, and `1` is a number",
            ),
            (
                "hour(`{}`)",
                "the function 'hour' takes text as its first argument, and `{}` is a mapping",
            ),
            (
                "length(session.takeovers)",
                "the function 'length' takes text, a list or a mapping as its first argument, "
                "and session.takeovers is a number",
            ),
            (
                "sort_by(session.limit_hits, 'name')",
                "the function 'sort_by' takes an expression such as &name as its second argument, "
                "and 'name' is text",
            ),
            (
                "length(&name)",
                "the function 'length' takes text, a list or a mapping as its first argument, "
                "and &name is an expression",
            ),
            (
                "hour('Europe/Berlim')",
                f"{A_ZONE}, found 'Europe/Berlim'; did you mean 'Europe/Berlin'?",
            ),
            ("date('Berlin')", f"{A_ZONE}, found 'Berlin'; did you mean 'Europe/Berlin'?"),
            ("weekday('')", f"{A_ZONE}, found ''"),
            (
                "hour(session.on_air_at)",
                "the function 'hour' takes the IANA name of a time zone such as 'Europe/Berlin', "
                "and session.on_air_at is none",
            ),
            (
                "hour(`3`)",
                "the function 'hour' takes text as its first argument, and `3` is a number",
            ),
            (
                "age(channel.name)",
                "the function 'age' takes a moment such as session.on_air_at or "
                "'2026-12-24T18:00:00Z', and channel.name is none",
            ),
            (
                "age('soon')",
                "the function 'age' takes a moment such as session.on_air_at or "
                "'2026-12-24T18:00:00Z', and 'soon' is none",
            ),
            (
                "age(session.viewers)",
                "the function 'age' takes text as its first argument, "
                "and session.viewers is a number",
            ),
        ],
    )
    def test_a_call_that_cannot_be_answered(self, expression: str, why: str) -> None:
        assert refusal(expression) == why

    def test_all_functions_are_named_to_whom_none_is_near(self) -> None:
        why = refusal("xyz()")

        assert why.startswith("there is no function 'xyz' (expected abs, age, avg, ")


@pytest.mark.parametrize(
    ("expression", "remedy"),
    [
        ("session.viewers > 10", "at character 19 of the expression; numbers stand in backquotes"),
        ("channel.type = 'BASIC'", "; to compare, write =="),
        ("channel.type <> 'BASIC'", "; for not equal, write !="),
        ("session.on_air and session.stalled", "; write && for and"),
        ("session.on_air or session.stalled", "; write || for or"),
        ("session.on_air OR session.stalled", "; write || for or"),
        ("not session.stalled", "; for not, write !(…)"),
        ("session.on_air && NOT session.stalled", "; for not, write !(…)"),
        ("channel.tags.a in ['x', 'y']", "; for one of several, write contains(['a', 'b'], value)"),
        ("channel.tags.a not in ['x']", "; for one of several, write contains(['a', 'b'], value)"),
        ("channel.tags.a =~ '^x'", "; there are starts_with, ends_with and contains"),
        ("channel.tags.a like 'x%'", "; there are starts_with, ends_with and contains"),
        ("channel.tags.a == “x”", "; text stands in straight quotes, as in 'free'"),
        ("channel.tags['a b'] == 'x'", '; a name follows a dot, as in channel.tags."cost-center"'),
        (
            "channel.tags[\"a b\"] == 'x'",
            '; a name follows a dot, as in channel.tags."cost-center"',
        ),
        ("channel.tags.cost-center", '; other names stand in double quotes, as in channel.tags."c'),
        ("session.viewers >", "it ends too early"),
        ("(" * 5000, "it is nested too deeply"),
    ],
)
def test_the_grammar_of_other_languages_is_refused_with_a_remedy(
    expression: str, remedy: str
) -> None:
    why = refusal(expression)

    assert why.startswith("not a JMESPath expression: ")
    assert remedy in why


@pytest.mark.parametrize(
    "expression",
    [
        *(function.example for function in FUNCTIONS.values()),
        "channel.tags.\"cost-center\" == '4711'",
        "channel.tags.*",
        "channel.tags.vip == 'true' || channel.preset == ''",
        "to_number(channel.tags.seats) < session.viewers",
        "(session.viewers || `0`) > `5` && not_null(session.viewers, `1`) < `9`",
        "channel.first_seen_at && age(channel.first_seen_at) < `600`",
        "age(channel.tags.expires) > `0` && age('2026-01-01') > `0` && age(date('UTC')) > `5`",
        "hour(channel.tags.zone || 'UTC') < `8`",
        "date('UTC') >= '2026-12' && session.on_air_at < '2027'",
        "session.on_air_at >= '2026-12-24T18:00' && channel.first_seen_at < '2026-12-24T18:00:00Z'",
        "channel.type == `null` || session == `null`",
        "contains([channel.type, channel.preset], 'BASIC')",
        "contains(channel.name, 'live') && contains('BASIC STANDARD', channel.type)",
        "contains(channel.*.enabled, `true`)",
        "session.limit_hits[?contains(@, 'rate')] | [0]",
        "session.limit_hits[::2] && sort(session.limit_hits)[-1] == 'Ingest Bitrate'",
        "length(keys(channel.tags)) > `3` && max(session.limit_hits[]) == 'Ingest Bitrate'",
        "{a: channel.type}.a == 'anything' || [channel.type, session.viewers][1] == 'x'",
        "max_by(values(channel), &length(@)) && map(&name, values(channel))",
        "length(channel.name) <= `0` || session.viewers == `0` || abs(session.viewers) > `0`",
        "age(session.on_air_at) < `0` || to_number(channel.tags.a) < `0`",
        "channel.region == 'eu-west-1' || resource.region != 'us-gov-east-1'",
        "channel.name == '' || channel.name == 'Arena_1-a' || channel.name < 'a b'",
        "contains(channel.name, 'a-b') || channel.name == channel.tags.x",
        "channel.name != '' && contains(channel.tags.x, ' ')",
        "starts_with(channel.type, 'ADVANCED') && ends_with(weekday('UTC'), 'n')",
        "contains(channel.type, '_') || starts_with(weekday('UTC'), '')",
        "channel.tags.Ort == 'Zürich 1' || contains(channel.tags.url, 'https://a.b/c+d=e@f_g-h')",
        "ends_with(channel.arn, '*') || contains('a*b', channel.tags.x)",
        "channel.type == channel.latencyMode",  # both may be null
        "resource.type == 'channel' && resource.tags.team && @.account.id != '123456789012'",
        "type(channel.tags.x) == 'string' && merge(channel.tags, account).id",
        "!(session.on_air) && !contains(channel.name, 'x') && !session",
        "join(', ', session.limit_hits) == 'Ingest Bitrate'",
    ],
)
def test_what_may_be_right_is_accepted(expression: str) -> None:
    assert check_expression(expression) == expression


class TestOtherResources:
    RULE = """\
version: 1
rules:
  - id: a
    kind: required_tags
    params: {tags: {team: {}}, on: [ON]}
    when: "channel.tags.env == 'prod'"
    unless: "session || resource.tags.env"
"""

    def test_rules_about_no_channel_cannot_look_at_one(self) -> None:
        with pytest.raises(DocumentErrors) as raised:
            compile_policy(self.RULE.replace("ON", "playback_key_pair"), "x.yaml")

        assert str(raised.value) == (
            "x.yaml:6:11: rules[0].when: channel is null and has no member 'tags': "
            "required_tags is not about channels; use resource"
        )

    def test_rules_about_channels_too_can(self) -> None:
        compile_policy(self.RULE.replace("ON", "channel, playback_key_pair"), "x.yaml")


class TestEvents:
    @pytest.mark.parametrize(
        "expression",
        [
            "detail.anything.at.all[0] == `1` && \"detail-type\" == 'IVS Stream State Change'",
            "resources[?ends_with(@, 'x')]",
        ],
    )
    def test_what_an_event_holds_is_not_known_before(self, expression: str) -> None:
        assert check_event_expression(expression) == expression

    @pytest.mark.parametrize(
        ("expression", "why"),
        [
            ("channel", "nothing is called 'channel'"),
            ("detial.x", "did you mean 'detail'"),
            ("region.x", "region is text and has no member 'x'"),
            ("account == `1`", "write '1'"),
        ],
    )
    def test_its_envelope_is(self, expression: str, why: str) -> None:
        with pytest.raises(ValueError, match=why):
            check_event_expression(expression)


# One path for each shape that there is, and what else can stand on a side.
PATHS = {
    repr(member.shape): f"{root}.{name}"
    for root, owner in DOCUMENT.items()
    for name, member in (owner.shape.members or {}).items()
}.values()
LITERALS = (
    *("'BASIC'", "'LOW'", "''", "'true'", "'1'", "'sat'", "'2026-03-14'", "'team-a'", "'channel'"),
    *("`1`", "`23`", "`24`", "`true`", "`null`", '`["BASIC"]`', "`[1, true]`"),
)
CALLS = (
    *("hour('UTC')", "weekday('UTC')", "date('UTC')", "age(session.on_air_at)"),
    *("not_null(session.viewers, `0`)", "[channel.type, 'a'][0]", "type(session)"),
    *("(session.viewers || `1`)", "contains(channel.name, 'x')", "[channel.type, channel.preset]"),
)
SIDES = (*PATHS, *LITERALS, *CALLS, "channel.tags.owner", "session.limit_hits[0]")

LIVE = facts_from(
    channel_listed(at(), tags={"owner": "true"}, type="BASIC", latencyMode="LOW", authorized=True),
    stream_listed(at(1), viewers=1),
    limit_breach(at(2)),
)
DOCUMENTS = tuple(
    facts.document for facts in (LIVE, facts_from(channel_listed(at())), facts_from(arn=KEY_PAIR))
)


def held(expression: str) -> set[bool]:
    """Whether it holds, for several channels and times."""
    holds = compile_condition(expression)
    return {holds(document, now) for document in DOCUMENTS for now in (at(2), at(36))}


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_a_refused_comparison_comes_out_the_same_for_everything(operator: str) -> None:
    refused = 0

    for left, right in product(SIDES, repeat=2):
        why = reason_against(f"{left} {operator} {right}")
        if "can never hold" in why or "always holds" in why:
            refused += 1
            # What always differs is never the same; it does not hold where a side itself fails.
            assert held(f"{left} {operator.replace('!=', '==')} {right}") == {False}, why

    assert refused > 100


@pytest.mark.parametrize("function", ["contains", "starts_with", "join", "max", "length", "age"])
def test_a_refused_call_is_answered_for_nothing(function: str) -> None:
    refused = 0

    for arguments in (*product(SIDES, repeat=2), *product(SIDES)):
        expression = f"{function}({', '.join(arguments)})"
        why = reason_against(expression)
        # The age of what is no moment is null; any other call fails.
        if why and "is none" not in why:
            refused += 1
            assert True not in held(expression)

    assert refused > 100


def reason_against(expression: str) -> str:
    try:
        check_expression(expression)
    except ValueError as error:
        return str(error)
    return ""


SIGNS = ("&&", "||", "==", "[?", "[*]", "[]", ".*", "a", "map(", "x:", *"()[]{}.,|&@!?*:-=<> 0")
TOKENS = st.sampled_from([*SIDES, *SIGNS])


@given(st.lists(TOKENS, max_size=12).map("".join))
def test_whatever_is_written_is_accepted_or_refused_in_words(text: str) -> None:
    why = reason_against(text)

    assert "\n" not in why
    if not why:
        jmespath.compile(text)
