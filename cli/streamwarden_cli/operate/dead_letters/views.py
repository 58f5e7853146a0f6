"""Letters as people and programs see them: one line each, or one of them whole."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from streamwarden.domain.duration import format_duration
from streamwarden_cli.console import Cell
from streamwarden_cli.operate.dead_letters.content import describe_content
from streamwarden_cli.operate.dead_letters.destination import (
    Destinations,
    Nowhere,
    describe_destination,
)
from streamwarden_cli.operate.dead_letters.handling import Done, Handled
from streamwarden_cli.operate.dead_letters.letter import DeadLetter, PutBy, parsed
from streamwarden_cli.operate.dead_letters.taking import Found
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import format_moment_ago

_PUT_BY: Final = {
    PutBy.STREAMWARDEN: "a function of the stack",
    PutBy.EVENTBRIDGE: "EventBridge, which could not deliver it",
    PutBy.SCHEDULER: "EventBridge Scheduler, which could not deliver it",
    PutBy.LAMBDA: "Lambda, after its last retry",
    PutBy.SQS: "SQS",
}
_STYLES: Final = {
    Done.REDRIVEN: "green",
    Done.DISCARDED: "",
    Done.LEFT: "yellow",
    Done.FAILED_AGAIN: "red",
}


def letters_section(
    letters: Sequence[DeadLetter], destinations: Destinations, now: datetime
) -> Section:
    return Section(
        key="dead_letters",
        title="Dead letters",
        headings=("id", "queue", "age", "what", "reason"),
        rows=[_row(each, now) for each in letters],
        values=[_values(each, destinations) for each in letters],
        empty="there is none",
    )


def hidden_section(found: Found) -> Section:
    return Section(
        key="hidden",
        title="Not shown: behind others of their group, or somebody else is looking at them",
        headings=("queue", "letters"),
        rows=[(queue, f"{count:,}") for queue, count in found.hidden.items()],
        values=found.hidden,
    )


def letter_section(letter: DeadLetter, destinations: Destinations, now: datetime) -> Section:
    destination = destinations.of(letter)
    style = "yellow" if isinstance(destination, Nowhere) else ""
    rows: list[Row] = [
        ("what", describe_content(letter)),
        ("reason", letter.reason),
        ("put there by", _PUT_BY[letter.put_by]),
        ("since", format_moment_ago(letter.sent_at, now)),
        ("queue", letter.queue),
        ("belongs to", (describe_destination(destination), style)),
    ]
    if letter.group is not None:
        rows.append(("group", letter.group))
    values = _values(letter, destinations) | {"content": _content(letter)}
    return Section("dead_letter", f"Dead letter {letter.id}", rows, values)


def content_section(letter: DeadLetter) -> Section:
    """The text itself, for people: JSON goes on several lines."""
    content = _content(letter)
    text = content if isinstance(content, str) else json.dumps(content, indent=2)
    return Section("content", "Content", [(line,) for line in text.splitlines()], None)


def handled_section(handled: Sequence[Handled], reason: str) -> Section:
    """`reason` is why letters were discarded. What is gone is said whole, for programs."""
    return Section(
        key="dead_letters",
        title=f"Dead letters: {reason}" if reason else "Dead letters",
        headings=("id", "queue", "done", "what", "where to, or why not"),
        rows=[
            (
                each.letter.id,
                each.letter.queue,
                (each.done.value, _STYLES[each.done]),
                describe_content(each.letter),
                each.text or "-",
            )
            for each in handled
        ],
        values=[
            {
                "id": each.letter.id,
                "queue": each.letter.queue,
                "done": each.done,
                "text": each.text,
                "what": describe_content(each.letter),
                "reason": each.letter.reason,
                "discarded_because": reason or None,
                "content": _content(each.letter),
            }
            for each in handled
        ],
        empty="there is none",
    )


def _row(letter: DeadLetter, now: datetime) -> Row:
    reason: Cell = letter.reason, "red"
    age = format_duration(max(now - letter.sent_at, timedelta()))
    return letter.id, letter.queue, age, describe_content(letter), reason


def _values(letter: DeadLetter, destinations: Destinations) -> dict[str, Any]:
    destination = destinations.of(letter)
    return {
        "id": letter.id,
        "original_id": letter.original_id,
        "queue": letter.queue,
        "put_by": letter.put_by,
        "what": describe_content(letter),
        "reason": letter.reason,
        "sent_at": letter.sent_at,
        "group": letter.group,
        "belongs_to": describe_destination(destination),
        "can_be_redriven": not isinstance(destination, Nowhere),
    }


def _content(letter: DeadLetter) -> Any:
    value = parsed(letter.body)
    return letter.body if value is None else value
