"""Shares of a limit as operators write them (80%), and the counts that they stand for."""

import re
from typing import Annotated, Final

from streamwarden.domain.parameters import ReadBy

_SHARE: Final = re.compile(r"[1-9][0-9]?%")

EXPECTED: Final = "a share of the limit such as 80%"


def percent_of(share: str) -> int:
    return int(share[:-1])


def threshold(share: str, limit: int) -> int:
    """The smallest count that is this share of the limit, or more."""
    return -(-limit * percent_of(share) // 100)


def lowest_held(share: str, limit: int) -> int:
    """The smallest count that still belongs to the share once it was reached.

    It is a tenth of the limit lower, at least one, so that a count that goes up and down by little
    is told of once.
    """
    margin = max(limit // 10, 1)
    return max(threshold(share, limit) - 1 - margin, 0) + 1


def _read(value: object) -> str:
    if isinstance(value, str) and _SHARE.fullmatch(value):
        return value
    raise ValueError(f"expected {EXPECTED}, from 1% to 99%, found {value!r}")


_SCHEMA: Final = {
    "type": "string",
    "description": EXPECTED,
    "examples": ["80%"],
    "pattern": f"^{_SHARE.pattern}$",
}
# A whole number of percent; a limit that is a number has no lead time.
Share = Annotated[str, ReadBy(_read, _SCHEMA)]
