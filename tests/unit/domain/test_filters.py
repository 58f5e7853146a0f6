"""Which resources a rule is about."""

from copy import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import assess
from streamwarden.domain.expressions.recheck_interval import RecheckInterval, with_recheck
from streamwarden.domain.filters import Filter, Match
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import CompiledRule
from streamwarden.domain.policy_outline import InvalidPolicy
from streamwarden.domain.rules.check import compliant
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Status
from testbed.builders import (
    at,
    channel_created,
    channel_listed,
    compiled_rule,
    decide_on,
    facts_from,
    limit_breach,
    max_duration,
    policy_of,
    stream_event,
    stream_start,
)
from tests.unit.domain.strategies import histories, moments

CHANNEL = ResourceType.CHANNEL
STUDIO = channel_listed(
    at(),
    tags={"env": "prod", "owner": "", "seat": " "},
    name="studio-1",
    type="STANDARD",
    authorized=False,
)
IDLE = facts_from(STUDIO)
LIVE = facts_from(STUDIO, stream_start(at()), stream_event("Stream Takeover", at(1)))


def filtered(rule_filter: Filter, facts: Facts) -> tuple[Status, str] | None:
    """Why a rule with this selector says nothing of the channel; None if it judges it."""
    found = rule_filter.prepare()(facts, at(2))
    return None if found is None else (found.status, found.reason)


def test_an_exemption_ends_at_its_moment() -> None:
    rule = replace(
        compiled_rule("max_duration", {"limit": "PT1H"}),
        unless="channel.tags.env",
        unless_until=at(3),
    )
    facts, rule_set = facts_from(STUDIO, stream_start(at())), policy_of(rule).about(CHANNEL)

    [before], [after] = (assess(facts, rule_set, now) for now in (at(2), at(3)))

    assert (before.status, before.finding.recheck_at) == (Status.EXEMPT, at(3))
    assert before.finding.reason.endswith("holds, until 2026-03-14 15:00 UTC")
    assert after.status is Status.BREACH


@pytest.mark.parametrize(
    ("when", "now", "rechecked_at"),
    [
        (None, at(2), at(2, 15)),
        (None, at(3), None),
        ("weekday('UTC') == 'sat'", at(3), at(3, 15)),
    ],
)
def test_an_exemption_that_has_ended_is_not_rechecked(
    when: str | None, now: datetime, rechecked_at: datetime | None
) -> None:
    rule = replace(
        compiled_rule("required_tags", {"tags": {"env": {}}}, when=when),
        unless="hour('UTC') > `22`",
        unless_until=at(3),
    )

    [verdict] = assess(facts_from(STUDIO), policy_of(rule).about(CHANNEL), now)

    assert (verdict.status, verdict.finding.recheck_at) == (Status.COMPLIANT, rechecked_at)


