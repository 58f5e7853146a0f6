"""What people see of the command on a terminal: columns, colours and progress, through rich.

Elsewhere than on a terminal there is plain text only: no colour, no line that is cut or broken, and
so the same bytes in every run. `STREAMWARDEN_COLUMNS` asks for lines of that width. rich reads
nothing into a text: `[bold]` in a tag is what somebody wrote. A text loses its stream keys before
rich lays it out, since what is coloured or broken inside is not found behind it (`output.py`).
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Final, NoReturn

from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    track,
)
from rich.status import Status
from rich.text import Text

from streamwarden.domain.redaction import without_stream_keys
from streamwarden_cli.layout import GAP, laid_out, widths_within

# A text, or a text and its style in rich's words: "red", "bold".
type Cell = str | tuple[str, str]

# Fewer than these pass in less than a second.
_MANY: Final = 2_000
_OFTEN: Final = 500
# How wide lines may be where there is no terminal to say so.
COLUMNS: Final = "STREAMWARDEN_COLUMNS"


class Terminal(Console):
    """Standard output as it is now, a terminal or not."""

    def __init__(self) -> None:
        is_terminal = sys.stdout.isatty()
        is_coloured = is_terminal and not os.environ.get("NO_COLOR")
        super().__init__(
            file=sys.stdout,
            force_terminal=is_terminal,
            color_system="auto" if is_coloured else None,
            markup=False,
            emoji=False,
            highlight=False,
            soft_wrap=True,
        )

    @property
    def room(self) -> int | None:
        """How wide a line may be; None where it is as long as it needs."""
        asked = os.environ.get(COLUMNS, "")
        widths = [int(asked)] if asked.isdecimal() else []
        return min([*widths, *([self.width] if self.is_terminal else [])], default=None)

    def on_broken_pipe(self) -> NoReturn:
        """For `main`, which knows what to do when nobody reads."""
        raise  # rich calls this while it handles the BrokenPipeError

    def show(self, text: Text) -> None:
        if self.is_terminal:
            self.print(text)
        else:
            self.file.write(f"{text.plain}\n")


class Columns:
    """Lines in columns of these widths, each as it comes; what is too long for one ends in `…`.

    The last column is as wide as it needs. Where lines have a width, it goes on below itself;
    `most` is the width that they have everywhere.
    """

    def __init__(self, *widths: int, indent: int = 0, most: int | None = None) -> None:
        self._widths = widths
        self._indent = indent
        self._terminal = Terminal()
        self._room = min(filter(None, (self._terminal.room, most)), default=None)

    def print(self, *cells: Cell) -> None:
        row = [_text(each) for each in cells]
        for line in laid_out(row, self._widths, self._room, self._indent):
            self._terminal.show(line)


def print_line(cell: Cell) -> None:
    """In its style, where there is colour. What is too wide goes on below itself."""
    terminal = Terminal()
    text = _text(cell)
    words = text[len(text) - len(text.plain.lstrip()) :]
    for line in laid_out([words], [], terminal.room, len(text) - len(words)):
        terminal.show(line)
    terminal.file.flush()


def aligned(rows: Iterable[Sequence[str]], indent: int = 0) -> Iterator[str]:
    """The lines of a table: each column but the last is as wide as its longest text is shown."""
    table = [[_text(each).plain for each in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    for row in table:
        *narrow, last = row
        padded = (
            text + " " * (width - cell_len(text))
            for text, width in zip(narrow, widths, strict=False)
        )
        yield " " * indent + GAP.join([*padded, last])


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Says what is being done. On a terminal it moves meanwhile, and says how long it took."""
    terminal = Terminal()
    if not terminal.is_terminal:
        print_line(f"{what} …")
        yield
        return
    began = time.monotonic()
    # The space lets all of it pass: `output.py` holds the last word of a line back.
    with terminal.status(_text(f"{what} … ")):
        yield
    print_line(f"{what} … {time.monotonic() - began:.1f} s")


def progressing[Item](items: Sequence[Item]) -> Iterable[Item]:
    """The items, and on a terminal how many of them have passed, if they are many."""
    if len(items) < _MANY or not sys.stderr.isatty():
        return items
    return track(items, "", console=Console(stderr=True), transient=True)


@contextmanager
def passing(whole: timedelta) -> Iterator[Callable[[timedelta], None]]:
    """What to call for each look at something, with how much of the whole time has passed.

    On a terminal, once there were many, it shows both until the end.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with ExitStack() as stack:
        # Not how long it takes yet: most may happen in one moment.
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
        looks = 0
        task = bar.add_task("", total=whole.total_seconds())

        def passed(span: timedelta) -> None:
            nonlocal looks
            looks += 1
            if looks % _OFTEN == 0:
                if not bar.live.is_started:
                    stack.enter_context(bar)
                done = span.total_seconds()
                bar.update(task, completed=done, description=f"{looks:,} looks", refresh=True)

        yield passed


def counted[Item](items: Iterable[Item], noun: str) -> Iterator[Item]:
    """The items, and on a terminal how many of them have come: their number is not known before."""
    if not sys.stderr.isatty():
        yield from items
        return
    with ExitStack() as stack:
        status: Status | None = None
        for number, item in enumerate(items, 1):
            if number % _MANY == 0:
                status = status or stack.enter_context(Console(stderr=True).status(""))
                status.update(f"{number:,} {noun} …")
            yield item


def print_table(
    rows: Sequence[Sequence[Cell]], headings: Sequence[str] = (), indent: int = 2
) -> None:
    """Columns as wide as their longest texts. Where lines have a width, the last one goes on below
    itself, and what is still too wide is cut in the columns before it, and ends in `…`.
    """
    terminal = Terminal()
    table = [[_text(each) for each in row] for row in rows]
    if headings:
        table.insert(0, [_text((each, "bold")) for each in headings])
    widths = widths_within(terminal.room, table, indent)
    for row in table:
        for line in laid_out(row, widths, terminal.room, indent):
            line.rstrip()
            terminal.show(line)
    terminal.file.flush()


def plain(text: str) -> str:
    """One line without stream keys, and without a control sequence that a file slipped in."""
    text = without_stream_keys(text)
    return text if text.isprintable() else "".join(map(_printable, text))


def _text(cell: Cell) -> Text:
    text, style = (cell, "") if isinstance(cell, str) else cell
    return Text(plain(text), style)


def _printable(character: str) -> str:
    return character if character.isprintable() else _escaped(character)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
