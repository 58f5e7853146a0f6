"""What UpdateChannel accepts, so that a policy is refused before IVS refuses its action.

The types are those of the API model. What IVS allows together is in its API Reference.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, model_validator

from streamwarden.domain.ivs import ChannelType, ContainerFormat
from streamwarden.domain.verdicts import SettingsChange, WhenLive
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.spans import RepairSpan

_MODEL: Final = ConfigDict(extra="forbid", frozen=True)
# None of them has a default, and null is no value.
_UNSET: Final[Any] = None
_BASIC: Final = (ChannelType.BASIC, ChannelType.STANDARD)
_MANAGED: Final = "true to change channels of CloudFormation stacks, too"


def _attached(noun: str, resource: str) -> Callable[[str], str]:
    form = re.compile(rf"arn:aws:ivs:[a-z0-9-]+:[0-9]{{12}}:{resource}/[a-zA-Z0-9-]+")

    def check(arn: str) -> str:
        if arn and form.fullmatch(arn) is None:
            raise ValueError(
                f"expected the ARN of {noun} (arn:aws:ivs:…:{resource}/…), "
                f"or '' to detach it, found {arn!r}"
            )
        return arn

    return check


type _Flag = Annotated[bool, Strict()]
# Literals and no enums: in the schema, a rule kind has the name of one.
type _Type = Literal["BASIC", "STANDARD", "ADVANCED_SD", "ADVANCED_HD"]
type _Preset = Literal["HIGHER_BANDWIDTH_DELIVERY", "CONSTRAINED_BANDWIDTH_DELIVERY"]
type _LatencyMode = Literal["NORMAL", "LOW"]
type _Container = Literal["TS", "FRAGMENTED_MP4"]


class ChannelSettings(BaseModel):
    """Settings of a channel, by the names of UpdateChannel. An empty ARN detaches."""

    model_config = _MODEL

    authorized: _Flag = _UNSET
    insecureIngest: _Flag = _UNSET  # noqa: N815 (the API's name, as all of these)
    type: _Type = _UNSET
    preset: _Preset = _UNSET
    latencyMode: _LatencyMode = _UNSET  # noqa: N815
    containerFormat: _Container = _UNSET  # noqa: N815
    recordingConfigurationArn: Annotated[  # noqa: N815
        str, AfterValidator(_attached("a recording configuration", "recording-configuration"))
    ] = _UNSET
    playbackRestrictionPolicyArn: Annotated[  # noqa: N815
        str,
        AfterValidator(_attached("a playback restriction policy", "playback-restriction-policy")),
    ] = _UNSET
    adConfigurationArn: Annotated[  # noqa: N815
        str, AfterValidator(_attached("an ad configuration", "ad-configuration"))
    ] = _UNSET
    failoverSlateConfigurationArn: Annotated[  # noqa: N815
        str,
        AfterValidator(_attached("a failover slate configuration", "failover-slate-configuration")),
    ] = _UNSET

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        given = self.model_fields_set
        if not given:
            raise ValueError(f"name at least one setting of {format_list(type(self).model_fields)}")
        if self.type in _BASIC and self.preset:
            raise ValueError(
                f"only ADVANCED_SD and ADVANCED_HD channels have a preset, found type {self.type}; "
                "leave `preset` out"
            )
        if self.containerFormat is ContainerFormat.FRAGMENTED_MP4 and self.adConfigurationArn:
            raise ValueError(
                "IVS inserts ads into containers of the format TS only; "
                "leave `adConfigurationArn` out, or set `containerFormat: TS`"
            )
        return self


class SettingsRepair(BaseModel):
    """Settings to `set`, and what to do about a channel that is live or managed."""

    model_config = _MODEL

    set: ChannelSettings
    live: WhenLive = WhenLive.WAIT
    within: RepairSpan = SettingsChange(set={}).within
    even_if_managed: Annotated[bool, Strict(), Field(description=_MANAGED)] = False

    def compiled(self) -> SettingsChange:
        return SettingsChange(
            set=self.set.model_dump(mode="json", exclude_unset=True),
            live=self.live,
            within=self.within,
            even_if_managed=self.even_if_managed,
        )
