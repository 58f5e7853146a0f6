"""Channels whose streams must be recorded."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts
from streamwarden.domain.rules.channel_settings.attachment import one_of
from streamwarden.domain.rules.channel_settings.setting_breach import breach_by
from streamwarden.domain.rules.check import Check, Judge, compliant, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import CHANNEL_SETTINGS
from streamwarden.domain.verdicts import Finding


class RecordingRequired(Check, frozen=True):
    """A channel must have a recording configuration, one of `configurations` if given.

    `configurations` are globs of ARNs. Data: `recordingConfigurationArn` of `ListChannels` and of
    CloudTrail channel calls. Costs no IVS call.
    """

    needs_settings: ClassVar = True
    traits: ClassVar = CHANNEL_SETTINGS

    configurations: Texts = ()

    def prepare(self) -> Judge:
        if not self.configurations:
            return _judge_attached
        return one_of(
            self.configurations,
            _judge_attached,
            attached=_RECORDS,
            setting="recordingConfigurationArn",
            what="recording configuration",
        )


_UNKNOWN: Final = not_applicable("whether the channel records is not known yet")
_RECORDS: Final = compliant("the channel records")


def _judge_attached(facts: Facts, now: datetime) -> Finding:
    configuration = facts.state.settings.get("recordingConfigurationArn")
    if configuration is None:
        return _UNKNOWN
    if configuration.value:
        return _RECORDS
    reason = "the channel has no recording configuration: its streams are not recorded"
    return breach_by({"recordingConfigurationArn": configuration}, reason, now)
