"""The kinds of steps: what can happen on a channel, to an account and to the simulated IVS.

pydantic reads each, from a scenario and from the command line of `streamwarden sim`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_camel

from streamwarden_cli.scenario.amounts import (
    BITRATE,
    RESOLUTION,
    SPAN,
    read_bitrate,
    read_latency,
    read_resolution,
    read_span,
)
from streamwarden_cli.scenario.channels import ChannelSettings
from streamwarden_cli.scenario.naming import is_key


def _read_text[T](read: Callable[[str], T], expected: str) -> BeforeValidator:
    def before(value: object) -> object:
        if isinstance(value, str):
            return read(value)
        if isinstance(value, bool | float | list | Mapping) or value is None:
            raise ValueError(f"expected {expected}")
        return value

    return BeforeValidator(before)


def _no_key(channel: str) -> str:
    if is_key(channel):
        # Not repeated: it is a secret.
        raise ValueError("this is a stream key; a channel goes by its ARN or its name")
    return channel


type Span = Annotated[timedelta, _read_text(read_span, SPAN)]
type Latency = Annotated[timedelta, _read_text(read_latency, SPAN)]
type Bitrate = Annotated[int, _read_text(read_bitrate, BITRATE), Field(gt=0)]
type Resolution = Annotated[tuple[int, int], _read_text(read_resolution, RESOLUTION)]
type Probability = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]
type Positive = Annotated[int, Field(gt=0, description="a number from 1 up")]
type Count = Annotated[int, Field(ge=0, description="a number from 0 up")]
type ChannelName = Annotated[str, Field(min_length=1), AfterValidator(_no_key)]
type Caller = Annotated[str, Field(pattern="^arn:", description="the ARN of a caller")]
type Members = dict[str, Any]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class StepKind(BaseModel):
    """What one step does."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=_kebab, populate_by_name=True
    )


class OnChannel(StepKind):
    """`channel` is an ARN, or a name that only one channel has; by default the first channel."""

    channel: ChannelName = ""


# What an encoder does.


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


# What viewers do, and what IVS itself does.


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


# What callers of the API do; the fields have the API's names.


class ApiStep(OnChannel):
    """`by` is the ARN of the caller, as CloudTrail records it; by default the account's root."""

    model_config = ConfigDict(alias_generator=to_camel)

    by: Caller | None = None


class Create(ChannelSettings, ApiStep):
    """CreateChannel; does nothing where a channel of this name is already."""

    channel: ChannelName
    tags: dict[str, str] = Field(default_factory=dict)


class Update(ChannelSettings, ApiStep):
    """UpdateChannel."""


class Delete(ApiStep):
    """DeleteChannel."""


class Tag(ApiStep):
    """TagResource."""

    tags: dict[str, str]


class Untag(ApiStep):
    """UntagResource."""

    keys: list[str]


class CreateKey(ApiStep):
    """CreateStreamKey."""


class DeleteKey(ApiStep):
    """DeleteStreamKey, of the channel's key."""


class Call(StepKind):
    """Any operation of IVS."""

    operation: str
    request: Members = Field(default_factory=dict)
    by: Caller | None = None


# The conditions under which all this happens.


class Chaos(StepKind):
    """Knobs that are not given stay as they are; `off` turns all of them off first."""

    off: bool = False
    loss: Probability | None = None
    duplication: Probability | None = None
    delay: Probability | None = None
    longest_delay: Span | None = None
    reordering: Probability | None = None

    def knobs(self) -> dict[str, float]:
        """As Control takes them; a span in seconds."""
        names = ("loss", "duplication", "delay", "reordering")
        turned = {name: getattr(self, name) for name in names}
        if self.longest_delay is not None:
            turned["longest_delay"] = self.longest_delay.total_seconds()
        calm = dict.fromkeys(names, 0.0) if self.off else {}
        return calm | {name: value for name, value in turned.items() if value is not None}


class Latencies(StepKind):
    """All of them by a name, single ones, or both; the others stay as they are."""

    latencies: Literal["instant", "realistic"] | None = None
    stream_start: Latency | None = None
    missing_ingest: Latency | None = None
    draining: Latency | None = None
    recording_written: Latency | None = None

    def single(self) -> dict[str, float]:
        """As Control takes them: in seconds."""
        given: dict[str, timedelta | None] = {
            "stream_start": self.stream_start,
            "missing_ingest": self.missing_ingest,
            "draining": self.draining,
            "recording_written": self.recording_written,
        }
        return {name: span.total_seconds() for name, span in given.items() if span is not None}


class Limits(StepKind):
    """Whether API calls are limited as on AWS."""

    enabled: bool


class Quotas(StepKind):
    """How much an account may have; what is not given stays as it is."""

    channels: Count | None = None
    concurrent_streams: Count | None = None
    concurrent_viewers: Count | None = None
    takeovers_per_stream: Count | None = None

    def given(self) -> dict[str, int]:
        return self.model_dump(include=set(Quotas.model_fields), exclude_none=True)


STEP_KINDS: Final[Mapping[str, type[StepKind]]] = {
    "go-live": GoLive,
    "change": Change,
    "stall": Stall,
    "resume": Resume,
    "crash": Crash,
    "leave": Leave,
    "reconnect": Reconnect,
    "viewers": Viewers,
    "fail": Fail,
    "fail-recording": FailRecording,
    "exceed-limit": ExceedLimit,
    "create": Create,
    "update": Update,
    "delete": Delete,
    "tag": Tag,
    "untag": Untag,
    "create-key": CreateKey,
    "delete-key": DeleteKey,
    "call": Call,
    "chaos": Chaos,
    "latencies": Latencies,
    "limits": Limits,
    "quotas": Quotas,
}
