"""Whom a rule is about."""

import pytest

from streamwarden.domain.facts import Facts
from streamwarden.domain.selectors import Match, Selector
from streamwarden.domain.verdicts import Status
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


def sifted(selector: Selector, facts: Facts) -> tuple[Status, str] | None:
    """Why a rule with this selector says nothing of the channel; None if it judges it."""
    found = selector.prepare()(facts)
    return None if found is None else (found.status, found.reason)


class TestMatch:
    def test_an_empty_match_means_every_channel(self) -> None:
        assert sifted(Selector(), facts_from()) is None
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
