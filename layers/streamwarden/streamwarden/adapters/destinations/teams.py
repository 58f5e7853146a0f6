"""A channel or chat of Microsoft Teams, by the webhook of a workflow, as an Adaptive Card."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from msgspec import Struct, json

from streamwarden.adapters.destinations import Resources
from streamwarden.adapters.http_posts import HttpService
from streamwarden.adapters.notification_text import (
    Fact,
    digest_facts,
    digest_lines,
    facts_of,
    format_counts,
    format_headline,
    is_place_to_look,
)
from streamwarden.adapters.secret_values import only_address
from streamwarden.domain.brief import brief
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.redaction import redacted_struct
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import MessageRefused
from streamwarden.services.ports import Destination

KIND: Final = DestinationKind(
    meaning="A channel or chat of Microsoft Teams, by a workflow that posts what a webhook gets.",
    # Teams throttles who sends more than four messages in a second; one leaves room for others.
    limits=Limits(interval=timedelta(seconds=1)),
    secret="the address of the workflow's trigger (https://…)",  # noqa: S106
    permissions=frozenset({"secretsmanager:GetSecretValue"}),
)

# Teams documents about 28 KB, with all that it puts around the card.
_LARGEST_BYTES: Final = 24_000
# How long one text may be: the first that gives a card which is small enough.
_LENGTHS: Final = (1_000, 300, 100)

_STYLES: Final = {
    Severity.CRITICAL: "attention",
    Severity.HIGH: "warning",
    Severity.MEDIUM: "accent",
    Severity.LOW: "default",
}
_RESOLVED: Final = "good"
# What Markdown reads as markup: anywhere in a line, or at its beginning.
_MARKUP: Final = re.compile(r"[\\`*_\[\]<>~]|^\s*(?:[-+#]|\d+(?=[.)]))", re.MULTILINE)

type Element = dict[str, Any]


class TeamsDestination(Struct, frozen=True):
    """Destination over a workflow. `address` reads where it is, which is a secret."""

    address: Callable[[], str]
    teams: HttpService

    def deliver(self, message: Message) -> None:
        self.teams.post(self.address(), teams_body(redacted_struct(message)))


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    def address() -> str:
        return only_address(resources.secrets(spec.secret))

    teams = resources.service("Microsoft Teams", spec)
    return TeamsDestination(address, teams)


def teams_body(message: Message) -> bytes:
    """The JSON of a message, with its texts cut where the whole would be too large."""
    for longest in _LENGTHS:
        body = json.encode(_envelope(adaptive_card(message, longest)))
        if len(body) <= _LARGEST_BYTES:
            return body
    raise MessageRefused(f"the card has {len(body)} bytes; Teams takes {_LARGEST_BYTES}")


def adaptive_card(message: Message, longest: int) -> dict[str, Any]:
    is_digest = len(message.notifications) > 1
    pairs = digest_facts(message) if is_digest else list(facts_of(message.notifications[0]))
    links = [each for each in pairs if is_place_to_look(each) and each[1].startswith("https://")]
    facts = [each for each in pairs if each not in links]
    body = _digest(message, facts, longest) if is_digest else _incident(facts, longest)
    card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "fallbackText": brief(format_headline(message), longest),
        "body": [_heading(message, longest), *body],
    }
    actions = [{"type": "Action.OpenUrl", "title": label, "url": url} for label, url in links]
    return {**card, "actions": actions} if actions else card


def markdown(text: str, longest: int) -> str:
    """The text as it is, in the Markdown of cards, where a line break takes two."""
    escaped = _MARKUP.sub(_escaped, brief(text, longest))
    return escaped.replace("\n", "\n\n")


def _escaped(found: re.Match[str]) -> str:
    text = found.group()
    # Of `1.` the stop is escaped, of all else the sign.
    return f"{text}\\" if text[-1].isdigit() else f"{text[:-1]}\\{text[-1]}"


def _envelope(card: dict[str, Any]) -> dict[str, Any]:
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _incident(facts: Iterable[Fact], longest: int) -> Iterator[Element]:
    for has_label, few in groupby(facts, lambda each: bool(each[0])):
        if has_label:
            yield _fact_set(few, longest)
        else:
            yield from (_text_block(markdown(text, longest)) for _, text in few)


def _digest(message: Message, facts: Iterable[Fact], longest: int) -> Iterator[Element]:
    listed, rest = digest_lines(message)
    yield _text_block(markdown(format_counts(message), longest), weight="Bolder")
    yield _fact_set(facts, longest)
    for each in listed:
        yield _text_block(f"• {markdown(each, longest)}", spacing="Small")
    if rest:
        yield _text_block(markdown(rest, longest), isSubtle=True)


def _heading(message: Message, longest: int) -> Element:
    are_resolved = all(each.status is NotificationStatus.RESOLVED for each in message.notifications)
    headline = markdown(format_headline(message), longest)
    return {
        "type": "Container",
        "style": _RESOLVED if are_resolved else _STYLES[message.severity],
        "bleed": True,
        "items": [_text_block(headline, weight="Bolder", size="Medium")],
    }


def _fact_set(pairs: Iterable[Fact], longest: int) -> Element:
    facts = [
        {"title": markdown(label, longest), "value": markdown(text, longest)}
        for label, text in pairs
    ]
    return {"type": "FactSet", "facts": facts}


def _text_block(text: str, **looks: object) -> Element:
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}
