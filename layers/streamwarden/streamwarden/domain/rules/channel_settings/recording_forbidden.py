"""Channels whose streams must not be recorded."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.rules.channel_settings.setting_breach import breach_by
from streamwarden.domain.rules.check import RECORDS, Check, compliant, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import CHANNEL_SETTINGS
from streamwarden.domain.verdicts import Finding


class RecordingForbidden(Check, frozen=True):
    """A channel must not have a recording configuration.

    Data: `recordingConfigurationArn` of `ListChannels` and of CloudTrail channel calls. Costs no
    IVS call.
    """

    needs_settings: ClassVar = True
    traits: ClassVar = CHANNEL_SETTINGS
    breached_only_where: ClassVar = RECORDS

    def judge(self, facts: Facts, now: datetime) -> Finding:
        configuration = facts.state.settings.get("recordingConfigurationArn")
        if configuration is None:
            return _UNKNOWN
        if not configuration.value:
            return _OFF
        reason = f"the channel's streams are recorded, by {configuration.value!r}"
        return breach_by({"recordingConfigurationArn": configuration}, reason, now)


_UNKNOWN: Final = not_applicable("whether the channel records is not known yet")
_OFF: Final = compliant("the channel does not record")
