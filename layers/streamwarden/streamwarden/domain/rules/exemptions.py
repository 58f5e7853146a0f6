"""What a rule finds of a channel that an operator has exempted from it.

People are told before an exemption ends, because they forget it: a day before, or when half of its
time is over, whichever is later.
"""

from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.state.controls import Exemption
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.verdicts import EarlyWarning, Finding, Status, Subject

_NOTIFIED_BEFORE: Final = timedelta(days=1)
# Apart from the resource, so that a warning before an end is no warning before a breach.
_EXEMPTION: Final = Subject("exemption")


def exempt(rule_id: str, given: Stamped[Exemption], now: datetime) -> Finding:
    exemption = given.value
    until, notified_at = exemption.until, _notified_at(given)
    words = f"{exemption.reason} ({exemption.author})"
    ends = f"{until:%Y-%m-%d %H:%M} UTC"
    is_due = now >= notified_at
    text = f"The exemption from {rule_id} ends at {ends}: {words}"
    return Finding(
        status=Status.EXEMPT,
        reason=f"exempt until {ends}: {words}",
        subject=_EXEMPTION,
        recheck_at=until if is_due else notified_at,
        warning=EarlyWarning(at=notified_at, text=text) if is_due else None,
    )


def _notified_at(given: Stamped[Exemption]) -> datetime:
    half = (given.value.until - given.at) / 2
    return given.value.until - min(half, _NOTIFIED_BEFORE)
