"""The channels of a scenario: in the API's own names, as they are before anything happens.

What `aws ivs list-channels` prints is accepted as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    Field,
    Strict,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel

from streamwarden.domain.arn import is_channel_arn
from streamwarden_cli.scenario.described import Described, Moment, Name
from streamwarden_cli.scenario.recorded import ChannelRecord

_ARN: Final = "the ARN of an IVS channel"


def _of_a_channel(arn: str) -> str:
    if not is_channel_arn(arn):
        raise ValueError(f"expected {_ARN}, found {arn!r}")
    return arn


type _Positive = Annotated[int, Strict(), Field(ge=1, description="a number from 1 up")]
type _Count = Annotated[
    int, Strict(), Field(ge=0, le=10**9, description="a number from 0 to 1000000000")
]
type _Flag = Annotated[bool, Strict()]
type LatencyMode = Literal["LOW", "NORMAL"]
type ChannelType = Literal["STANDARD", "BASIC", "ADVANCED_SD", "ADVANCED_HD"]
type _Arn = Annotated[str, AfterValidator(_of_a_channel), Field(description=_ARN)]


class VideoNow(Described):
    """One video track."""

    track: str | None = None
    video_width: _Positive | None = None
    video_height: _Positive | None = None
    target_framerate: _Positive | None = None
    target_bitrate: _Positive | None = None
    codec: str | None = None


class AudioNow(Described):
    """One audio track."""

    track: str | None = None
    target_bitrate: _Positive | None = None
    codec: str | None = None


class IngestNow(Described):
    """What the encoder is set up to send, as GetStreamSession would answer."""

    video_configurations: tuple[VideoNow, ...] = ()
    audio_configurations: tuple[AudioNow, ...] = ()


class LiveNow(Described):
    """What is on the air on a channel before the first step, and what else is known of it.

    `ended_at` is when, by an event, it ended, though it is still listed.
    """

    stream_id: Name
    start_time: Moment
    viewer_count: _Count | None = None
    ingest_configurations: IngestNow | None = None
    ended_at: Moment | None = None

    @field_validator("ended_at")
    @classmethod
    def _not_before_the_start(
        cls, ended_at: datetime | None, info: ValidationInfo
    ) -> datetime | None:
        start = info.data.get("start_time")
        if ended_at is not None and start is not None and ended_at < start:
            raise ValueError(f"it ended before it started, at {start:%Y-%m-%d %H:%M:%S}")
        return ended_at

    @property
    def broadcast(self) -> Mapping[str, Any]:
        """The members that describe the stream itself, by their API names."""
        return {key: self.members[key] for key in ("streamId", "startTime")}

    @property
    def session(self) -> Mapping[str, Any]:
        """What GetStreamSession would answer about it, by its API names."""
        return {"ingestConfigurations": self.members["ingestConfigurations"]}


class Multitrack(Described):
    enabled: _Flag | None = None
    policy: str | None = None
    maximum_resolution: str | None = None


class ChannelSettings(Described):
    """The members of CreateChannel and UpdateChannel but for names, ARNs and tags."""

    type: ChannelType | None = None
    latency_mode: LatencyMode | None = None
    authorized: _Flag | None = None
    insecure_ingest: _Flag | None = None
    recording_configuration_arn: str | None = None
    playback_restriction_policy_arn: str | None = None
    preset: str | None = None
    container_format: str | None = None
    multitrack_input_configuration: Multitrack | None = None
    ad_configuration_arn: str | None = None
    failover_slate_configuration_arn: str | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """Those that are given, by their API names; IVS writes what is not set as empty text."""
        given = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {
            name: given[name]
            for name in map(to_camel, ChannelSettings.model_fields)
            if given.get(name, "") != ""
        }


class Channel(ChannelSettings):
    """One channel; what is not given has the API's default.

    `record` is what the record of a stack says of it: None where no stack was asked.
    """

    arn: _Arn
    name: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)
    live: LiveNow | None = None
    record: ChannelRecord | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        named = {} if self.name is None else {"name": self.name}
        return {**named, **super().settings}
