"""What is stored for a destination and cannot be read: it holds up nothing, and is not lost.

While a stack is updated or rolled back, a newer observer may store what `notify` does not know yet.
So what waits has some minutes. Then it is dead-lettered, so that somebody hears of it. Redriven, it
is told after all by a version that can read it. An open incident stays, for that version and for
its end.
"""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.notifications.delivery import (
    DEPLOYED_WITHIN,
    KEPT_WHILE_LEFT_OUT,
    Unreadable,
)
from streamwarden.services.delivery_events import NotReadable
from streamwarden.services.leased_destination import LeasedDestination

# 100 KB of the item that a destination is. What is more has its turn after these.
_MOST_NOTED: Final = 1_000
_OPENS: Final = "open incidents"


def set_aside(leased: LeasedDestination) -> datetime | None:
    """Say once what the run could not read, and dead-letter what stays so.

    Answers when to look again. Raises TemporaryError, PermanentError.
    """
    known, now = leased.state.unreadable_since, leased.ports.clock()
    found = _found(leased)
    new = [key for key in found if key not in known][: max(0, _MOST_NOTED - len(known))]
    for key in new:
        leased.note(NotReadable(key, found[key]))
    since = {**known, **dict.fromkeys(new, now)}
    over = [
        each
        for key, each in leased.unreadable.items()
        if now - since.get(key, now) >= DEPLOYED_WITHIN
    ]
    for each in over:
        _dead_letter(leased, each)
    gone = {each.key for each in over}
    left = {
        key: at for key, at in since.items() if key not in gone and now - at < KEPT_WHILE_LEFT_OUT
    }
    leased.change(replace(leased.state, unreadable_since=left))
    return min(
        (left[key] + DEPLOYED_WITHIN for key in leased.unreadable if key in left), default=None
    )


def _found(leased: LeasedDestination) -> dict[str, str]:
    """Why each cannot be read. Of open incidents, there may be thousands, for one reason."""
    found = {key: each.reason for key, each in leased.unreadable.items()}
    opens = [*leased.unreadable_opens.values()]
    return {**found, _OPENS: f"{len(opens)}, such as this: {opens[0].reason}"} if opens else found


def _dead_letter(leased: LeasedDestination, each: Unreadable) -> None:
    """Before it waits no more: a run that dies in between does it again."""
    leased.ports.undelivered.put(leased.name, each, each.reason)
    leased.note(NotReadable(each.key, each.reason, is_dead=True))
    leased.ports.deliveries.give_up(leased.name, each, leased.kind)
