"""A channel of Slack, by an incoming webhook, in Block Kit."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import batched, groupby
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
    is_command,
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
from streamwarden.services.ports import Destination

KIND: Final = DestinationKind(
    meaning="A channel of Slack, by an incoming webhook of a Slack app.",
    # Slack, Rate limits: one message a second for each webhook.
    limits=Limits(interval=timedelta(seconds=1)),
    secret="the address of the incoming webhook (https://hooks.slack.com/services/…)",  # noqa: S106
    permissions=frozenset({"secretsmanager:GetSecretValue"}),
)

# Block Kit, blocks and text objects.
_HEADER: Final = 150
_TEXT: Final = 3_000
_FIELD: Final = 2_000
_FIELDS: Final = 10
# A digest stays readable when each of its lines does.
_LINE: Final = 500

_COLOURS: Final = {
    Severity.CRITICAL: "#B3261E",
    Severity.HIGH: "#E8710A",
    Severity.MEDIUM: "#F2C037",
    Severity.LOW: "#4285F4",
}
_RESOLVED: Final = "#188038"
_LINK: Final = re.compile(r"https?://[^\s|]+")

type Block = dict[str, Any]


class SlackDestination(Struct, frozen=True):
    """Destination over an incoming webhook. `address` reads where it is, which is a secret."""

    address: Callable[[], str]
    slack: HttpService

    def deliver(self, message: Message) -> None:
        payload = slack_payload(redacted_struct(message))
        self.slack.post(self.address(), json.encode(payload))


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    def address() -> str:
        return only_address(resources.secrets(spec.secret))

    slack = resources.service("Slack", spec)
    return SlackDestination(address, slack)


def slack_payload(message: Message) -> dict[str, Any]:
    """The JSON of a message. `text` is what shows where blocks do not, as on a locked phone."""
    is_digest = len(message.notifications) > 1
    blocks = _digest(message) if is_digest else _incident(message)
    return {
        "text": mrkdwn(format_headline(message), _TEXT),
        "blocks": [_header(format_headline(message))],
        "attachments": [{"color": _colour(message), "blocks": list(blocks)}],
    }


def mrkdwn(text: str, longest: int) -> str:
    """The text as it is, in Slack's markup: what could be a mention or a link is none."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= longest:
        return escaped
    cut = escaped[: longest - 1]
    start = cut.rfind("&", -len("&amp;"))
    # Half an entity would show as it is.
    is_whole = start < 0 or ";" in cut[start:]
    return f"{cut if is_whole else cut[:start]}…"


def _incident(message: Message) -> Iterator[Block]:
    (notification,) = message.notifications
    for is_field, facts in groupby(facts_of(notification), _is_field):
        if is_field:
            yield from _fields(facts)
        else:
            yield from map(_section_of, facts)


def _digest(message: Message) -> Iterator[Block]:
    listed, rest = digest_lines(message)
    yield _section(f"*{mrkdwn(format_counts(message), _LINE)}*")
    yield from _fields(digest_facts(message))
    lines = [f"• {mrkdwn(each, _LINE)}" for each in listed]
    yield from map(_section, _joined([*lines, *([mrkdwn(rest, _LINE)] if rest else [])]))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines, as many together as one text takes."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > _TEXT:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


def _header(text: str) -> Block:
    plain = {"type": "plain_text", "text": brief(text, _HEADER), "emoji": False}
    return {"type": "header", "text": plain}


def _section(text: str) -> Block:
    return {"type": "section", "text": _text(text)}


def _section_of(fact: Fact) -> Block:
    label, text = fact
    if not is_command(fact):
        return _section(mrkdwn(text, _TEXT))
    return _section(f"*{mrkdwn(label, _LINE)}*\n`{mrkdwn(text, _FIELD)}`")


def _is_field(fact: Fact) -> bool:
    """A command has a line of its own, where it is copied; the text has no label."""
    return bool(fact[0]) and not is_command(fact)


def _fields(pairs: Iterable[Fact]) -> Iterator[Block]:
    for few in batched(pairs, _FIELDS, strict=False):
        yield {"type": "section", "fields": [_text(_field(each)) for each in few]}


def _field(fact: Fact) -> str:
    name = f"*{mrkdwn(fact[0], _LINE)}*"
    return f"{name}\n{_value(fact, _FIELD - len(name) - 1)}"


def _value(fact: Fact, longest: int) -> str:
    """Only what is marked as a link is one."""
    text = fact[1]
    is_address = _LINK.fullmatch(text) is not None and len(text) < longest // 2
    is_link = is_address and is_place_to_look(fact)
    return f"<{mrkdwn(text, longest)}>" if is_link else mrkdwn(text, longest)


def _text(text: str) -> dict[str, Any]:
    """`verbatim`, so that Slack does not look for mentions by itself, such as `@here`."""
    # A text without a sign costs the whole message.
    return {"type": "mrkdwn", "text": text if text.strip() else "-", "verbatim": True}


def _colour(message: Message) -> str:
    if all(each.status is NotificationStatus.RESOLVED for each in message.notifications):
        return _RESOLVED
    return _COLOURS[message.severity]