class TestMatch:
    def test_an_empty_match_means_every_channel(self) -> None:
        assert filtered(Filter(), facts_from()) is None

    @pytest.mark.parametrize(
        "match",
        [
            Match(tags={"env": ("prod",)}),
            Match(tags={"env": ("test", "p*")}),
            Match(tags={"env": ("pr[ao]d",), "[a-e]nv": ("*",)}),
            Match(tags={"e*": ("prod",), "*": ("*",)}),
            Match(name=("studio-?",)),
            Match(type=("BASIC", "STANDARD")),
            Match(tags={"env": ("*",)}, name=("*",), type=("*",)),
            Match(arn=("arn:aws:ivs:*",), region=("eu-*",), account=(IDLE.place["account"],)),
        ],
    )
    def test_all_that_is_given_holds(self, match: Match) -> None:
        assert filtered(Filter(match), IDLE) is None

    @pytest.mark.parametrize(
        ("match", "why"),
        [
            (Match(tags={"team": ("*",)}), "the channel has no tag 'team'"),
            (Match(tags={"owner": ("*",)}), "tag 'owner' is blank"),
            (Match(tags={"seat": (" ", "?")}), "tag 'seat' is blank"),
            (Match(tags={"?wner": ("*",)}), "the channel has no tag like '?wner' that is '*'"),
            (Match(tags={"e*": ("t*",)}), "the channel has no tag like 'e*' that is 't*'"),
            (Match(tags={"env": ("test",)}), "tag 'env' is 'prod', not 'test'"),
            (Match(tags={"env": ("te*", "st*")}), "tag 'env' is 'prod', not 'te*' or 'st*'"),
            (Match(tags={"env": ("PROD",)}), "tag 'env' is 'prod', not 'PROD'"),
            (Match(tags={"env": ("pro",)}), "tag 'env' is 'prod', not 'pro'"),
            (Match(name=("arena-*",)), "the channel's name is 'studio-1', not 'arena-*'"),
            (Match(type=("BASIC",)), "the channel's type is 'STANDARD', not 'BASIC'"),
            (Match(region=("us-*",)), "the channel's region is 'eu-west-1', not 'us-*'"),
            (
                Match(tags={"env": ("prod",)}, type=("BASIC",)),
                "the channel's type is 'STANDARD', not 'BASIC'",
            ),
        ],
    )
    def test_the_first_that_does_not_hold_is_said(self, match: Match, why: str) -> None:
        assert filtered(Filter(match), IDLE) == (Status.NOT_APPLICABLE, why)


class TestExpressions:
    @pytest.mark.parametrize(
        ("expression", "facts", "holds"),
        [
            ("channel.name == 'studio-1'", IDLE, True),
            ("starts_with(channel.name, 'arena')", IDLE, False),
            ("channel.authorized", IDLE, False),
            ("channel.tags.owner", IDLE, False),
            ("channel.tags.team", IDLE, False),
            ("channel.tags.seat", IDLE, False),
            ("channel.tags.seat == `null` && resource.tags.seat == `null`", IDLE, True),
            ("length(channel.tags) == `1`", IDLE, True),
            ("channel.tags.env", IDLE, True),
            ("session", IDLE, False),
            ("session.on_air", LIVE, True),
            ("session.takeovers > `0`", LIVE, True),
            ("session.takeovers > `1`", LIVE, False),
            ("session.limit_hits", LIVE, False),
            ("`0`", IDLE, True),
            ("`{}`", IDLE, False),
            ("account.region == 'eu-west-1'", IDLE, True),
        ],
    )
    def test_truth_is_as_jmespath_defines_it(
        self, expression: str, facts: Facts, holds: bool
    ) -> None:
        assert (filtered(Filter(when=expression), facts) is None) is holds
        assert (filtered(Filter(unless=expression), facts) is None) is not holds

    def test_the_expression_that_excludes_a_channel_is_said(self) -> None:
        excluded = (Status.NOT_APPLICABLE, "`when: session` does not hold")
        assert filtered(Filter(when="session"), IDLE) == excluded
        assert filtered(Filter(unless="session"), LIVE) == (
            Status.EXEMPT,
            "`unless: session` holds",
        )

    def test_match_is_said_before_expressions(self) -> None:
        rule_filter = Filter(Match(type=("BASIC",)), when="session")

        why = "the channel's type is 'STANDARD', not 'BASIC'"
        assert filtered(rule_filter, IDLE) == (Status.NOT_APPLICABLE, why)

    def test_an_expression_that_does_not_fit_the_channel_does_not_hold(self) -> None:
        # `session` is null while the channel is idle, and starts_with takes strings only.
        expression = "starts_with(session.stream_id, 'st-')"

        excluded = (Status.NOT_APPLICABLE, f"`when: {expression}` does not hold")
        assert filtered(Filter(when=expression), IDLE) == excluded
        assert filtered(Filter(unless=expression), IDLE) is None

    def test_limit_names_are_plain_strings_to_expressions(self) -> None:
        facts = facts_from(STUDIO, stream_start(at()), limit_breach(at(1)))
        rule_filter = Filter(when="join(', ', session.limit_hits) == 'Ingest Bitrate'")

        assert filtered(rule_filter, facts) is None


