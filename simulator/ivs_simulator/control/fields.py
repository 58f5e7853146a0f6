"""The fields of a request's body, read by name; messages never repeat values."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.timestamps import parse_time


class BadRequest(ValueError):
    """The request is not one the control interface understands; the message says what would be."""


class Conflict(Exception):
    """What was asked cannot be done as things are; `code` says what stands against it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def judged() -> Iterator[None]:
    """Around what is given to something that judges it: its ValueError is about the request."""
    try:
        yield
    except ValueError as error:
        raise BadRequest(str(error)) from error


def refuse_unknown(given: Collection[str], allowed: Collection[str]) -> None:
    """Raises BadRequest with the known fields, so that a misspelt field is noticed."""
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        fields = f"known are {', '.join(sorted(allowed))}" if allowed else "there are none"
        raise BadRequest(f"unknown field {', '.join(unknown)}; {fields}")


def text(body: Mapping[str, Any], name: str) -> str:
    value = _given(body, name)
    if not isinstance(value, str):
        raise BadRequest(f"{name} is text")
    return value


def text_or_none(body: Mapping[str, Any], name: str) -> str | None:
    """None if it is not given, or given as null."""
    return text(body, name) if body.get(name) is not None else None


def channel_arn(body: Mapping[str, Any]) -> str:
    arn = text(body, "channelArn")
    try:
        Arn.parse(arn)
    except ValueError:
        # Not repeated: a caller that mixes up fields may have sent a stream key here.
        raise BadRequest("channelArn is the ARN of a channel") from None
    return arn


def mapping(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = _given(body, name)
    if not isinstance(value, Mapping):
        raise BadRequest(f"{name} is an object")
    return dict(value)


def flag(body: Mapping[str, Any], name: str, default: bool | None = None) -> bool:
    value = _given(body, name) if default is None else body.get(name, default)
    if not isinstance(value, bool):
        raise BadRequest(f"{name} is true or false")
    return value


def whole(body: Mapping[str, Any], name: str, at_least: int = 0) -> int:
    value = _given(body, name)
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise BadRequest(f"{name} is a whole number, {at_least} or more")
    return value


def seconds(body: Mapping[str, Any], name: str) -> float:
    value = _given(body, name)
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise BadRequest(f"{name} is a number of seconds, 0 or more")
    return float(value)


def moment(body: Mapping[str, Any], name: str) -> datetime:
    """A time with an offset."""
    given = text(body, name)
    try:
        return parse_time(given)
    except ValueError:
        raise BadRequest(f"{name} is a time such as 2026-03-14T18:02:11Z") from None


def moment_or_none(body: Mapping[str, Any], name: str) -> datetime | None:
    """None if it is not given, or given as null."""
    return moment(body, name) if body.get(name) is not None else None


def _given(body: Mapping[str, Any], name: str) -> Any:
    if name not in body:
        raise BadRequest(f"missing: {name}")
    return body[name]
