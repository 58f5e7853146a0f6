"""What people read of a message, the same words at every destination.

The order is that of the questions of somebody who is woken by it: what, where, since when, why,
what was done and what comes next, how to undo it, where to look.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sized
from datetime import datetime
from typing import Final

from streamwarden.domain.arn import ResourceType, label_of, noun_of, place_of, resource_type_of
from streamwarden.domain.brief import brief
from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.baseline_incident import format_baseline
from streamwarden.domain.notifications.links import console_link as console_link
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.places import region_in_words
from streamwarden.domain.notifications.undoing import is_exempting
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes

# More is no reading. `streamwarden open` lists all that are open.
_LISTED: Final = 20
# Of the others a text has the names, as far as people look for one.
_LONGEST_NAMES: Final = 20_000
_BASELINE: Final = (
    "A first look has found these; they may be older. From now on each change is told."
)

_RUNBOOK: Final = "runbook"
_CONSOLE: Final = "console"
_UNDO: Final = "to undo it"
_EXEMPT: Final = "to exempt it"

type Fact = tuple[str, str]


def format_headline(message: Message) -> str:
    """One line: the severity and what it is about."""
    return f"[{message.severity}] {format_title(message)}"


def format_title(message: Message) -> str:
    first = message.notifications[0]
    reminder = "still open: " if message.is_reminder else ""
    if len(message.notifications) == 1:
        return f"{reminder}{first.title}"
    return f"{reminder}{_subject(message)}: {format_counts(message)}"


def format_counts(message: Message) -> str:
    """`700 opened, 22 resolved`, in words of the incidents' life."""
    if message.baseline is not None:
        return format_baseline(message.baseline, message.notifications)
    counts = Counter(each.status for each in message.notifications)
    return ", ".join(f"{counts[each]} {each}" for each in NotificationStatus if counts[each])


def format_body(message: Message) -> str:
    """Everything but the headline, in paragraphs."""
    if len(message.notifications) == 1:
        paragraphs = [fact_lines(each) for each in _parts_of(message.notifications[0])]
    else:
        paragraphs = list(_digest_parts(message))
    return "\n\n".join("\n".join(each) for each in paragraphs if each)


def facts_of(notification: Notification) -> Iterator[Fact]:
    """What one notification says, as pairs of a label and a text. The text of the notification
    itself has no label.
    """
    for part in _parts_of(notification):
        yield from part


def digest_facts(message: Message) -> list[Fact]:
    """What holds of all incidents of a digest: where they are, and the rule if it is one."""
    places = [("account", each) for each in _places(message)]
    if not _is_about_one(_rules(message)):
        return places
    first = message.notifications[0]
    return [*places, ("rule", first.rule_id), *_notes_of(first.notes)]


def digest_lines(message: Message) -> tuple[list[str], str]:
    """A line for each incident that a digest lists, and a sentence about the others; empty
    without.
    """
    listed = message.notifications[:_LISTED]
    more = len(message.notifications) - len(listed)
    rest = f"{more} more. `streamwarden open` lists what is open." if more else ""
    is_about_one_rule = _is_about_one(_rules(message))
    return [_listed_line(each, is_about_one_rule=is_about_one_rule) for each in listed], rest


def is_place_to_look(fact: Fact) -> bool:
    """Whether it may be a link: not what a tag or a name holds, which anybody may have written."""
    return fact[0] in (_RUNBOOK, _CONSOLE)


def is_command(fact: Fact) -> bool:
    return fact[0] in (_UNDO, _EXEMPT)


def purpose_of(command: str) -> str:
    """`to undo it`, as far as the command takes anything back."""
    return _EXEMPT if is_exempting(command) else _UNDO


def note_lines(notes: RuleNotes | None) -> list[str]:
    """`runbook: https://…`, and so on."""
    return fact_lines(_notes_of(notes))


def fact_lines(facts: Iterable[Fact]) -> list[str]:
    return [f"{label}: {text}" if label else text for label, text in facts]


def _notes_of(notes: RuleNotes | None) -> list[Fact]:
    return [*_reasons_of(notes), *_runbook_of(notes)]