@pytest.mark.parametrize(
    ("rule_filter", "needs_settings"),
    [
        (Filter(), False),
        (Filter(Match(arn=("*",), region=("*",), account=("*",))), False),
        (Filter(Match(name=("*",))), True),
        (Filter(Match(tags={"env": ("*",)})), True),
        (Filter(when="session"), True),
        (Filter(unless="session"), True),
    ],
)
def test_conditions_beyond_the_arn_need_settings(rule_filter: Filter, needs_settings: bool) -> None:
    assert rule_filter.needs_settings is needs_settings


# When `max_duration` itself looks again at the stream of LIVE, with its limit of 4 h.
OF_THE_CHECK = at(4)
QUARTER = timedelta(minutes=15)


class TestTime:
    @pytest.mark.parametrize(
        ("now", "when", "status"),
        [
            (at(), "hour('UTC') == `12`", Status.PENDING),
            (at(hours=1), "hour('UTC') == `12`", Status.NOT_APPLICABLE),
            (at(), "weekday('UTC') == 'sat'", Status.PENDING),
            (at(), "date('UTC') == '2026-03-15'", Status.NOT_APPLICABLE),
            (at(), "age(session.on_air_at) < `60`", Status.PENDING),
            (at(minutes=1), "age(session.on_air_at) < `60`", Status.NOT_APPLICABLE),
        ],
    )
    def test_a_condition_may_depend_on_time(self, now: datetime, when: str, status: Status) -> None:
        (verdict,) = self.decide(now, LIVE_SINCE_NOON, when=when)[0]

        assert verdict is status

    @pytest.mark.parametrize(
        ("when", "unless", "status", "recheck_at"),
        [
            # The check's own, where that is earlier or nothing depends on time.
            (None, None, Status.PENDING, OF_THE_CHECK),
            ("session", None, Status.PENDING, OF_THE_CHECK),
            ("!(session)", None, Status.NOT_APPLICABLE, None),
            ("weekday('UTC') == 'sat'", None, Status.PENDING, at(1, minutes=15)),
            ("hour('UTC') > `20`", None, Status.NOT_APPLICABLE, at(1, minutes=15)),
            ("age(session.on_air_at) > `60`", None, Status.PENDING, at(1, minutes=12)),
            ("age(session.on_air_at) < `60`", None, Status.NOT_APPLICABLE, at(1, minutes=12)),
            (None, "date('UTC') == '2026-03-14'", Status.EXEMPT, at(1, minutes=15)),
            (None, "date('UTC') == '2026-03-15'", Status.PENDING, at(1, minutes=15)),
            ("session", "age(channel.first_seen_at) > `9`", Status.EXEMPT, at(1, minutes=12)),
            # Both: the earlier.
            ("hour('UTC')", "age('2026-01-01') < `1`", Status.PENDING, at(1, minutes=12)),
            # Time alone makes no difference here.
            ("!(session)", "hour('UTC') > `20`", Status.NOT_APPLICABLE, None),
        ],
    )
    def test_a_rule_whose_condition_depends_on_time_is_looked_at_again(
        self, when: str | None, unless: str | None, status: Status, recheck_at: datetime | None
    ) -> None:
        now = at(1, minutes=7)

        statuses, found = self.decide(now, LIVE_SINCE_NOON, when=when, unless=unless)

        assert statuses == [status]
        assert found == recheck_at

    def test_what_match_excludes_is_not_looked_at_again(self) -> None:
        match = Match(type=("BASIC",))

        statuses, found = self.decide(at(), LIVE_SINCE_NOON, match=match, when="hour('UTC')")

        assert (statuses, found) == ([Status.NOT_APPLICABLE], None)

    def test_an_idle_channel_is_looked_at_less_often(self) -> None:
        idle = (STUDIO, channel_created(at()))

        _, found = self.decide(at(1), idle, when="age(channel.first_seen_at) > `9000`")

        assert found == at(2)

    @staticmethod
    def decide(
        now: datetime,
        given: tuple[Input, ...],
        *,
        match: Match | None = None,
        when: str | None = None,
        unless: str | None = None,
    ) -> tuple[list[Status], datetime | None]:
        rule = compiled_rule(
            "max_duration", {"limit": "PT4H"}, match=match, when=when, unless=unless
        )
        decision = decide_on(policy_of(rule), now, *given)
        return [verdict.status for verdict in decision.verdicts], decision.recheck_at

    @pytest.mark.parametrize(
        ("now", "quarter"),
        [
            (at(), at(minutes=15)),
            (at(minutes=14, seconds=59.999999), at(minutes=15)),
            (at(minutes=15), at(minutes=30)),
            (at(minutes=45), at(hours=1)),
            (at(hours=11, minutes=59), at(hours=12)),
        ],
    )
    def test_clocks_are_looked_at_again_at_the_next_quarter_of_an_hour(
        self, now: datetime, quarter: datetime
    ) -> None:
        found = with_recheck(compliant("in order"), {RecheckInterval.CLOCK}, IDLE, now)

        assert found == compliant("in order", recheck_at=quarter)

    @pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(0), timedelta(days=9)])
    def test_the_earlier_of_two_moments_counts(self, later: timedelta) -> None:
        own = compliant("in order", recheck_at=at(minutes=15) - later)
        late = compliant("in order", recheck_at=at(minutes=15) + later)

        assert with_recheck(own, {RecheckInterval.CLOCK}, IDLE, at()) == own
        assert with_recheck(late, {RecheckInterval.CLOCK}, IDLE, at()).recheck_at == at(minutes=15)

    @given(st.timedeltas(timedelta(0), timedelta(days=365_000)).map(at().__add__))
    def test_the_next_look_is_never_in_the_past_and_never_far_away(self, now: datetime) -> None:
        for interval, longest in (
            (RecheckInterval.CLOCK, QUARTER),
            (RecheckInterval.AGE, timedelta(hours=1)),
        ):
            again = with_recheck(compliant("in order"), {interval}, IDLE, now).recheck_at

            assert again is not None
            assert now < again <= now + longest

    @pytest.mark.parametrize(
        "rule",
        [
            replace(max_duration(), when="hour('Europe/Berlim') > `8`"),
            replace(max_duration(), unless="session && date('Mars') == '2026-12-24'"),
        ],
    )
    def test_a_policy_with_a_zone_that_does_not_exist_is_not_loaded(
        self, rule: CompiledRule
    ) -> None:
        with pytest.raises(InvalidPolicy, match=r"'max-duration': expected the IANA name"):
            policy_of(rule)


