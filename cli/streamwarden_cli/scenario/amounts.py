"""How spans, bit rates and sizes are written, in scenarios and on the command line alike."""

import re
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
_LONGEST: Final = 32  # characters; no amount needs more


def read_span(text: str) -> timedelta:
    """A positive span. Raises ValueError."""
    if _PARTS.fullmatch(text) is None:
        raise ValueError(f"expected {SPAN}, found {text!r}")
    total = sum((_span(part) for part in _PART.findall(text)), timedelta(0))
    if not total:
        raise ValueError(f"expected a span longer than nothing, found {text!r}")
    return total


def read_latency(text: str) -> timedelta:
    """A span, or 0s. Raises ValueError."""
    return timedelta(0) if re.fullmatch(r"0[smhd]", text) else read_span(text)


def read_bitrate(text: str) -> int:
    """Bits per second. Raises ValueError."""
    given = _BITRATE.fullmatch(text) if len(text) <= _LONGEST else None
    bitrate = round(float(given[1]) * _FACTORS[given[2]]) if given else 0
    if bitrate <= 0:
        raise ValueError(f"expected {BITRATE}, found {text!r}")
    return bitrate


def read_resolution(text: str) -> tuple[int, int]:
    """Width and height in pixels. Raises ValueError."""
    given = _RESOLUTION.fullmatch(text) if len(text) <= _LONGEST else None
    if given is None or not (int(given[1]) and int(given[2])):
        raise ValueError(f"expected {RESOLUTION}, found {text!r}")
    return int(given[1]), int(given[2])


def _span(part: str) -> timedelta:
    return timedelta(0) if not int(part[:-1]) else parse_duration(part)
