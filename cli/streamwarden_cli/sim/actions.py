"""What can be done with a running simulator, as the command line and scenarios ask for it.

pydantic reads both; a scenario's step is one of these with a time.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from streamwarden_cli.sim.arguments import (
    BITRATE,
    RESOLUTION,
    SPAN,
    read_bitrate,
    read_moment,
    read_resolution,
    read_span,
)


def _read_text[T](read: Callable[[str], T], expected: str) -> BeforeValidator:
    def before(value: object) -> object:
        if isinstance(value, str):
            return read(value)
        if isinstance(value, bool | float | list | Mapping) or value is None:
            raise ValueError(f"expected {expected}")
        return value

    return BeforeValidator(before)


def _no_key(channel: str) -> str:
    if channel.startswith("sk_"):
        # Not repeated: it is a secret.
        raise ValueError("this is a stream key; a channel goes by its ARN or its name")
    return channel


type Span = Annotated[timedelta, _read_text(read_span, SPAN)]
type Moment = Annotated[timedelta, _read_text(read_moment, SPAN)]
type Bitrate = Annotated[int, _read_text(read_bitrate, BITRATE), Field(gt=0)]
type Resolution = Annotated[tuple[int, int], _read_text(read_resolution, RESOLUTION)]
type Probability = Annotated[float, Field(ge=0, le=1)]
type Positive = Annotated[int, Field(gt=0)]
type LatencyMode = Literal["LOW", "NORMAL"]
type ChannelType = Literal["STANDARD", "BASIC", "ADVANCED_SD", "ADVANCED_HD"]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Action(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=_kebab, populate_by_name=True
    )

    at: Moment = timedelta(0)


class OnChannel(Action):
    """`channel` is an ARN, or a name that only one channel has."""

    channel: Annotated[str, Field(min_length=1), AfterValidator(_no_key)]


class Create(OnChannel):
    """Does nothing where a channel of this name is already."""

    type: ChannelType = "STANDARD"
    latency_mode: LatencyMode = "LOW"
    authorized: bool = False
    insecure_ingest: bool = False
    tags: dict[str, str] = Field(default_factory=dict)


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
    pass


class Resume(OnChannel):
    pass


class Crash(OnChannel):
    pass


class Leave(OnChannel):
    pass


class Fail(OnChannel):
    reason: str | None = None


class Viewers(OnChannel):
    count: Annotated[int, Field(ge=0)]


class Chaos(Action):
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


class Latencies(Action):
    latencies: Literal["instant", "realistic"]


class Limits(Action):
    enabled: bool


ACTIONS: Final[Mapping[str, type[Action]]] = {
    "create": Create,
    "go-live": GoLive,
    "change": Change,
    "stall": Stall,
    "resume": Resume,
    "crash": Crash,
    "leave": Leave,
    "fail": Fail,
    "viewers": Viewers,
    "chaos": Chaos,
    "latencies": Latencies,
    "limits": Limits,
}
