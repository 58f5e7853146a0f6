"""How spans, bit rates and sizes are written, on the command line and in scenarios alike."""

import argparse
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from streamwarden.domain.duration import parse_duration

_PARTS: Final = re.compile(r"(\d+[smhd])+")
_PART: Final = re.compile(r"\d+[smhd]")
_BITRATE: Final = re.compile(r"(\d+(?:\.\d+)?)([kM]?)")
_FACTORS: Final = {"": 1, "k": 1_000, "M": 1_000_000}
_RESOLUTION: Final = re.compile(r"(\d+)x(\d+)")

SPAN: Final = "a span such as 30s, 10m or 2h30m"
BITRATE: Final = "bits per second such as 6000000, 6000k or 6M"
RESOLUTION: Final = "a resolution such as 1920x1080"


def read_span(text: str) -> timedelta:
    """A positive span. Raises ValueError."""
    if _PARTS.fullmatch(text) is None:
        raise ValueError(f"expected {SPAN}, found {text!r}")
    total = sum((_span(part) for part in _PART.findall(text)), timedelta(0))
    if not total:
        raise ValueError(f"expected a span longer than nothing, found {text!r}")
    return total


def read_moment(text: str) -> timedelta:
    """A moment of a scenario, from its beginning on: a span, or 0s. Raises ValueError."""
    return timedelta(0) if re.fullmatch(r"0[smhd]", text) else read_span(text)


def read_bitrate(text: str) -> int:
    """Bits per second. Raises ValueError."""
    given = _BITRATE.fullmatch(text)
    bitrate = round(float(given[1]) * _FACTORS[given[2]]) if given else 0
    if bitrate <= 0:
        raise ValueError(f"expected {BITRATE}, found {text!r}")
    return bitrate


def read_resolution(text: str) -> tuple[int, int]:
    """Width and height in pixels. Raises ValueError."""
    given = _RESOLUTION.fullmatch(text)
    if given is None or not (int(given[1]) and int(given[2])):
        raise ValueError(f"expected {RESOLUTION}, found {text!r}")
    return int(given[1]), int(given[2])


def read_tag(text: str) -> tuple[str, str]:
    """Key and value. Raises ValueError."""
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise ValueError(f"expected a tag such as team=events, found {text!r}")
    return key, value


def argument[T](read: Callable[[str], T]) -> Callable[[str], T]:
    """For argparse, which repeats only what an error of its own kind says."""

    def read_argument(text: str) -> T:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read_argument


def _span(part: str) -> timedelta:
    return timedelta(0) if not int(part[:-1]) else parse_duration(part)
