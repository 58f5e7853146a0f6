"""What a report is made of: parts with tables, whose cells are values, not texts.

How a value looks, the page and the CSV files say, each in its own way. Every text passes `plain` as
it comes in, so that no stream key and no invisible character gets into either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from streamwarden_cli.console import plain


@dataclass(frozen=True, slots=True)
class Word:
    """One of few words that stand out, such as a severity or a status."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A text with a text below it, such as a rule and what it is for. `url` is where the text
    leads; what is no address of the web leads nowhere."""

    text: str
    below: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        is_address = self.url.startswith(("https://", "http://"))
        object.__setattr__(self, "text", plain(self.text))
        object.__setattr__(self, "below", plain(self.below))
        object.__setattr__(self, "url", plain(self.url) if is_address else "")


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a bar. `tone` is a word of the style sheet."""

    count: float
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Numbers of the same row side by side, as a picture; `text` says the same in words."""

    slices: tuple[Slice, ...]
    whole: float
    text: str


type Cell = str | int | datetime | timedelta | Word | Note | Bar | None


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is its name in the CSV file, `heading` on the page; empty where it is not there."""

    key: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`key` names its CSV file. The first column with a heading says what a row is about. `empty`
    says what it means that there are no rows."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    empty: str

    def __post_init__(self) -> None:
        rows = tuple(tuple(map(_clean, row)) for row in self.rows)
        if any(len(row) != len(self.columns) for row in rows):
            raise ValueError(f"{self.key}: expected {len(self.columns)} cells in each row")
        object.__setattr__(self, "rows", rows)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a time line. `author` is who is behind it, if that is known."""

    at: datetime
    what: str
    text: str
    author: str = ""

    def __post_init__(self) -> None:
        for name in ("what", "text", "author"):
            object.__setattr__(self, name, plain(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class TimeLine:
    """What happened in one incident, the oldest first."""

    title: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", plain(self.title))


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page. `lead` says what it is about, `figure` is the number that matters,
    and `legend` has the tones of its bars."""

    key: str
    title: str
    lead: str
    figure: str
    tables: tuple[Table, ...]
    legend: tuple[str, ...] = ()
    time_lines: tuple[TimeLine, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "lead", plain(self.lead))


def _clean(cell: Cell) -> Cell:
    return plain(cell) if isinstance(cell, str) else cell
