"""Private channels, which viewers watch with a signed token only."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.rules.channel_settings.setting_breach import breach_by
from streamwarden.domain.rules.check import PUBLIC, Check, compliant, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import CHANNEL_SETTINGS
from streamwarden.domain.verdicts import Finding


class PrivateRequired(Check, frozen=True):
    """A channel must be private: playback needs a signed token.

    Data: `authorized` of `ListChannels` and of CloudTrail channel calls. Costs no IVS call.
    """

    needs_settings: ClassVar = True
    traits: ClassVar = CHANNEL_SETTINGS
    breached_only_where: ClassVar = PUBLIC

    def judge(self, facts: Facts, now: datetime) -> Finding:
        authorized = facts.state.settings.get("authorized")
        if authorized is None:
            return _UNKNOWN
        if authorized.value:
            return _PRIVATE
        reason = "the channel is public: anybody with its playback URL can watch without a token"
        return breach_by({"authorized": authorized}, reason, now)


_UNKNOWN: Final = not_applicable("whether the channel is private is not known yet")
_PRIVATE: Final = compliant("the channel is private")