LIVE_SINCE_NOON = (STUDIO, stream_start(at()))

# Each can be evaluated of anything, whatever it comes to.
CONDITIONS = st.sampled_from(
    [
        "session.on_air",
        "channel.type == 'BASIC' || channel.tags.env != 'prod'",
        "age(session.on_air_at) > `1800`",
        "age(session.created_at) < age(channel.first_seen_at)",
        "age(channel.tags.owner)",
        "hour(channel.tags.env) >= `9`",
        "hour('Australia/Lord_Howe') < `23`",
        "contains(['sat', 'sun'], weekday('Asia/Kathmandu'))",
        "date('America/St_Johns') > '2026-03-14' && session.viewers > `1`",
        "session.limit_hits[?contains(@, 'rate')] | [0]",
        "max([age(session.on_air_at), session.takeovers]) > `60`",
        "length(channel.name) > hour('UTC')",
        "resource.tags.*",
    ]
)


@given(histories, moments, CONDITIONS, st.none() | CONDITIONS)
def test_no_facts_make_a_condition_raise_and_none_is_looked_at_in_the_past(
    history: list[Input], now: datetime, when: str, unless: str | None
) -> None:
    policy = policy_of(
        compiled_rule("max_duration", {"limit": "PT1H"}, id="timed", when=when, unless=unless),
        max_duration(),
    )

    decision = decide_on(policy, now, *history)

    assert decision.recheck_at is None or decision.recheck_at > now
    facts = facts_from(*reversed(history))
    (rule_set,) = policy.rule_sets.values()
    assert assess(facts, rule_set, now) == decision.verdicts
