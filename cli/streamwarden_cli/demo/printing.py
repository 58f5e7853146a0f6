"""Prints a run for people: the rules in force, then what happened, channel by channel."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from streamwarden.domain.policy import Policy
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.console import Cell, Columns, print_line
from streamwarden_cli.demo.chat import SentMessage
from streamwarden_cli.demo.checks import Check
from streamwarden_cli.demo.watch import Line

WIDTH: Final = 100
_WORDS: Final = (8, 8)
# What stands before the text of a line: the indent, the time, the word and the gaps.
_BESIDE: Final = 2 + 8 + 2 + 8 + 2
# So many groups of messages are shown of each destination.
_SHOWN: Final = 3
_COUNT: Final = 4
_COLOURS: Final = {
    "breach": "red",
    "encoder": "blue",
    "held": "yellow",
    "ivs call": "cyan",
    "notified": "magenta",
}


def print_rules(policy: Policy) -> None:
    columns = Columns(17, 7, indent=2)
    for rule in policy.rules:
        notes = rule.headings[Mode.ENFORCE].notes
        columns.print(rule.id, rule.mode, notes.description if notes else "")


def print_channel(channel: str, lines: Iterable[Line], claims: Sequence[Check]) -> list[Check]:
    """What happened on a channel, and what is true of it now; the claims that do not hold."""
    print_line((channel, "bold"))
    columns = Columns(*_WORDS, indent=2)
    for line in lines:
        word = (line.word, _COLOURS.get(line.word, ""))
        columns.print(f"{line.at:%H:%M:%S}", word, _shortened(line.text, _BESIDE))
    return [claim for claim in claims if not _print_claim(claim)]


def together(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of channels that are shown as one: what befell several of them is one line."""
    alike: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        alike.setdefault((line.word, line.text.partition(" ")[0]), []).append(line)
    everyone = {line.channel for line in lines}
    for first, *others in alike.values():
        names = dict.fromkeys(line.channel for line in (first, *others))
        who = "all of them" if len(names) == len(everyone) > 1 else ", ".join(names)
        yield replace(first, text=f"{who}: {first.text}")


def print_claims(about: str, claims: Iterable[Check]) -> list[Check]:
    """What is true of a channel, or of something else; the claims that do not hold."""
    return [claim for claim in claims if not _print_claim(claim, about)]


def print_messages(messages: Iterable[SentMessage]) -> None:
    """What each destination was sent: the messages about most notifications first, and those that
    say the same of several channels together.
    """
    found: dict[str, list[SentMessage]] = {}
    for message in messages:
        found.setdefault(message.destination, []).append(message)
    columns = Columns(_COUNT, indent=2)
    for destination, sent in found.items():
        notified = sum(each.notifications for each in sent)
        heading = f"{destination}: {len(sent)} messages with {notified} notifications, most of them"
        print_line((heading, "bold"))
        for group in sorted(_alike(sent), key=lambda each: -each.notifications)[:_SHOWN]:
            columns.print(str(group.notifications), _shortened(group.headline, _COUNT + 4))


def _alike(messages: Iterable[SentMessage]) -> Iterator[SentMessage]:
    """Of messages that differ in the channel alone, one that names all of these."""
    groups: dict[tuple[str, str], list[SentMessage]] = {}
    for message in messages:
        severity, _, rest = message.headline.partition(" ")
        groups.setdefault((severity, rest.partition(": ")[2] or rest), []).append(message)
    for (severity, title), (first, *others) in groups.items():
        if not others:
            yield first
            continue
        names = [each.headline.partition(" ")[2].partition(": ")[0] for each in (first, *others)]
        total = sum(each.notifications for each in (first, *others))
        yield replace(
            first, headline=f"{severity} {title}: {', '.join(names)}", notifications=total
        )


def print_heading(text: str) -> None:
    print()
    print_line((text, "bold"))


def _print_claim(claim: Check, about: str = "") -> bool:
    holds = claim.holds()
    answer: Cell = ("yes", "green") if holds else ("NO", "red")
    if about:
        Columns(8, 12, indent=2).print(answer, about, claim.claim)
    else:
        Columns(8, indent=2).print(answer, claim.claim)
    return holds


def _shortened(text: str, beside: int) -> str:
    room = WIDTH - beside
    return text if len(text) <= room else f"{text[: room - 1]}…"
