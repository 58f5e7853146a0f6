"""How long a viewer count counts. What it was an hour ago says nothing of who watches now.

A sweep reports a count only when it has changed. So that a count that stays the same does not look
old, the sweep repeats it, if a rule needs it.
"""

from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.state.merge import Stamped

# Six sweeps by default: a sweep that fails, or an event that is late, makes no count old.
REPEATED_AFTER: Final = timedelta(minutes=30)
FRESH_FOR: Final = timedelta(hours=1)


def is_fresh(reading: Stamped[int], now: datetime) -> bool:
    return now < reading.at + FRESH_FOR
