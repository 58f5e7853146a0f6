"""What people read of a message, the same words at every destination.

The order is that of the questions of somebody who is woken by it: what, where, since when, why,
what was done and what comes next, how to undo it, where to look.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from streamwarden.domain.arn import ResourceType, label_of, noun_of, place_of, resource_type_of
from streamwarden.domain.notifications.links import console_link as console_link
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes

# More is no reading. `streamwarden open` lists all that are open.
_LISTED: Final = 20


def format_headline(message: Message) -> str:
    """One line: the severity and what it is about."""
    return f"[{message.severity}] {format_title(message)}"


def format_title(message: Message) -> str:
    first = message.notifications[0]
    reminder = "still open: " if message.is_reminder else ""
    if len(message.notifications) == 1:
        return f"{reminder}{first.title}"
    return f"{reminder}{first.rule_id}: {format_counts(message)}"


def format_counts(message: Message) -> str:
    """`700 opened, 22 resolved`, in words of the incidents' life."""
    counts = Counter(each.status for each in message.notifications)
    return ", ".join(f"{counts[each]} {each}" for each in NotificationStatus if counts[each])


def format_body(message: Message) -> str:
    """Everything but the headline, in lines."""
    if len(message.notifications) == 1:
        return "\n".join(
            f"{label}: {text}" if label else text
            for label, text in facts_of(message.notifications[0])
        )
    return "\n".join(_digest_lines(message))


def facts_of(notification: Notification) -> Iterator[tuple[str, str]]:
    """What one notification says, as pairs of a label and a text. The first has no label."""
    yield "", notification.text
    yield from _where(notification)
    if notification.since is not None:
        yield "since", f"{notification.since:%Y-%m-%d %H:%M:%S} UTC"
    yield "status", notification.status
    yield "rule", notification.rule_id
    yield from notes_of(notification.notes)
    for command in notification.undo:
        yield "to exempt it", command
    link = console_link(notification.resource_arn)
    if link:
        yield "console", link
    yield "at", f"{notification.at:%Y-%m-%d %H:%M:%S} UTC"


def notes_of(notes: RuleNotes | None) -> list[tuple[str, str]]:
    """What the author of a rule says, with its label."""
    if notes is None:
        return []
    pairs = (
        ("why", notes.description),
        ("owner", notes.owner),
        ("runbook", notes.runbook),
    )
    return [(label, note) for label, note in pairs if note]


def note_lines(notes: RuleNotes | None) -> list[str]:
    """`runbook: https://…`, and so on."""
    return [f"{label}: {note}" for label, note in notes_of(notes)]


def listed_line(notification: Notification) -> str:
    """One notification as a line of a digest."""
    name = label_of(notification.resource_arn, notification.resource_name)
    return f"{name}: {notification.status}. {notification.text}"


def listed_of(message: Message) -> tuple[tuple[Notification, ...], str]:
    """The notifications that a digest lists, and a sentence about the others; empty without."""
    more = len(message.notifications) - _LISTED
    if more <= 0:
        return message.notifications, ""
    return message.notifications[:_LISTED], f"{more} more. `streamwarden open` lists what is open."


def _digest_lines(message: Message) -> Iterator[str]:
    listed, rest = listed_of(message)
    first = message.notifications[0]
    yield format_counts(message)
    yield from note_lines(first.notes)
    yield ""
    for each in listed:
        yield f"- {listed_line(each)}"
    if rest:
        yield rest


def _where(notification: Notification) -> Iterator[tuple[str, str]]:
    arn, name = notification.resource_arn, notification.resource_name
    match resource_type_of(arn):
        case ResourceType.CHANNEL:
            yield "channel", f"{name or 'without a name'} ({arn})"
            yield "stream", notification.stream_id or "none"
        case ResourceType.ACCOUNT:
            # Its ARN is our own: nobody could look it up.
            yield "account", label_of(arn)
        case _:
            yield noun_of(arn), f"{label_of(arn, name)} ({arn})"
    if notification.owner:
        yield "owner", notification.owner
    if resource_type_of(arn) is not ResourceType.ACCOUNT:
        place = place_of(arn)
        yield "account", f"{place.account} in {place.region}"
