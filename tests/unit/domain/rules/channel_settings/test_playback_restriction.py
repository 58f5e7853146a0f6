"""A public channel has a restriction policy; a private one would ignore it."""

from typing import Any

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.inputs import Input
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.channel_settings.playback_restriction import PlaybackRestriction
from streamwarden.domain.verdicts import Finding
from testbed.builders import at, channel_created, channel_listed, channel_updated
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

EU = "arn:aws:ivs:eu-west-1:210987654321:playback-restriction-policy/euOnly"
US = "arn:aws:ivs:us-west-2:210987654321:playback-restriction-policy/usOnly"
ANY = PlaybackRestriction()
ONLY_EU = PlaybackRestriction(policies=("*:playback-restriction-policy/eu*",))
UNKNOWN = not_applicable("the channel's playback restriction is not known yet")
IGNORED = not_applicable(
    "the channel is private, and IVS ignores the playback restriction policy of such a channel"
)
OPEN = "no playback restriction policy is attached: anybody anywhere can watch"
RESTRICTED = compliant("playback is restricted by a policy")


def listed(policy: str, *, authorized: bool = False) -> Input:
    return channel_listed(at(), authorized=authorized, playbackRestrictionPolicyArn=policy)


CASES = (
    Case(title="nothing is known", check=ANY, now=at(), found=UNKNOWN),
    Case(
        title="the policy is not known",
        check=ANY,
        given=(channel_listed(at(), authorized=False),),
        now=at(),
        found=UNKNOWN,
    ),
    Case(
        title="whether it is private is not known",
        check=ANY,
        given=(channel_updated(at(), playbackRestrictionPolicyArn=""),),
        now=at(),
        found=UNKNOWN,
    ),
    Case(
        title="no policy",
        check=ANY,
        given=(listed(""),),
        now=at(1),
        found=breach(OPEN, at()),
    ),
    Case(
        title="a channel created without saying has no policy",
        check=ONLY_EU,
        given=(channel_created(at()),),
        now=at(1),
        found=breach(OPEN, at()),
    ),
    Case(title="any policy", check=ANY, given=(listed(US),), now=at(1), found=RESTRICTED),
    Case(title="the right policy", check=ONLY_EU, given=(listed(EU),), now=at(), found=RESTRICTED),
    Case(
        title="another policy",
        check=ONLY_EU,
        given=(listed(US),),
        now=at(1),
        found=breach(
            f"the playback restriction policy is {US!r}, not '*:playback-restriction-policy/eu*'",
            at(),
        ),
    ),
    Case(
        title="a private channel without a policy",
        check=ANY,
        given=(listed("", authorized=True),),
        now=at(1),
        found=IGNORED,
    ),
    Case(
        title="a private channel with a policy that does nothing",
        check=ONLY_EU,
        given=(listed(US, authorized=True),),
        now=at(1),
        found=IGNORED,
    ),
    Case(
        title="a channel made public counts from then",
        check=ANY,
        given=(listed("", authorized=True), channel_updated(at(2), authorized=False)),
        now=at(3),
        found=breach(OPEN, at(2)),
    ),
)


DACH = PlaybackRestriction(countries=("DE", "AT", "CH"))
ORIGINS = PlaybackRestriction(origins=("https://*.example.com",))
STRICT = PlaybackRestriction(strict_origin=True)
ALL = PlaybackRestriction(
    policies=("*/eu*",), countries=("DE",), origins=("https://a.example",), strict_origin=True
)
UNREAD = not_applicable("what the attached playback restriction policy allows is unknown")


def states(**terms: Any) -> Input:
    """The channel with the EU policy attached, and what a sweep read of that."""
    return channel_listed(
        at(),
        authorized=False,
        playbackRestrictionPolicyArn=EU,
        playbackRestrictionPolicy={"arn": EU, "name": "dach", **terms},
    )


def of_terms(title: str, check: PlaybackRestriction, found: Finding, **terms: Any) -> Case:
    return Case(title=title, check=check, given=(states(**terms),), now=at(1), found=found)


