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


class Authority(StrEnum):
    """On whose word an action is done, which says by what it may be held.

    Everything but protection lets an operator's order pass. What a quarantine that is in force goes
    on doing passes the breaker, which counted the quarantine, and the mode of its rule.
    """

    RULE = "rule"
    QUARANTINE = "quarantine"
    OPERATOR = "operator"
