"""Bodies of webhooks as a policy writes them: JSON with placeholders, such as `{severity}`.

Values are put into the texts of a JSON value and never into its own text, so that it stays valid
whatever a value holds.
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from msgspec import UNSET, json

from streamwarden.adapters.notification_text import console_link, format_title
from streamwarden.domain.arn import label_of, noun_of, place_of
from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import RuleNotes

# What each placeholder stands for, which is also the reference.
PLACEHOLDERS: Final[Mapping[str, str]] = {
    "account": "the account of the resource",
    "at": "when the message was decided, as in 2026-03-14T12:00:00+00:00",
    "console": "the address of the channel in the AWS console",
    "description": "what the rule is for, in the words of its author",
    "document": "the JSON that a webhook without a template is sent",
    "id": "names the message: the same when it is sent again",
    "key": "names the incident: the same from its opening to its end; at most 255 characters",
    "owner": "who owns the resource, by its tag",
    "region": "the region of the resource",
    "resource": "the ARN of the resource",
    "resource_name": "its name, or its ARN if it has none",
    "resource_type": "its type, such as channel",
    "rule": "the id of the rule",
    "rule_owner": "who answers for the rule",
    "runbook": "what to do, as the rule says",
    "severity": "critical, high, medium or low",
    "short_key": "names the incident in 32 letters and digits, for an address",
    "since": "when the incident began",
    "status": "warning, opened, repeated, escalated, acknowledged, resolved or changed",
    "stream": "the id of the stream, where the incident is about one",
    "tags": "the tags of the resource that routes read, as an object",
    "text": "why, what is done and what comes next",
    "title": "one line that says what it is about",
    "undo": "commands that take back or prevent what is done, as a list",
}
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)(?::([1-9][0-9]{0,4}))?\}")

type Values = Mapping[str, Any]


def values_of(message: Message) -> Values:
    """What the placeholders stand for in a message about one incident."""
    (notification,) = message.notifications
    arn, notes = notification.resource_arn, notification.notes or RuleNotes()
    place, since = place_of(arn), notification.since
    return {
        "account": place.account,
        "at": notification.at.isoformat(),
        "console": console_link(arn),
        "description": notes.description,
        "document": message_document(message),
        "id": message.id,
        "key": notification.incident,
        "owner": notification.owner,
        "region": place.region,
        "resource": arn,
        "resource_name": label_of(arn, notification.resource_name),
        "resource_type": noun_of(arn),
        "rule": notification.rule_id,
        "rule_owner": notes.owner,
        "runbook": notes.runbook,
        "severity": notification.severity.value,
        "short_key": sha256(notification.incident.encode()).hexdigest()[:32],
        "since": since.isoformat() if since else "",
        "status": notification.status.value,
        "stream": notification.stream_id or "",
        "tags": dict(notification.tags),
        "text": notification.text,
        "title": format_title(message),
        "undo": list(notification.undo),
    }


def in_words(values: Values, words: Mapping[str, Mapping[str, str]]) -> Values:
    """The values in the words of a service, such as P1 for critical. Only texts have others."""
    texts = {name: values[name] for name in words if isinstance(values[name], str)}
    replaced = {name: words[name].get(text, text) for name, text in texts.items()}
    return {**values, **replaced}


def filled(template: object, values: Values) -> object:
    """The template with its placeholders filled in.

    A text that is one placeholder becomes its value, also where this is a list or an object. Where
    there is no value, a member of an object or an item of a list is left out.
    """
    match template:
        case str():
            return _filled_text(template, values)
        case list():
            return [each for each in (filled(item, values) for item in template) if _is_set(each)]
        case dict():
            members = ((name, filled(value, values)) for name, value in template.items())
            return {name: value for name, value in members if _is_set(value)}
        case _:
            return template


def filled_path(path: str, values: Values) -> str:
    """A part of an address, in which no value means more than itself."""
    return _PLACEHOLDER.sub(lambda found: quote(_text_of(found, values), safe=""), path)


def is_placeholder(template: object) -> bool:
    """Whether it is one placeholder and nothing else: where this has no value, nothing is left."""
    return isinstance(template, str) and _PLACEHOLDER.fullmatch(template) is not None


def unknown_placeholders(template: object) -> Iterator[str]:
    """The names that stand for nothing."""
    match template:
        case str():
            names = (found.group(1) for found in _PLACEHOLDER.finditer(template))
            yield from (each for each in names if each not in PLACEHOLDERS)
        case list():
            for item in template:
                yield from unknown_placeholders(item)
        case dict():
            for value in template.values():
                yield from unknown_placeholders(value)
        case _:
            return


def _filled_text(text: str, values: Values) -> object:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole is None:
        return _PLACEHOLDER.sub(lambda found: _text_of(found, values), text)
    value = values[whole.group(1)]
    if not value:
        return UNSET
    return _text_of(whole, values) if isinstance(value, str) else value


def _text_of(found: re.Match[str], values: Values) -> str:
    value, longest = values[found.group(1)], found.group(2)
    text = value if isinstance(value, str) else json.encode(value).decode()
    return brief(text, int(longest)) if longest else text


def _is_set(value: object) -> bool:
    return value is not UNSET
