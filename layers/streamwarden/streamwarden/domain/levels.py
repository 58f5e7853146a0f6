"""The ladders of a policy: how far a rule may go, and how bad a breach of it is."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """How far a rule may go: record, also notify, also act."""

    OBSERVE = "observe"
    NOTIFY = "notify"
    ENFORCE = "enforce"

    def at_most(self, max_mode: "Mode") -> "Mode":
        """This mode, or the max mode if that is lower."""
        return self if _RANKS[self] <= _RANKS[max_mode] else max_mode


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    def is_above(self, other: "Severity") -> bool:
        return _RANKS[self] > _RANKS[other]


_RANKS: Final[Mapping[str, int]] = {
    each: rank for ladder in (Mode, Severity) for rank, each in enumerate(ladder)
}
