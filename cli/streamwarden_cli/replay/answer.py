"""The answer of a replay for people: what would have been done and told, one line an incident.

The acting comes first. Lines are at most 100 columns wide; what is longer goes on below its column.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from textwrap import wrap
from typing import Final

from streamwarden.adapters.notification_text import note_lines
from streamwarden_cli.console import Cell
from streamwarden_cli.replay.records import (
    ActionsDone,
    IncidentRecord,
    RejectedRecord,
    SummaryRecord,
)
from streamwarden_cli.replay.text import WIDTH, cut, label

_NAME, _RULE = 16, 18
_DONE: Final = "done"
_HELD: Final = "held"
_OBSERVED: Final = "observe"

type Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a replay. `name_of` gives the name of a channel; `zone` is that of the times.

    `done` says how often each kind of action was done, also before a breach, as viewers are warned.
    `has_notes` says that what the author of a rule says stands below its incidents, `has_time` that
    anything says when it is: where all was rejected, nothing does.
    """

    begins_at: datetime
    incidents: Sequence[IncidentRecord]
    notifications: int
    done: Mapping[str, int]
    rejected: Sequence[RejectedRecord]
    summary: SummaryRecord
    name_of: Callable[[str], str]
    zone: tzinfo
    has_notes: bool = False
    has_time: bool = True

    @property
    def widths(self) -> tuple[int, int, int]:
        """Of the moment, what it is about, and the rule; the sentence has the rest."""
        return len(self._moment(self.begins_at)), _NAME, _RULE

    def heading(self) -> Iterator[str]:
        """When, how much was played, and how much would have been done."""
        return (line for each in self._heading() for line in _wrapped(each))

    def _heading(self) -> Iterator[str]:
        summary = self.summary
        played = f"{_count(summary.events, 'event')} played, {summary.rejected} rejected"
        if not self.has_time:
            yield played
            return
        yield f"{self._time(self.begins_at)} to {self._time(summary.at)}: {played}"
        done = ", ".join(f"{kind} {times}" for kind, times in self.done.items())
        held = sum(_is_held(each) for each in self.incidents)
        still_open = sum(each.resolved_at is None for each in self.incidents)
        yield (
            f"Would have done: {done or 'nothing'}. "
            + f"Held back: {held}. " * bool(held)
            + f"{_count(self.notifications, 'notification')}. "
            f"{_count(len(self.incidents), 'incident')}, {still_open} still open."
        )
        if summary.assumed_channels:
            yield (
                "Taken as without tags, since only events are known: "
                f"{_count(summary.assumed_channels, 'channel')}. Give --fleet."
            )

    def sections(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """A title, and a row for each line below it; without those that are empty."""
        held = [each for each in self.incidents if _is_held(each)]
        rest = [each for each in self.incidents if not _is_held(each)]
        others = [each for each in rest if not each.actions]
        yield from self._section("Acted", [each for each in rest if each.actions])
        yield from self._section("Held back by a brake", held)
        yield from self._section("Notified", [each for each in others if not _is_silent(each)])
        yield from self._section(
            "Observed only: nobody is notified", [each for each in others if _is_silent(each)]
        )

    def rejections(self) -> Iterator[str]:
        texts = (f"{each.position}: {each.reason}" for each in self.rejected)
        return (line for each in texts for line in _wrapped(each))

    def _section(
        self, title: str, incidents: Sequence[IncidentRecord]
    ) -> Iterator[tuple[str, Iterable[Row]]]:
        if incidents:
            yield title, (row for each in incidents for row in self._rows(each))

    def _rows(self, incident: IncidentRecord) -> Iterator[Row]:
        arn = incident.channel_arn
        name, rule = cut(self.name_of(arn) or label(arn), _NAME), cut(incident.rule, _RULE)
        style = "red" if incident.resolved_at is None else ""
        yield self._moment(incident.opened_at), name, rule, (self._sentence(incident), style)
        for note in note_lines(incident.notes) if self.has_notes else ():
            yield ("", "", "", (note, "dim"))

    def _sentence(self, incident: IncidentRecord) -> str:
        made = (each for each in incident.actions if each.outcome != _HELD)
        done = ", ".join(self._done(each, incident.opened_at) for each in made)
        repeated = f", {incident.breaches} breaches" if incident.breaches > 1 else ""
        return (
            f"{done}: " * bool(done)
            + f"{incident.reason}{repeated}; "
            + f"held, because {incident.held}; " * _is_held(incident)
            + (f"resolved {self._moment(at)}" if (at := incident.resolved_at) else "still open")
        )

    def _done(self, each: ActionsDone, opened_at: datetime) -> str:
        outcome = "" if each.outcome == _DONE else f" {each.outcome} ({each.reason})"
        times = f" {each.times} times" if each.times > 1 else ""
        later = f" at {self._moment(each.first_at)}" if each.first_at > opened_at else ""
        return f"{each.action}{outcome}{times}{later}"

    def _moment(self, at: datetime) -> str:
        """With its date, unless all is on one day."""
        first = min([self.begins_at, *(each.opened_at for each in self.incidents[:1])])
        begin, end = (each.astimezone(self.zone) for each in (first, self.summary.at))
        is_one_day = begin.date() == end.date()
        return f"{at.astimezone(self.zone):{'%H:%M:%S' if is_one_day else '%m-%d %H:%M:%S'}}"

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}"


def _wrapped(text: str) -> list[str]:
    """In lines that begin below each other. A path stays in one piece, for those who open it."""
    return wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)


def _is_held(incident: IncidentRecord) -> bool:
    """Whether a brake held its action, and nothing was done."""
    return bool(incident.held) and not any(each.outcome == _DONE for each in incident.actions)


def _is_silent(incident: IncidentRecord) -> bool:
    return incident.mode == _OBSERVED


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
