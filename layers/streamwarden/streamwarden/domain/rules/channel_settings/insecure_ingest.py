"""Ingest without encryption, where others on the network can read the stream key."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.rules.channel_settings.setting_breach import breach_by
from streamwarden.domain.rules.check import Check, compliant, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import CHANNEL_SETTINGS
from streamwarden.domain.verdicts import Finding


class InsecureIngest(Check, frozen=True):
    """A channel must not accept RTMP without TLS or SRT without a passphrase.

    Data: `insecureIngest` of `ListChannels` and of CloudTrail channel calls. Costs no IVS call.
    """

    needs_settings: ClassVar = True
    traits: ClassVar = CHANNEL_SETTINGS
    breached_only_where: ClassVar = "channel.insecureIngest"

    def judge(self, facts: Facts, now: datetime) -> Finding:
        allowed = facts.state.settings.get("insecureIngest")
        if allowed is None:
            return _UNKNOWN
        if not allowed.value:
            return _OFF
        reason = "the channel allows insecure ingest (RTMP without TLS)"
        return breach_by({"insecureIngest": allowed}, reason, now)


_UNKNOWN: Final = not_applicable("whether insecure ingest is allowed is not known yet")
_OFF: Final = compliant("insecure ingest is off")
