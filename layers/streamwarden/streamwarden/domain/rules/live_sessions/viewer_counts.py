"""What the kinds about viewers find while they have no count that they can judge by."""

from datetime import datetime
from typing import Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.check import not_applicable
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.verdicts import Finding

UNCOUNTED: Final = not_applicable("how many watch is not known yet; the next sweep counts them")


def counted_long_ago(reading: Stamped[int], now: datetime) -> Finding:
    age = format_duration(now - reading.at)
    return not_applicable(f"viewers were last counted {age} ago; the next sweep counts them")
