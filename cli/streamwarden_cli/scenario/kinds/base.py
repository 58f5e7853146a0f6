"""What every kind of step is: a pydantic model, of quantities as people write them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from streamwarden_cli.scenario.amounts import (
    BITRATE,
    RESOLUTION,
    SPAN,
    read_bitrate,
    read_latency,
    read_resolution,
    read_span,
)
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
type Count = Annotated[int, Field(ge=0, le=10**9, description="a number from 0 to 1000000000")]
type ChannelName = Annotated[str, Field(min_length=1), AfterValidator(_no_key)]


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
