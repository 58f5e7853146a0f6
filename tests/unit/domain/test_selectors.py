"""Whom a rule is about."""

import pytest

from streamwarden.domain.facts import Facts
from streamwarden.domain.selectors import Match, Selector, compile_expression
from tests.unit.domain.builders import (
    at,
    channel_listed,
    facts_from,
    limit_breach,
    stream_event,
    stream_start,
)

STUDIO = channel_listed(
    at(), tags={"env": "prod", "owner": ""}, name="studio-1", type="STANDARD", authorized=False
)
IDLE = facts_from(STUDIO)
LIVE = facts_from(STUDIO, stream_start(at()), stream_event("Stream Takeover", at(1)))


class TestMatch:
    def test_an_empty_match_means_every_channel(self) -> None:
        assert Match().mismatch(facts_from()) is None
        assert Match().is_empty

    @pytest.mark.parametrize(
        "match",
        [
            Match(tags={"env": ("prod",)}),
            Match(tags={"env": ("test", "p*")}),
            Match(tags={"env": ("pr[ao]d",), "owner": ("*",)}),
            Match(name=("studio-?",)),
            Match(type=("BASIC", "STANDARD")),
            Match(tags={"env": ("*",)}, name=("*",), type=("*",)),
        ],
    )
    def test_all_that_is_given_holds(self, match: Match) -> None:
        assert match.mismatch(IDLE) is None

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
            (
                Match(tags={"env": ("prod",)}, type=("BASIC",)),
                "the channel's type is 'STANDARD', not 'BASIC'",
            ),
        ],
    )
    def test_the_first_that_does_not_hold_is_said(self, match: Match, why: str) -> None:
        assert match.mismatch(IDLE) == why


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
        assert (Selector(when=expression).mismatch(facts) is None) is holds
        assert (Selector(unless=expression).excuse(facts) is None) is not holds

    def test_the_expression_that_excludes_a_channel_is_said(self) -> None:
        assert Selector(when="session").mismatch(IDLE) == "`when: session` does not hold"
        assert Selector(unless="session").excuse(LIVE) == "`unless: session` holds"

    def test_match_is_said_before_expressions(self) -> None:
        selector = Selector(Match(type=("BASIC",)), when="session")

        assert selector.mismatch(IDLE) == "the channel's type is 'STANDARD', not 'BASIC'"

    @pytest.mark.parametrize("text", ["", "[", "channel.", "channel ==", "a b"])
    def test_what_is_no_expression_is_refused_with_where_it_is_wrong(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"not a JMESPath expression: .+"):
            compile_expression(text)

    def test_an_expression_that_does_not_fit_the_channel_does_not_hold(self) -> None:
        # `session` is null while the channel is idle, and starts_with takes strings only.
        expression = "starts_with(session.stream_id, 'st-')"

        assert Selector(when=expression).mismatch(IDLE) == f"`when: {expression}` does not hold"
        assert Selector(unless=expression).excuse(IDLE) is None

    def test_limit_names_are_plain_strings_to_expressions(self) -> None:
        facts = facts_from(STUDIO, stream_start(at()), limit_breach(at(1)))
        selector = Selector(when="join(', ', session.limit_hits) == 'Ingest Bitrate'")

        assert selector.mismatch(facts) is None


@pytest.mark.parametrize(
    ("selector", "needs_settings"),
    [
        (Selector(), False),
        (Selector(Match(name=("*",))), True),
        (Selector(Match(tags={"env": ("*",)})), True),
        (Selector(when="session"), True),
        (Selector(unless="session"), True),
    ],
)
def test_any_condition_needs_settings(selector: Selector, needs_settings: bool) -> None:
    assert selector.needs_settings is needs_settings
