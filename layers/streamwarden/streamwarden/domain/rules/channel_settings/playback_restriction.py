"""Whether playback is limited to some countries and web pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.channel_settings.attachment import one_of
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable
from streamwarden.domain.selectors import Texts
from streamwarden.domain.verdicts import Finding


@dataclass(frozen=True)
class PlaybackRestriction(Check):
    """A public channel must have a playback restriction policy, one of `policies` if given.

    `policies` are globs of ARNs. Which countries and origins a policy allows is not known: say by
    its ARN which one is right. A private channel ignores its policy (IVS User Guide, private
    channels), so the rule does not apply to it: "has a policy" would not mean "is restricted".
    Data: `playbackRestrictionPolicyArn` and `authorized` of `ListChannels` and of CloudTrail
    channel calls. Costs no IVS call.
    """

    needs_settings: ClassVar = True

    policies: Texts = ()

    def prepare(self) -> Judge:
        if not self.policies:
            return _judge_attached
        return one_of(
            self.policies,
            _judge_attached,
            attached=_ATTACHED,
            setting="playbackRestrictionPolicyArn",
            what="playback restriction policy",
        )


_UNKNOWN: Final = not_applicable("the channel's playback restriction is not known yet")
_PRIVATE: Final = not_applicable(
    "the channel is private, and IVS ignores the playback restriction policy of such a channel"
)
_ATTACHED: Final = compliant("playback is restricted by a policy")


def _judge_attached(facts: Facts, now: datetime) -> Finding:
    settings = facts.known.settings
    authorized, policy = settings.get("authorized"), settings.get("playbackRestrictionPolicyArn")
    if authorized is not None and authorized.value:
        return _PRIVATE
    if authorized is None or policy is None:
        return _UNKNOWN
    if policy.value:
        return _ATTACHED
    reason = "no playback restriction policy is attached: anybody anywhere can watch"
    return breach(reason, since=min(max(authorized.at, policy.at), now))
