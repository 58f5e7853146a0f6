"""What is stored for a destination and cannot be read: it holds up nothing, and is not lost.

While a stack is updated or rolled back, a newer observer may store what `notify` does not know yet.
So what waits has some minutes. Then it is dead-lettered, so that somebody hears of it. Redriven, it
is told after all by a version that can read it. An open incident stays, for that version and for
its end.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.notifications.delivery import (
    DEPLOYED_WITHIN,
    KEPT_WHILE_LEFT_OUT,
    Unreadable,
    ends_incident,
    opens_incident,
)
from streamwarden.domain.notifications.unread import UnreadNotification, unread_notification
from streamwarden.domain.verdicts import Notification
from streamwarden.services.delivery_events import NotReadable
from streamwarden.services.leased_destination import LeasedDestination

# 100 KB of the item that a destination is. What is more has its turn after these.
_MOST_NOTED: Final = 1_000


def set_aside(leased: LeasedDestination) -> datetime | None:
    """Say once what the run could not read, and dead-letter what waits and stays so.

    Answers when to look again. Raises TemporaryError, PermanentError.
    """
    _note_opens(leased, [*leased.unreadable_opens.values()])
    if leased.unreadable is None:
        return None
    since, now = _noted(leased, leased.unreadable), leased.ports.clock()
    left = {key: at for key, at in since.items() if now - at < DEPLOYED_WITHIN}
    given_up = [leased.unreadable[key] for key in since.keys() - left.keys()]
    _dead_letter(leased, given_up)
    leased.change(replace(leased.state, unreadable_since=left))
    if given_up:
        return now  # ends may have waited for them
    return min(left.values()) + DEPLOYED_WITHIN if left else None


def _note_opens(leased: LeasedDestination, found: Sequence[Unreadable]) -> None:
    """There may be thousands, for one reason."""
    at, now = leased.state.unreadable_opens_noted_at, leased.ports.clock()
    if found and (at is None or now - at >= KEPT_WHILE_LEFT_OUT):
        reason = f"{len(found)}, such as this: {found[0].reason}"
        leased.note(NotReadable("open incidents", reason))
        leased.change(replace(leased.state, unreadable_opens_noted_at=now))


def _noted(leased: LeasedDestination, found: Mapping[str, Unreadable]) -> dict[str, datetime]:
    """Since when each cannot be read, of as many as there is room for."""
    now, known = leased.ports.clock(), leased.state.unreadable_since
    since = {key: known[key] for key in found if key in known}
    new = [each for key, each in found.items() if key not in since][: _MOST_NOTED - len(since)]
    for each in new:
        leased.note(NotReadable(each.key, each.reason))
    return {**since, **{each.key: now for each in new}}


def _dead_letter(leased: LeasedDestination, given_up: Sequence[Unreadable]) -> None:
    """Each before it waits no more: a run that dies in between does it again.

    Of one incident, the end is the last.
    """
    unread = {key: unread_notification(each) for key, each in (leased.unreadable or {}).items()}
    opens, waiting = cache(leased.opens), cache(leased.waiting_notifications)
    over = set[str]()
    for each in sorted(given_up, key=lambda each: unread[each.key].is_end):
        leased.ports.undelivered.put(leased.name, each, each.reason)
        leased.note(NotReadable(each.key, each.reason, is_dead=True))
        ended = _ended_with(unread.pop(each.key), unread.values(), waiting)
        over.update(ended)
        leased.end_baselines(over, opens)
        leased.ports.deliveries.give_up(leased.name, each, leased.kind, ended)


def _ended_with(
    given_up: UnreadNotification,
    others: Iterable[UnreadNotification],
    waiting: Callable[[], Iterable[Notification]],
) -> Sequence[str]:
    """The incident that is over with it, or people would be reminded of it for good.

    One goes on whose beginning or end still waits.
    """
    if not given_up.is_end:
        return ()
    going_on = {e.incident for e in waiting() if opens_incident(e) or ends_incident(e)}
    going_on.update(each.incident for each in others)
    return () if given_up.incident in going_on else (given_up.incident,)
