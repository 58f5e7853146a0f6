"""The fields of a request's body, read by name; what is wrong is said without repeating values."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from simulator.events.envelopes import parse_time


class Refused(Exception):
    """What was asked cannot be done as things are; `code` says what stands against it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def refuse_unknown(given: Collection[str], known: Collection[str]) -> None:
    """Raises ValueError naming what there is, so that a misspelt wish is not taken for granted."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        fields = f"known are {', '.join(sorted(known))}" if known else "there are none"
        raise ValueError(f"unknown field {', '.join(unknown)}; {fields}")


def text(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is text")
    return value


def channel_arn(body: Mapping[str, Any]) -> str:
    arn = text(body, "channelArn")
    if not arn.startswith("arn:"):
        # Not repeated: whoever mixes fields up may have sent a stream key here.
        raise ValueError("channelArn is the ARN of a channel")
    return arn


def flag(body: Mapping[str, Any], name: str, default: bool | None = None) -> bool:
    value = body[name] if default is None else body.get(name, default)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is true or false")
    return value


def whole(body: Mapping[str, Any], name: str, at_least: int = 0) -> int:
    value = body[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise ValueError(f"{name} is a whole number, {at_least} or more")
    return value


def seconds(body: Mapping[str, Any], name: str) -> float:
    value = body[name]
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} is a number of seconds, 0 or more")
    return float(value)


def moment(body: Mapping[str, Any], name: str) -> datetime | None:
    """A time with an offset; None if it is not given."""
    return parse_time(text(body, name)) if body.get(name) is not None else None
