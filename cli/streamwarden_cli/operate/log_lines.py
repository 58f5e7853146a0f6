"""What the functions of a stack log of what happens, as lines for people.

`streamwarden.observability` writes these lines. They need the log level INFO or DEBUG.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from streamwarden_cli.console import Cell
from streamwarden_cli.policy.counting import format_count

VERDICT: Final = "verdict"
BREACH: Final = "breach"
RESOLVED: Final = "resolved"
# As Powertools writes it: 2026-01-01 12:00:00,000+0000.
_TIMESTAMP: Final = "%Y-%m-%d %H:%M:%S,%f%z"
_STYLES: Final[Mapping[str, str]] = {
    BREACH: "red",
    RESOLVED: "green",
    "requested": "magenta",
    "finished": "magenta",
    "notified": "blue",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One thing that happened. `resource_arn` is empty for what is about the whole account.

    A `verdict` is no news by itself: it gives the reason of the breach that opens by it.
    """

    at: datetime
    what: str
    resource_arn: str
    rule_id: str
    text: str

    @property
    def word(self) -> Cell:
        return self.what, _STYLES.get(self.what, "")

    def values(self, name: str) -> dict[str, Any]:
        return {
            "at": self.at,
            "what": self.what,
            "resource_arn": self.resource_arn or None,
            "name": name or None,
            "rule": self.rule_id or None,
            "text": self.text,
        }


def read_lines(message: str, logged_at: datetime) -> Iterator[LogLine]:
    """What one line of a log says; mostly nothing.

    A line's own time is the one that counts: it may reach the log once its function has ended.
    """
    entry = _entry(message)
    at = _own_time(entry) or logged_at
    arn = str(entry.get("resource_arn", ""))
    for what, rule_id, text in _news(entry):
        yield LogLine(at=at, what=what, resource_arn=arn, rule_id=rule_id, text=text)


def _entry(message: str) -> Mapping[str, Any]:
    """Lambda writes lines of its own, which are no JSON, and may put its own words before ours."""
    begin = message.find("{")
    try:
        entry = json.loads(message[begin:]) if begin >= 0 else {}
    except json.JSONDecodeError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _own_time(entry: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.strptime(str(entry.get("timestamp")), _TIMESTAMP)  # noqa: DTZ007  # it has %z
    except ValueError:
        return None


def _news(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A word for what happened, the rule that it is about, and a text."""
    rule = str(entry.get("rule", ""))
    match entry:
        case {"message": "verdict", "verdict": "breach", "reason": reason, "mode": mode}:
            yield VERDICT, rule, f"{reason} ({mode})"
        case {"message": "decided", "opened": [*opened], "resolved": [*resolved]}:
            yield from ((RESOLVED, _rule_of(each), "") for each in resolved)
            yield from ((BREACH, _rule_of(each), "") for each in opened)
        case {"message": "action requested", "action": action, "attempt": attempt}:
            yield "requested", rule, f"{action}{_again(attempt)}"
        case {"message": "action finished", "action": action, "outcome": outcome}:
            yield "finished", rule, f"{action} {outcome}: {entry.get('outcome_reason', '')}"
        case {"message": "rotation", "outcome": outcome}:
            yield "rotation", rule, f"{outcome}: {entry.get('outcome_reason', '')}"
        case {"destination": str(destination)}:
            yield from _of_destination(entry, rule, destination)
        case {"message": "swept", "channels": int(channels), "differences": int(differences)}:
            found = format_count(differences, "difference")
            yield "swept", rule, f"{format_count(channels, 'channel')}, {found}"
        case {"message": "message failed"}:
            yield "failed", rule, "a message failed: it is tried again, or dead-lettered"
        case _:
            pass


def _of_destination(
    entry: Mapping[str, Any], rule: str, destination: str
) -> Iterator[tuple[str, str, str]]:
    match entry:
        case {"message": "notification delivered", "title": title}:
            yield "notified", rule, f"{destination}: {title}"
        case {"message": "notification not delivered", "reason": reason}:
            yield "not sent", rule, f"{destination}: {reason}"
        case {"message": "destination fails", "reason": reason}:
            yield "failed", rule, f"destination {destination}: {reason}"
        case _:
            pass


def _rule_of(breach_id: object) -> str:
    return str(breach_id).partition("/")[0]


def _again(attempt: object) -> str:
    return f", attempt {attempt}" if isinstance(attempt, int) and attempt > 1 else ""
