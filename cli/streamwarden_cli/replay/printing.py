"""Prints a replay for people: the answer at its end, with `--verbose` also every record."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden_cli.console import Columns, print_line
from streamwarden_cli.replay.answer import Answer
from streamwarden_cli.replay.records import (
    ActionRecord,
    IncidentRecord,
    NotificationRecord,
    Record,
    RejectedRecord,
    SummaryRecord,
)
from streamwarden_cli.replay.text import WIDTH, WIDTHS, cells_of

type NameOf = Callable[[str], str]


@dataclass
class Printer:
    """`name_of` gives the name of a channel; `zone` is that of the times from `begins_at` on, if
    anything `has_time`.
    """

    name_of: NameOf
    zone: tzinfo
    begins_at: datetime
    is_verbose: bool
    has_time: bool
    _notifications: int = 0
    _done: Counter[str] = field(default_factory=Counter)
    _incidents: list[IncidentRecord] = field(default_factory=list)
    _rejected: list[RejectedRecord] = field(default_factory=list)
    _columns: Columns = field(default_factory=lambda: Columns(*WIDTHS, most=WIDTH))

    def show(self, record: Record, *, is_listed: bool = True) -> None:
        """The summary is the last record: with it comes the answer, which counts all records."""
        match record:
            case SummaryRecord():
                self._print_answer(record)
                return
            case IncidentRecord():
                self._incidents.append(record)
                return
            case RejectedRecord():
                self._rejected.append(record)
            case NotificationRecord():
                self._notifications += 1
            case ActionRecord(outcome=OutcomeStatus.DONE):
                self._done[record.action] += 1
            case _:
                pass
        if self.is_verbose and is_listed:
            self._columns.print(*cells_of(record, self.name_of, self.zone))

    def _print_answer(self, summary: SummaryRecord) -> None:
        answer = Answer(
            self.begins_at,
            self._incidents,
            self._notifications,
            self._done,
            self._rejected,
            summary,
            self.name_of,
            self.zone,
            has_notes=self.is_verbose,
            has_time=self.has_time,
        )
        if self.is_verbose:
            print_line("")
        for line in answer.heading():
            print_line((line, "bold"))
        columns = Columns(*answer.widths, most=WIDTH)
        for title, rows in answer.sections():
            _print_title(title)
            for row in rows:
                columns.print(*row)
        if self._rejected:
            _print_title("Rejected")
            for line in answer.rejections():
                print_line((line, "red"))


def _print_title(title: str) -> None:
    print_line("")
    print_line((title, "bold"))
