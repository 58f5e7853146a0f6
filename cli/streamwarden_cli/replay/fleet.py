"""The fleet file: the channels that exist before the first event, as the API describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic.alias_generators import to_camel

from streamwarden.domain.arn import is_channel_arn
from streamwarden_cli.documents.expectations import within
from streamwarden_cli.documents.explanations import SchemaAt
from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.documents.reading import read_model, read_text
from streamwarden_cli.documents.source import Location, Source

_TIME: Final = "a time with its offset, such as 2026-03-01T09:30:00Z"
_ARN: Final = "the ARN of an IVS channel"


def _with_offset(given: object) -> object:
    if isinstance(given, datetime):
        return given
    try:
        time = datetime.fromisoformat(str(given))
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise ValueError(f"expected {_TIME}; found {given!r}")
    return time


def _of_a_channel(arn: str) -> str:
    if not is_channel_arn(arn):
        raise ValueError(f"expected {_ARN}, found {arn!r}")
    return arn


type _Name = Annotated[str, Field(min_length=1, description="text that is not empty")]
type _Positive = Annotated[int, Strict(), Field(ge=1, description="a number from 1 up")]
type _Count = Annotated[int, Strict(), Field(ge=0, description="a number from 0 up")]
type _Flag = Annotated[bool, Strict()]
type _Time = Annotated[datetime, BeforeValidator(_with_offset), Field(description=_TIME)]
type _Arn = Annotated[str, AfterValidator(_of_a_channel), Field(description=_ARN)]


class _Described(BaseModel):
    """A part of a fleet in the API's words for it; what is not given is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    @property
    def members(self) -> dict[str, Any]:
        """By their API names, as JSON holds them."""
        return self.model_dump(mode="json", by_alias=True)


class VideoNow(_Described):
    """One video track."""

    track: str | None = None
    video_width: _Positive | None = None
    video_height: _Positive | None = None
    target_framerate: _Positive | None = None
    target_bitrate: _Positive | None = None
    codec: str | None = None


class AudioNow(_Described):
    """One audio track."""

    track: str | None = None
    target_bitrate: _Positive | None = None
    codec: str | None = None


class IngestNow(_Described):
    """What the encoder is set up to send, as GetStreamSession would answer."""

    video_configurations: tuple[VideoNow, ...] = ()
    audio_configurations: tuple[AudioNow, ...] = ()


class LiveNow(_Described):
    """What is on the air on a channel before the first event, and what else is known of it.

    `ended_at` is when, by an event, it ended, though it is still listed.
    """

    stream_id: _Name
    start_time: _Time
    viewer_count: _Count | None = None
    ingest_configurations: IngestNow | None = None
    ended_at: _Time | None = None

    @property
    def broadcast(self) -> Mapping[str, Any]:
        """The members that describe the stream itself, by their API names."""
        return {key: self.members[key] for key in ("streamId", "startTime")}

    @property
    def session(self) -> Mapping[str, Any]:
        """What GetStreamSession would answer about it, by its API names."""
        return {"ingestConfigurations": self.members["ingestConfigurations"]}


class FleetChannel(_Described):
    """One channel; what is not given has the API's default."""

    arn: _Arn
    name: str | None = None
    type: str | None = None
    insecure_ingest: _Flag | None = None
    authorized: _Flag | None = None
    recording_configuration_arn: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)
    live: LiveNow | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """The members of CreateChannel, by their API names."""
        members = self.members
        return {key: members[key] for key in members if key not in ("arn", "tags", "live")}


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    channels: tuple[FleetChannel, ...]


@dataclass(frozen=True, slots=True)
class Fleet:
    """The channels there are at first, and where each is written, which later errors name."""

    channels: tuple[FleetChannel, ...] = ()
    source: Source | None = None
    places: tuple[Location, ...] = ()

    def error(self, index: int, message: str) -> DocumentErrors:
        problems = [self.source.problem(self.places[index], message)] if self.source else []
        return DocumentErrors(problems)


def read_fleet(path: Path) -> Fleet:
    """Raises DocumentErrors with all that is wrong."""
    source = read_source(read_text(path), str(path))
    channels = read_model(source, _Document, _schema_at).channels
    fleet = Fleet(channels, source, tuple(("channels", index) for index in range(len(channels))))
    seen: set[str] = set()
    for index, channel in enumerate(channels):
        if channel.arn in seen:
            raise fleet.error(index, "the channel is given twice")
        seen.add(channel.arn)
    return fleet


_schema_at: Final[SchemaAt] = partial(within, _Document.model_json_schema())
channel_schema_at: Final[SchemaAt] = partial(within, FleetChannel.model_json_schema())