def _parts_of(notification: Notification) -> Iterator[list[Fact]]:
    """One part for each question: where and since when, why, what is done, how to undo it, where to
    look.
    """
    notes = notification.notes
    yield [*_where(notification), *_when(notification)]
    yield [("status", notification.status), ("rule", notification.rule_id), *_reasons_of(notes)]
    yield [("", notification.text), *_recording_of(notification)]
    yield [(purpose_of(each), each) for each in notification.undo]
    link = console_link(notification.resource_arn)
    yield [*_runbook_of(notes), *([(_CONSOLE, link)] if link else [])]


def _where(notification: Notification) -> Iterator[Fact]:
    arn, name = notification.resource_arn, notification.resource_name
    place = place_of(arn)
    is_account = resource_type_of(arn) is ResourceType.ACCOUNT
    if not is_account:  # whose ARN is our own: nobody could look it up
        yield noun_of(arn), f"{label_of(arn, name)} ({arn})"
    if notification.owner:
        yield "owner", notification.owner
    if notification.stream_id:
        yield "stream", notification.stream_id
    yield "account", f"{place.account} in {region_in_words(place.region)}"


def _when(notification: Notification) -> Iterator[Fact]:
    since, at = notification.since, notification.at
    if since is None:
        yield "at", _moment(at)
        return
    yield "since", _moment(since)
    if notification.status is NotificationStatus.RESOLVED:
        yield "until", f"{_moment(at)}, after {format_duration(at - since)}"
    elif at > since:
        yield "decided at", _moment(at)


def _recording_of(notification: Notification) -> list[Fact]:
    ready = notification.recording
    if ready is None or not (ready.bucket and ready.prefix):
        return []
    place = f"s3://{ready.bucket}"
    return [
        ("recording", f"{place}/{ready.prefix}/"),
        ("playlist", f"{place}/{ready.playlist}"),
    ]


def _reasons_of(notes: RuleNotes | None) -> list[Fact]:
    if notes is None:
        return []
    pairs = (("why", notes.description), ("rule owner", notes.owner))
    return [(label, note) for label, note in pairs if note]


def _runbook_of(notes: RuleNotes | None) -> list[Fact]:
    return [(_RUNBOOK, notes.runbook)] if notes is not None and notes.runbook else []


def _digest_parts(message: Message) -> Iterator[list[str]]:
    lines, rest = digest_lines(message)
    yield [format_counts(message)]
    if message.baseline is not None:
        yield [_BASELINE]
    yield fact_lines(digest_facts(message))
    yield [f"- {each}" for each in lines]
    if rest:
        yield [rest, f"They are about: {_names(message.notifications[len(lines) :])}"]


def _listed_line(notification: Notification, *, is_about_one_rule: bool) -> str:
    """The title names the rule where others stand beside it."""
    if not is_about_one_rule:
        return f"{notification.title}. {notification.text}"
    name = label_of(notification.resource_arn, notification.resource_name)
    return f"{name}: {notification.status}. {notification.text}"


def _names(notifications: Iterable[Notification]) -> str:
    names = dict.fromkeys(label_of(each.resource_arn, each.resource_name) for each in notifications)
    return brief(", ".join(names), _LONGEST_NAMES)


def _subject(message: Message) -> str:
    """What the incidents of a digest have in common."""
    first = message.notifications[0]
    if _is_about_one(_rules(message)):
        return first.rule_id
    if _is_about_one({each.resource_arn for each in message.notifications}):
        return label_of(first.resource_arn, first.resource_name)
    owners = {each.owner for each in message.notifications}
    return f"owner {first.owner}" if _is_about_one(owners) and first.owner else "several rules"


def _rules(message: Message) -> set[str]:
    return {each.rule_id for each in message.notifications}


def _is_about_one(values: Sized) -> bool:
    return len(values) == 1


def _places(message: Message) -> list[str]:
    places = dict.fromkeys(place_of(each.resource_arn) for each in message.notifications)
    return [f"{each.account} in {region_in_words(each.region)}" for each in places]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