TERM_CASES = (
    Case(title="terms: not read", check=DACH, given=(listed(EU),), now=at(1), found=UNREAD),
    Case(
        title="terms: read of the policy that was attached before",
        check=DACH,
        given=(
            states(allowedCountries=["US"]),
            channel_updated(at(1), playbackRestrictionPolicyArn=US),
        ),
        now=at(2),
        found=UNREAD,
    ),
    Case(
        title="terms: detached since",
        check=DACH,
        given=(
            states(allowedCountries=["DE"]),
            channel_updated(at(1), playbackRestrictionPolicyArn=""),
        ),
        now=at(2),
        found=breach(OPEN, at(1)),
    ),
    Case(
        title="terms: a private channel ignores them",
        check=DACH,
        given=(states(allowedCountries=[]), channel_updated(at(1), authorized=True)),
        now=at(2),
        found=IGNORED,
    ),
    of_terms("countries: some of those allowed", DACH, RESTRICTED, allowedCountries=["AT", "DE"]),
    of_terms(
        "countries: an empty list is the whole world",
        DACH,
        breach(
            "the playback restriction policy 'dach' allows every country, not only AT, CH, DE",
            at(),
        ),
        allowedCountries=[],
    ),
    of_terms(
        "countries: two too many",
        DACH,
        breach("the playback restriction policy 'dach' allows US, FR, not only AT, CH, DE", at()),
        allowedCountries=["DE", "US", "FR"],
    ),
    of_terms("countries: not said", DACH, UNREAD, allowedOrigins=[]),
    of_terms(
        "countries: a policy without a name goes by its id",
        DACH,
        breach(
            "the playback restriction policy 'euOnly' allows every country, not only AT, CH, DE",
            at(),
        ),
        allowedCountries=[],
        name="",
    ),
    of_terms(
        "origins: all match",
        ORIGINS,
        RESTRICTED,
        allowedOrigins=["https://a.example.com", "https://*.example.com"],
    ),
    of_terms(
        "origins: an empty list is the whole web",
        ORIGINS,
        breach(
            "the playback restriction policy 'dach' allows every origin, not only "
            "'https://*.example.com'",
            at(),
        ),
        allowedOrigins=[],
    ),
    of_terms(
        "origins: one of somebody else",
        ORIGINS,
        breach(
            "the playback restriction policy 'dach' allows https://example.org, not only "
            "'https://*.example.com'",
            at(),
        ),
        allowedOrigins=["https://a.example.com", "https://example.org"],
    ),
    of_terms("strict origin: on", STRICT, RESTRICTED, enableStrictOriginEnforcement=True),
    of_terms(
        "strict origin: off",
        STRICT,
        breach(
            "the playback restriction policy 'dach' checks origins on the multivariant playlist "
            "alone (strict origin is off)",
            at(),
        ),
        enableStrictOriginEnforcement=False,
    ),
    of_terms("strict origin: not said", STRICT, UNREAD, allowedCountries=[]),
    of_terms(
        "all at once: every fault is told",
        ALL,
        breach(
            "the playback restriction policy 'dach' allows FR, not only DE; allows every origin, "
            "not only 'https://a.example'; checks origins on the multivariant playlist alone "
            "(strict origin is off)",
            at(),
        ),
        allowedCountries=["FR"],
        allowedOrigins=[],
        enableStrictOriginEnforcement=False,
    ),
    of_terms(
        "all at once: a fault counts, whatever else is unknown",
        ALL,
        breach("the playback restriction policy 'dach' allows FR, not only DE", at()),
        allowedCountries=["FR"],
    ),
    of_terms(
        "all at once: in order",
        ALL,
        RESTRICTED,
        allowedCountries=["DE"],
        allowedOrigins=["https://a.example"],
        enableStrictOriginEnforcement=True,
    ),
)


@each((*CASES, *TERM_CASES))
def test_playback_restriction_finds(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize("check", [DACH, ORIGINS, STRICT, ALL])
def test_what_a_policy_says_has_to_be_read(check: PlaybackRestriction) -> None:
    policies = frozenset({ResourceType.PLAYBACK_RESTRICTION_POLICY})
    assert check.needs == Needs(resources=policies)


@pytest.mark.parametrize("check", [ANY, ONLY_EU])
def test_whether_there_is_one_is_known_anyway(check: PlaybackRestriction) -> None:
    assert check.needs == Needs()


@pytest.mark.parametrize("country", ["de", "DEU", "", "Germany"])
def test_a_country_is_a_code_of_two_letters(country: str) -> None:
    with pytest.raises(
        ValueError, match=f"`countries`: expected codes such as DE, found {country!r}"
    ):
        PlaybackRestriction(countries=("AT", country))
