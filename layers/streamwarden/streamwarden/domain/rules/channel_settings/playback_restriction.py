"""Limits of playback to some countries and web pages."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import Texts
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.channel_settings.attachment import one_of
from streamwarden.domain.rules.channel_settings.restriction_terms import (
    check_countries,
    terms_of,
    with_terms,
)
from streamwarden.domain.rules.channel_settings.setting_breach import breach_by
from streamwarden.domain.rules.check import PUBLIC, Check, Judge, compliant, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import CHANNEL_SETTINGS
from streamwarden.domain.verdicts import Finding


class PlaybackRestriction(Check, frozen=True):
    """A public channel must have a playback restriction policy, one of `policies` if given.

    `policies` are globs of ARNs. `countries` are the codes of all countries that the policy may
    allow. `origins` are globs of all web origins that the policy may allow. A policy that lists no
    country or no origin allows every one, and that is a breach. With `strict_origin` the policy
    must check the origin on every request, and not only on the multivariant playlist. IVS ignores
    the policy of a private channel (IVS User Guide, private channels). The rule does not apply to
    private channels, because a policy does not restrict them. IVS serves viewers whose country it
    cannot determine.
    Data: `playbackRestrictionPolicyArn` and `authorized` of `ListChannels` and of CloudTrail
    channel calls; `ListPlaybackRestrictionPolicies` in a sweep for countries and origins. Costs one
    call per 100 policies a sweep if the rule checks countries or origins, otherwise no IVS call.
    """

    needs_settings: ClassVar = True
    traits: ClassVar = CHANNEL_SETTINGS
    breached_only_where: ClassVar = PUBLIC

    policies: Texts = ()
    countries: Texts = ()
    origins: Texts = ()
    strict_origin: bool = False

    def __post_init__(self) -> None:
        check_countries(self.countries)

    @property
    def needs(self) -> Needs:
        looks_inside = self.countries or self.origins or self.strict_origin
        return _POLICIES if looks_inside else Needs()

    def prepare(self) -> Judge:
        judge: Judge = _judge_attached
        if self.policies:
            judge = one_of(
                self.policies,
                judge,
                attached=_ATTACHED,
                setting="playbackRestrictionPolicyArn",
                what="playback restriction policy",
            )
        terms = terms_of(self.countries, self.origins, strict_origin=self.strict_origin)
        return with_terms(judge, attached=_ATTACHED, terms=terms) if terms else judge


_POLICIES: Final = Needs(resources=frozenset({ResourceType.PLAYBACK_RESTRICTION_POLICY}))
_UNKNOWN: Final = not_applicable("the channel's playback restriction is not known yet")
_PRIVATE: Final = not_applicable(
    "the channel is private, and IVS ignores the playback restriction policy of such a channel"
)
_ATTACHED: Final = compliant("playback is restricted by a policy")


def _judge_attached(facts: Facts, now: datetime) -> Finding:
    settings = facts.state.settings
    authorized, policy = settings.get("authorized"), settings.get("playbackRestrictionPolicyArn")
    if authorized is not None and authorized.value:
        return _PRIVATE
    if authorized is None or policy is None:
        return _UNKNOWN
    if policy.value:
        return _ATTACHED
    reason = "no playback restriction policy is attached: anybody anywhere can watch"
    compared = {"authorized": authorized, "playbackRestrictionPolicyArn": policy}
    return breach_by(compared, reason, now)
