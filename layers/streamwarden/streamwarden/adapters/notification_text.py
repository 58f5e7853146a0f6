"""What people read of a notification, the same words at every destination."""

from streamwarden.domain.arn import ResourceType, label_of, noun_of, resource_type_of
from streamwarden.domain.verdicts import Notification, RuleNotes


def format_headline(notification: Notification) -> str:
    return f"[{notification.severity}] {notification.title}"


def format_message(notification: Notification) -> str:
    lines = [
        notification.text,
        "",
        f"status: {notification.status}",
        f"rule: {notification.rule_id}",
        *note_lines(notification.notes),
        *_subject_lines(notification),
        f"at: {notification.at:%Y-%m-%d %H:%M:%S} UTC",
    ]
    return "\n".join(lines)


def note_lines(notes: RuleNotes | None) -> list[str]:
    """`owner: broadcast desk`, and so on, for what the author of a rule says."""
    if notes is None:
        return []
    lines = (("why", notes.description), ("owner", notes.owner), ("runbook", notes.runbook))
    return [f"{name}: {note}" for name, note in lines if note]


def _subject_lines(notification: Notification) -> list[str]:
    arn, name = notification.resource_arn, notification.resource_name
    match resource_type_of(arn):
        case ResourceType.CHANNEL:
            channel = f"channel: {name or 'without a name'} ({arn})"
            return [channel, f"stream: {notification.stream_id or 'none'}"]
        case ResourceType.ACCOUNT:
            # Its ARN is our own: nobody could look it up.
            return [f"account: {label_of(arn)}"]
        case _:
            return [f"{noun_of(arn)}: {label_of(arn, name)} ({arn})"]
