"""Which incidents a destination has to be told the end of, after it was told of some."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from streamwarden.domain.notifications.delivery import (
    OpenIncident,
    ends_incident,
    name_of,
    opens_incident,
)
from streamwarden.domain.verdicts import Notification, NotificationStatus

# By incident key. They are read when they are asked for: most steps need none.
type OpenIncidents = Callable[[], Mapping[str, OpenIncident]]


class ChangedOpens(Struct, frozen=True):
    """`opens` replace what is known of open incidents. `ended` are keys of those that are over."""

    opens: tuple[OpenIncident, ...]
    ended: tuple[str, ...]


def opens_after(
    notified: Sequence[Notification],
    opens: OpenIncidents,
    waiting: Callable[[], Iterable[Notification]],
    now: datetime,
    whole: OpenIncident | None = None,
    *,
    notified_by: str = "",
) -> ChangedOpens:
    """What has changed once these are told. `waiting` answers what waits, also what was told.

    `whole` is the one incident as which they are told, where they are a baseline. `notified_by` is
    the kind of the destination.
    """
    changed = _changed(notified, opens, now, whole)
    over = [key for key, each in changed.items() if each is None]
    lasting = [
        replace(each, notified_by=notified_by) for each in changed.values() if each is not None
    ]
    if over:
        lasting += _beginning_again(over, notified, waiting())
    begun = {each.key for each in lasting}
    return ChangedOpens(tuple(lasting), tuple(key for key in over if key not in begun))


def leaving_baselines(changed: ChangedOpens, opens: Mapping[str, OpenIncident]) -> frozenset[str]:
    """The keys of incidents that are in the baseline no more that they were told in.

    They are over, or were told by themselves.
    """
    alone = (
        each.key
        for each in changed.opens
        if each.key in opens and opens[each.key].baseline != each.baseline
    )
    return frozenset({*changed.ended, *alone})


def begun_by_themselves(
    given: Iterable[Notification], ended: Container[str], opens: OpenIncidents
) -> Mapping[str, OpenIncident]:
    """Parts of a baseline whose end is among these, and which go on all the same.

    They have begun again: what is told of them next is no part of the baseline.
    """
    again = [each for each in ended_of(given) if each not in ended]
    known = opens() if again else {}
    return {
        key: replace(known[key], baseline="")
        for key in again
        if key in known and known[key].baseline
    }


def ended_of(given: Iterable[Notification]) -> list[str]:
    """The keys of incidents that these say the end of."""
    found = (each.incident for each in given if each.status is NotificationStatus.RESOLVED)
    return list(dict.fromkeys(found))


def over_without(
    given: Sequence[Notification], waiting: Callable[[], Iterable[Notification]]
) -> list[str]:
    """Incidents that are over once these are not told. One goes on whose beginning or end waits.

    `waiting` answers what waits, also these. It is asked only where an end is among them.
    """
    ended = ended_of(given)
    if not ended:
        return []
    done = set(map(name_of, given))
    others = (each for each in waiting() if name_of(each) not in done)
    going_on = {each.incident for each in others if opens_incident(each) or ends_incident(each)}
    return [each for each in ended if each not in going_on]


def _changed(
    notified: Iterable[Notification],
    opens: OpenIncidents,
    now: datetime,
    whole: OpenIncident | None,
) -> Mapping[str, OpenIncident | None]:
    """In the order in which it was told: an incident may end and begin again."""
    changed: dict[str, OpenIncident | None] = {} if whole is None else {whole.key: whole}
    baseline = "" if whole is None else whole.key
    for each in notified:
        if each.status is NotificationStatus.RESOLVED:
            changed[each.incident] = None
        elif opens_incident(each):
            is_new = each.status is NotificationStatus.OPENED
            before = None if is_new else changed.get(each.incident, opens().get(each.incident))
            is_acknowledged = before is not None and before.is_acknowledged
            changed[each.incident] = OpenIncident(
                last=each, notified_at=now, is_acknowledged=is_acknowledged, baseline=baseline
            )
        elif each.status is NotificationStatus.ACKNOWLEDGED:
            known = changed.get(each.incident, opens().get(each.incident))
            if known is not None:
                changed[each.incident] = replace(known, is_acknowledged=True)
    return changed


def _beginning_again(
    over: Sequence[str], notified: Iterable[Notification], waiting: Iterable[Notification]
) -> Iterable[OpenIncident]:
    """Incidents whose end was told and whose next beginning waits already, each once."""
    done = set(map(name_of, notified))
    begun = {
        each.incident: OpenIncident(last=each)
        for each in waiting
        if each.incident in over and opens_incident(each) and name_of(each) not in done
    }
    return begun.values()
