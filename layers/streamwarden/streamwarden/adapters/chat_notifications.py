"""Custom notifications of Amazon Q Developer in chat applications (formerly AWS Chatbot).

It reads them from a topic, and shows them in channels of Slack and Microsoft Teams. Version 1.0 of
the schema: Administrator Guide, Custom notifications.
"""

from collections.abc import Iterator
from typing import Any, Final

from streamwarden.adapters.notification_text import (
    console_link,
    digest_facts,
    digest_lines,
    fact_lines,
    facts_of,
    format_headline,
    format_title,
    purpose_of,
)
from streamwarden.domain.arn import label_of, noun_of, place_of
from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.places import region_in_words
from streamwarden.domain.verdicts import Notification

# The guide gives no limits. Slack shows 3,000 characters of a text, and 150 of a header.
_TITLE: Final = 150
_DESCRIPTION: Final = 3_000
_STEP: Final = 500
# Where it is has a line of its own, and what comes next is a step. The text has no label.
_DESCRIBED: Final = ("at", "since", "until", "decided at", "rule", "why", "")
_EVENT_TYPE: Final = "StreamwardenIncident"


def chat_notification(message: Message) -> dict[str, Any]:
    """The JSON of a message. All that is told of one incident is one thread."""
    notifications = message.notifications
    content = {
        "textType": "client-markdown",
        "title": plain(format_headline(message), _TITLE),
        "description": plain(_description(message), _DESCRIPTION),
        "nextSteps": list(_next_steps(notifications[0])) if len(notifications) == 1 else [],
        "keywords": list(_keywords(message)),
    }
    return {
        "version": "1.0",
        "source": "custom",
        "id": message.id,
        "content": {name: value for name, value in content.items() if value},
        "metadata": {
            "threadId": notifications[0].incident if len(notifications) == 1 else message.id,
            "summary": plain(format_title(message), _TITLE),
            "eventType": _EVENT_TYPE,
            "relatedResources": list(dict.fromkeys(each.resource_arn for each in notifications)),
            "additionalContext": {"severity": message.severity.value},
        },
    }


def plain(text: str, longest: int) -> str:
    """A text that calls nobody (`@here` does, and `<!channel>`) and hides no address in a word."""
    cut = brief(text, longest)
    escaped = cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("@", "@\u200b").replace("](", "]\u200b(")


def _description(message: Message) -> str:
    if len(message.notifications) > 1:
        listed, rest = digest_lines(message)
        lines = [*fact_lines(digest_facts(message)), *(f"• {each}" for each in listed), rest]
        return "\n".join(lines).rstrip()
    (notification,) = message.notifications
    facts = [each for each in facts_of(notification) if each[0] in _DESCRIBED]
    return "\n".join([_place(notification), *fact_lines(facts)])


def _place(notification: Notification) -> str:
    arn, place = notification.resource_arn, place_of(notification.resource_arn)
    owner = f", of {notification.owner}" if notification.owner else ""
    resource = f"{noun_of(arn)} {label_of(arn, notification.resource_name)}{owner}"
    return f"{resource}, in {place.account}, {region_in_words(place.region)}"


def _next_steps(notification: Notification) -> Iterator[str]:
    for command in notification.undo:
        yield f"{purpose_of(command).capitalize()}: {plain(command, _STEP)}"
    runbook = notification.notes.runbook if notification.notes else ""
    if runbook:
        yield f"Runbook: {plain(runbook, _STEP)}"
    console = console_link(notification.resource_arn)
    if console:
        yield f"Console: {console}"


def _keywords(message: Message) -> Iterator[str]:
    yield message.severity.value
    notified = message.notifications
    names = [*(each.rule_id for each in notified), *(each.owner for each in notified if each.owner)]
    yield from (plain(each, _STEP) for each in list(dict.fromkeys(names))[:5])
