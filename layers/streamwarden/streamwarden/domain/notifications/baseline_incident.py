"""A baseline as one incident, where each incident is a thing of its own, as in PagerDuty.

A first look that finds hundreds of breaches must not page hundreds of times. So those of one rule
are told as one incident, which is over when none of them is left in it.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.arn import account_arn, label_of, nouns_of, place_of, resource_type_of
from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.delivery import (
    OpenIncident,
    Sending,
    name_of,
    opens_incident,
)
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.notifications.message import Baseline, Message
from streamwarden.domain.verdicts import Notification, NotificationStatus

# Services cut longer texts.
_LONGEST_NAMES: Final = 2_000
_ABOUT: Final = (
    "A first look has found these; they may be older. What becomes worse is told by itself. "
    "This one ends when all others are resolved or acknowledged. `streamwarden open` lists "
    "what is open."
)
_ENDED: Final = "None of them is left: each is resolved, acknowledged, or told by itself."


def is_baseline(notifications: Iterable[Notification]) -> bool:
    """Whether all of this is what a first look has found."""
    return all(
        each.is_baseline and each.status is NotificationStatus.OPENED for each in notifications
    )


def baseline_of(
    notifications: Sequence[Notification],
    opens: Iterable[OpenIncident],
    judged: int | None = None,
    unjudged: int = 0,
) -> Baseline:
    """The figures of a digest about one rule. What cannot be true is left out as not known."""
    first = notifications[0]
    resource = resource_type_of(first.resource_arn)
    notified = (each.last for each in opens if not each.is_whole_baseline)
    found = {
        each.resource_arn
        for each in (*notifications, *notified)
        if each.rule_id == first.rule_id and resource_type_of(each.resource_arn) is resource
    }
    if judged is None or judged < len(found):
        return Baseline(found=len(found))
    return Baseline(found=len(found), judged=judged, unjudged=unjudged)


def format_baseline(baseline: Baseline, notifications: Sequence[Notification]) -> str:
    """`722 of 800 channels in breach at the first look`."""
    arn, here = notifications[0].resource_arn, {each.resource_arn for each in notifications}
    of = "" if baseline.judged is None else f"{baseline.found} of "
    words = f"{of}{nouns_of(baseline.judged or baseline.found, arn)} in breach at the first look"
    if len(here) < baseline.found:
        words = f"{words}, {len(here)} of them in this message"
    if baseline.unjudged:
        words = f"{words}; {baseline.unjudged} are not judged yet"
    return words


def baseline_key(notification: Notification) -> str:
    """The incident key of the baselines of its rule in its account and region."""
    return incident_key(_account_of(notification), "baseline", notification.rule_id)


def as_one(message: Message, key: str) -> Message:
    """The message of a baseline, or the reminder of one, about one incident with this key."""
    notified = message.notifications
    first = notified[0]
    counts = format_baseline(message.baseline or Baseline(found=len(notified)), notified)
    names = dict.fromkeys(label_of(each.resource_arn, each.resource_name) for each in notified)
    example = f"{next(iter(names))}: {first.text}"
    listed = brief(", ".join(names), _LONGEST_NAMES)
    owners = {each.owner for each in notified}
    whole = Notification(
        id=f"{key}@{message.id}",
        incident=key,
        rule_id=first.rule_id,
        severity=message.severity,
        status=NotificationStatus.OPENED,
        resource_arn=_account_of(first),
        resource_name="",
        stream_id=None,
        title=f"{first.rule_id}: {counts}",
        text=f"{counts}. {_ABOUT} For example, {example} They are about: {listed}",
        at=max(each.at for each in notified),
        notes=first.notes,
        since=min(each.since or each.at for each in notified),
        owner=first.owner if len(owners) == 1 else "",
        is_baseline=True,
    )
    return replace(message, notifications=(whole,), baseline=None)


def whole_baseline(message: Message, begun: Sending, now: datetime) -> OpenIncident | None:
    """The one incident as which a message was told now; None where it was not."""
    if not begun.notified_as:
        return None
    (whole,) = as_one(message, begun.notified_as).notifications
    return OpenIncident(last=whole, notified_at=now, baseline=begun.notified_as)


def opens_in_doubt(
    given: Sequence[Notification], begun: Sending, ended: Container[str], now: datetime
) -> Sequence[OpenIncident]:
    """What a destination may know to be open, though nobody knows whether it took the message.

    `ended` are the keys of incidents that are over.
    """
    doubtful = [each for each in given if name_of(each) in begun.names and opens_incident(each)]
    going_on = [each for each in doubtful if each.incident not in ended]
    message = Message(id=begun.message_id, notifications=tuple(doubtful), baseline=begun.baseline)
    whole = whole_baseline(message, begun, now) if going_on else None
    notified = {
        each.incident: OpenIncident(last=each, notified_at=now, baseline=begun.notified_as)
        for each in going_on
    }
    found = [*notified.values(), *([] if whole is None else [whole])]
    return [replace(each, notified_by=begun.notified_by) for each in found]


def ends_of_baselines(
    leaving: Container[str], opens: Mapping[str, OpenIncident], now: datetime
) -> Iterator[Notification]:
    """The ends of those baselines of which nothing is left without these incidents."""
    left = {each.baseline for key, each in opens.items() if key in leaving and each.baseline}
    for key in sorted(left & opens.keys()):
        remaining = (each.key for each in opens.values() if each.is_part_of(key))
        if all(each in leaving for each in remaining):
            yield _end_of(opens[key], now)


def _end_of(whole: OpenIncident, now: datetime) -> Notification:
    """The same however often it is made: what was told later is another one."""
    return replace(
        whole.last,
        id=f"{whole.last.id}/end",
        status=NotificationStatus.RESOLVED,
        text=_ENDED,
        at=now,
    )


def _account_of(notification: Notification) -> str:
    place = place_of(notification.resource_arn)
    return account_arn(place.account, place.region)
