"""Lays the lines of a table out within a width.

A word stays in one piece, for those who look for an id or open an address.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

GAP: Final = "  "
# What too little room leaves of the last column, and of the others.
_LAST_COLUMN: Final = 40
_NARROWEST: Final = 8


def widths_within(room: int | None, table: Sequence[Sequence[Text]], indent: int) -> list[int]:
    """Of all columns but the last."""
    *narrow, last = (max(each.cell_len for each in column) for column in zip(*table, strict=True))
    if room is not None:
        room -= indent + len(GAP) * len(narrow) + min(last, _LAST_COLUMN)
        while sum(narrow) > room and max(narrow, default=0) > _NARROWEST:
            narrow[narrow.index(max(narrow))] -= 1
    return narrow


def laid_out(
    row: Sequence[Text], widths: Sequence[int], room: int | None, indent: int
) -> Iterator[Text]:
    """The lines of one row: the last text goes on below itself where it is wider than what is left.

    A word that is too wide begins further left.
    """
    *narrow, last = row
    for text, width in zip(narrow, widths, strict=True):
        text.truncate(width, overflow="ellipsis", pad=True)
    begin = Text(" " * indent) + Text(GAP).join([*narrow, Text("")])
    left = last.cell_len if room is None else room - begin.cell_len
    first, *others = _broken(last, left) if _NARROWEST <= left < last.cell_len else [last]
    if others and first.cell_len > left:
        first, others = Text(), [first, *others]
    yield begin + first
    for line in others:
        outside = max(line.cell_len - left, 0)
        yield Text(" " * max(begin.cell_len - outside, 0)) + line


def _broken(text: Text, width: int) -> Iterator[Text]:
    """Lines of whole words, of that width if no word is longer."""
    line = Text()
    for word in text.split(" "):
        if line and line.cell_len + 1 + word.cell_len > width:
            yield line
            line = word
        else:
            line = Text(" ").join([line, word]) if line else word
    yield line
