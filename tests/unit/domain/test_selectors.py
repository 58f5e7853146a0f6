"""Whom a rule is about."""

from copy import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.conditions.pace import Pace, looked_at_again
from streamwarden.domain.decide import assess
from streamwarden.domain.facts import Facts
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import CompiledRule, InvalidPolicy
from streamwarden.domain.rules.check import compliant
from streamwarden.domain.selectors import Match, Selector
from streamwarden.domain.verdicts import Status
from tests.unit.domain.builders import (
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

STUDIO = channel_listed(
    at(), tags={"env": "prod", "owner": ""}, name="studio-1", type="STANDARD", authorized=False
)
IDLE = facts_from(STUDIO)
LIVE = facts_from(STUDIO, stream_start(at()), stream_event("Stream Takeover", at(1)))


def sifted(selector: Selector, facts: Facts) -> tuple[Status, str] | None:
    """Why a rule with this selector says nothing of the channel; None if it judges it."""
    found = selector.prepare()(facts, at(2))
    return None if found is None else (found.status, found.reason)


class TestMatch:
    def test_an_empty_match_means_every_channel(self) -> None:
        assert sifted(Selector(), facts_from()) is None

    @pytest.mark.parametrize(
        "match",
        [
            Match(tags={"env": ("prod",)}),
            Match(tags={"env": ("test", "p*")}),
            Match(tags={"env": ("pr[ao]d",), "owner": ("*",)}),
            Match(name=("studio-?",)),
            Match(type=("BASIC", "STANDARD")),
            Match(tags={"env": ("*",)}, name=("*",), type=("*",)),
            Match(arn=("arn:aws:ivs:*",), region=("eu-*",), account=(IDLE.place["account"],)),
        ],
    )
    def test_all_that_is_given_holds(self, match: Match) -> None:
        assert sifted(Selector(match), IDLE) is None

    @pytest.mark.parametrize(
        ("match", "why"),
        [
            (Match(tags={"team": ("*",)}), "the channel has no tag 'team'"),
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
        assert sifted(Selector(match), IDLE) == (Status.NOT_APPLICABLE, why)


class TestExpressions:
    @pytest.mark.parametrize(
        ("expression", "facts", "holds"),
        [
            ("channel.name == 'studio-1'", IDLE, True),
            ("starts_with(channel.name, 'arena')", IDLE, False),
            ("channel.authorized", IDLE, False),
            ("channel.tags.owner", IDLE, False),
            ("channel.tags.team", IDLE, False),
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
        assert (sifted(Selector(when=expression), facts) is None) is holds
        assert (sifted(Selector(unless=expression), facts) is None) is not holds

    def test_the_expression_that_excludes_a_channel_is_said(self) -> None:
        excluded = (Status.NOT_APPLICABLE, "`when: session` does not hold")
        assert sifted(Selector(when="session"), IDLE) == excluded
        assert sifted(Selector(unless="session"), LIVE) == (
            Status.EXEMPT,
            "`unless: session` holds",
        )

    def test_match_is_said_before_expressions(self) -> None:
        selector = Selector(Match(type=("BASIC",)), when="session")

        why = "the channel's type is 'STANDARD', not 'BASIC'"
        assert sifted(selector, IDLE) == (Status.NOT_APPLICABLE, why)

    def test_an_expression_that_does_not_fit_the_channel_does_not_hold(self) -> None:
        # `session` is null while the channel is idle, and starts_with takes strings only.
        expression = "starts_with(session.stream_id, 'st-')"

        excluded = (Status.NOT_APPLICABLE, f"`when: {expression}` does not hold")
        assert sifted(Selector(when=expression), IDLE) == excluded
        assert sifted(Selector(unless=expression), IDLE) is None

    def test_limit_names_are_plain_strings_to_expressions(self) -> None:
        facts = facts_from(STUDIO, stream_start(at()), limit_breach(at(1)))
        selector = Selector(when="join(', ', session.limit_hits) == 'Ingest Bitrate'")

        assert sifted(selector, facts) is None


@pytest.mark.parametrize(
    ("selector", "needs_settings"),
    [
        (Selector(), False),
        (Selector(Match(arn=("*",), region=("*",), account=("*",))), False),
        (Selector(Match(name=("*",))), True),
        (Selector(Match(tags={"env": ("*",)})), True),
        (Selector(when="session"), True),
        (Selector(unless="session"), True),
    ],
)
def test_conditions_beyond_the_arn_need_settings(selector: Selector, needs_settings: bool) -> None:
    assert selector.needs_settings is needs_settings


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
        ("when", "unless", "status", "next_check"),
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
        self, when: str | None, unless: str | None, status: Status, next_check: datetime | None
    ) -> None:
        now = at(1, minutes=7)

        statuses, found = self.decide(now, LIVE_SINCE_NOON, when=when, unless=unless)

        assert statuses == [status]
        assert found == next_check

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
        return [verdict.status for verdict in decision.verdicts], decision.next_check

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
        found = looked_at_again(compliant("in order"), {Pace.CLOCK}, IDLE, now)

        assert found == compliant("in order", next_check=quarter)

    @pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(0), timedelta(days=9)])
    def test_the_earlier_of_two_moments_counts(self, later: timedelta) -> None:
        own = compliant("in order", next_check=at(minutes=15) - later)
        late = compliant("in order", next_check=at(minutes=15) + later)

        assert looked_at_again(own, {Pace.CLOCK}, IDLE, at()) == own
        assert looked_at_again(late, {Pace.CLOCK}, IDLE, at()).next_check == at(minutes=15)

    @given(st.timedeltas(timedelta(0), timedelta(days=365_000)).map(at().__add__))
    def test_the_next_look_is_never_in_the_past_and_never_far_away(self, now: datetime) -> None:
        for pace, longest in ((Pace.CLOCK, QUARTER), (Pace.AGE, timedelta(hours=1))):
            again = looked_at_again(compliant("in order"), {pace}, IDLE, now).next_check

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

    assert decision.next_check is None or decision.next_check > now
    facts = facts_from(*reversed(history))
    (book,) = policy.rulebooks.values()
    assert assess(facts, book, now) == decision.verdicts
