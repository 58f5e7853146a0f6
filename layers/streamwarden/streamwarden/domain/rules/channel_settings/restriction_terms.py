"""What an attached playback restriction policy must contain."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from streamwarden.domain.globs import Texts, format_texts, matcher
from streamwarden.domain.rules.channel_settings.setting_breach import breach_by
from streamwarden.domain.rules.check import Judge, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding

# The pattern of PlaybackRestrictionPolicyAllowedCountry in the API model (ISO 3166-1 alpha-2).
_COUNTRY: Final = re.compile(r"[A-Z]{2}")

type Policy = Mapping[str, Any]
# What is wrong with a policy: empty if nothing is wrong, None if its record does not say.
type Term = Callable[[Policy], str | None]


def check_countries(countries: Iterable[str]) -> None:
    """Raises ValueError for a text that is not a country code."""
    for country in countries:
        if _COUNTRY.fullmatch(country) is None:
            raise ValueError(f"`countries`: expected codes such as DE, found {country!r}")


def terms_of(countries: Texts, origins: Texts, *, strict_origin: bool) -> tuple[Term, ...]:
    """The demands on a policy: one for each argument that is given."""
    terms: list[Term] = []
    if countries:
        terms.append(_only("allowedCountries", "country", countries, ", ".join(sorted(countries))))
    if origins:
        terms.append(_only("allowedOrigins", "origin", origins, format_texts(origins)))
    if strict_origin:
        terms.append(_strict)
    return tuple(terms)


def with_terms(judge: Judge, *, attached: Finding, terms: Sequence[Term]) -> Judge:
    """`judge` with more demands: the policy must keep the terms if `judge` finds `attached`."""

    def judge_terms(facts: Facts, now: datetime) -> Finding:
        found = judge(facts, now)
        if found is not attached:
            return found
        settings = facts.state.settings
        arn, text = settings["playbackRestrictionPolicyArn"], settings.get(_POLICY)
        policy = text.value if text else None
        # The terms in the record may be those of a policy that is no longer attached.
        if not policy or policy.get("arn") != arn.value or text is None:
            return _UNKNOWN
        faults = [term(policy) for term in terms]
        stated = [fault for fault in faults if fault]
        if stated:
            reason = f"the playback restriction policy {_label(policy)} {'; '.join(stated)}"
            compared = {"playbackRestrictionPolicyArn": arn, _POLICY: text}
            return breach_by(compared, reason, now)
        return _UNKNOWN if None in faults else found

    return judge_terms


_POLICY: Final = "playbackRestrictionPolicy"
_UNKNOWN: Final = not_applicable("what the attached playback restriction policy allows is unknown")


def _only(member: str, noun: str, allowed: Texts, text: str) -> Term:
    """An empty list of countries or origins allows every one (API Reference)."""
    is_allowed = matcher(allowed)

    def fault_of(policy: Policy) -> str | None:
        found = policy.get(member)
        if found is None:
            return None
        if not found:
            return f"allows every {noun}, not only {text}"
        foreign = [each for each in found if not is_allowed(each)]
        return f"allows {', '.join(foreign)}, not only {text}" if foreign else ""

    return fault_of


def _strict(policy: Policy) -> str | None:
    match policy.get("enableStrictOriginEnforcement"):
        case None:
            return None
        case False:
            return "checks origins on the multivariant playlist alone (strict origin is off)"
        case _:
            return ""


def _label(policy: Policy) -> str:
    return repr(policy.get("name") or policy["arn"].rpartition("/")[2])
