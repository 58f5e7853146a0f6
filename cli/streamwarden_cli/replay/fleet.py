"""The fleet file: the channels that exist before the first event, as the API describes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from streamwarden.domain.arn import is_channel_arn
from streamwarden.domain.events import AwareTime
from streamwarden.domain.redaction import redacted
from streamwarden_cli.policy.source import read_source
from streamwarden_cli.replay.problems import InvalidInput

_PLACE: Final = re.compile(r"(?P<what>.+) - at (?:`key` in )?`\$\.?(?P<path>.*)`", re.DOTALL)

type Name = Annotated[str, msgspec.Meta(min_length=1)]
type Positive = Annotated[int, msgspec.Meta(ge=1)]


class VideoNow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One video track, in the API's words for it; what is not given is unknown."""

    track: str | None = None
    video_width: Positive | None = None
    video_height: Positive | None = None
    target_framerate: Positive | None = None
    target_bitrate: Positive | None = None
    codec: str | None = None


class AudioNow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One audio track, likewise."""

    track: str | None = None
    target_bitrate: Positive | None = None
    codec: str | None = None


class IngestNow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What the encoder is set up to send, as GetStreamSession would answer."""

    video_configurations: tuple[VideoNow, ...] = ()
    audio_configurations: tuple[AudioNow, ...] = ()


class LiveNow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What is on the air on a channel before the first event, and what else is known of it.

    `ended_at` is when, by an event, it ended, though it is still listed.
    """

    stream_id: Name
    start_time: AwareTime
    viewer_count: Annotated[int, msgspec.Meta(ge=0)] | None = None
    ingest_configurations: IngestNow | None = None
    ended_at: AwareTime | None = None

    @property
    def broadcast(self) -> Mapping[str, Any]:
        """The members that describe the stream itself, by their API names."""
        members = msgspec.to_builtins(self)
        return {key: members[key] for key in ("streamId", "startTime")}

    @property
    def session(self) -> Mapping[str, Any]:
        """What GetStreamSession would answer about it, by its API names."""
        return {"ingestConfigurations": msgspec.to_builtins(self.ingest_configurations)}


class FleetChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One channel; what is not given has the API's default."""

    arn: str
    name: str | None = None
    type: str | None = None
    insecure_ingest: bool | None = None
    authorized: bool | None = None
    recording_configuration_arn: str | None = None
    tags: dict[str, str] = {}
    live: LiveNow | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """The members of CreateChannel, by their API names."""
        members = msgspec.to_builtins(self)
        return {key: members[key] for key in members if key not in ("arn", "tags", "live")}


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    channels: tuple[FleetChannel, ...]


@dataclass(frozen=True, slots=True)
class Fleet:
    """The channels of a fleet file, which later errors about them still name."""

    filename: str = ""
    channels: tuple[FleetChannel, ...] = field(default=())

    def error(self, index: int, message: str) -> InvalidInput:
        return InvalidInput(f"{self.filename}: channels[{index}]: {message}")


def read_fleet(path: Path) -> Fleet:
    """Raises InvalidInput, naming the file and the place in it; PolicyErrors if it is not YAML."""
    try:
        channels = msgspec.convert(_read(path), _Document).channels
    except msgspec.ValidationError as error:
        raise InvalidInput(f"{path}: {_describe(str(error))}") from error
    fleet = Fleet(str(path), channels)
    seen: set[str] = set()
    for index, channel in enumerate(channels):
        if not is_channel_arn(channel.arn):
            raise fleet.error(index, "arn: expected the ARN of an IVS channel")
        if channel.arn in seen:
            raise fleet.error(index, "arn: the channel is given twice")
        seen.add(channel.arn)
    return fleet


def _read(path: Path) -> object:
    """JSON has a faster reader than YAML, of which it is a part."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{path}: the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: the file cannot be read: it is not UTF-8 text") from error
    if path.suffix == ".json":
        try:
            return redacted(msgspec.json.decode(text))
        except (msgspec.DecodeError, RecursionError) as error:
            raise InvalidInput(f"{path}: not JSON: {error}") from error
    source = read_source(text, str(path))
    if source.problems:
        raise InvalidInput(str(source.problems[0]))
    return source.data


def _describe(message: str) -> str:
    """msgspec's sentence, the place first: `channels[0].tags: expected str, found int`."""
    found = _PLACE.fullmatch(message)
    what, path = (found["what"], found["path"]) if found else (message, "")
    what = what.replace("Object contains", "there is an")
    what = what.replace("Object missing required field", "there is no")
    what = re.sub(r"^Expected `(.+)`, got `(.+)`$", r"expected \1, found \2", what)
    return f"{path or 'the document'}: {what.replace('`', chr(39))}"
