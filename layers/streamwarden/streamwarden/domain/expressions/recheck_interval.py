"""How often to recheck a condition whose value changes by time alone.

The moment at which `hour('Europe/Berlin') > `18`` changes its value is not computed. Rules whose
`when` or `unless` depends on time are therefore rechecked at an interval.
"""

from collections.abc import Set
from copy import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding


class RecheckInterval(StrEnum):
    """What changes a condition: the time of day, or the time since something."""

    CLOCK = "clock"
    AGE = "age"


# Every time zone of today is whole quarter hours away from UTC, so hours and days begin on one.
_QUARTER: Final = timedelta(minutes=15)
_DURING_SESSION: Final = timedelta(minutes=5)
_WHILE_IDLE: Final = timedelta(hours=1)


def with_recheck(
    found: Finding, intervals: Set[RecheckInterval], facts: Facts, now: datetime
) -> Finding:
    """The finding, with a recheck when time may have changed the condition before it."""
    again = min((_next_recheck(interval, facts, now) for interval in intervals), default=None)
    if again is None or (found.recheck_at is not None and found.recheck_at <= again):
        return found
    return replace(found, recheck_at=again)


def _next_recheck(interval: RecheckInterval, facts: Facts, now: datetime) -> datetime:
    match interval:
        case RecheckInterval.CLOCK:
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            return midnight + ((now - midnight) // _QUARTER + 1) * _QUARTER
        case RecheckInterval.AGE:
            return now + (_DURING_SESSION if facts.session else _WHILE_IDLE)
