"""What encoders and viewers do, and what IVS itself does to a stream or its recording."""

from typing import Literal, Self

from pydantic import model_validator

from streamwarden_cli.scenario.kinds.base import (
    Bitrate,
    Count,
    OnChannel,
    Positive,
    Resolution,
    StepKind,
)


class Sending(OnChannel):
    """What an encoder sends; what is not said is the simulator's choice, or stays."""

    bitrate: Bitrate | None = None
    resolution: Resolution | None = None
    framerate: Positive | None = None
    codec: str | None = None

    def ingest(self) -> dict[str, int | str]:
        """The fields of the simulator's Ingest."""
        width, height = self.resolution or (None, None)
        given = {
            "video_bitrate": self.bitrate,
            "width": width,
            "height": height,
            "framerate": self.framerate,
            "video_codec": self.codec,
        }
        return {name: value for name, value in given.items() if value is not None}


class GoLive(Sending):
    priority: Positive | None = None
    reconnect: bool = False


class Change(Sending):
    """At least one of the fields is given."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.ingest():
            raise ValueError("nothing to change: give bitrate, resolution, framerate or codec")
        return self


class Stall(OnChannel):
    """No more data arrives, though the connection stands."""


class Resume(OnChannel):
    """Data arrives again."""


class Crash(OnChannel):
    """The connection is lost."""


class Leave(OnChannel):
    """The broadcaster ends the stream."""


class Reconnect(StepKind):
    """Every encoder that was thrown off and comes back tries at once."""


class Viewers(OnChannel):
    count: Count


class Fail(OnChannel):
    """IVS fails to process the stream."""

    reason: str | None = None


class FailRecording(OnChannel):
    """The recording breaks off. While nothing is recorded, the next one fails to start."""


class ExceedLimit(OnChannel):
    """An ingest limit is exceeded, and the stream goes on; `change` ends it as IVS does."""

    limit: Literal["Ingest Bitrate", "Ingest Resolution"]
    value: Positive
    exceeded_by: Positive
    unit: str
