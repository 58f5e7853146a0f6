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
# What has less room beside the other columns stands below them, so much further right.
_LEAST_BESIDE: Final = 20
_BELOW: Final = 4


def widths_within(room: int | None, table: Sequence[Sequence[Text]], indent: int) -> list[int]:
    """Of all columns but the last."""
    *narrow, last = (max(each.cell_len for each in column) for column in zip(*table, strict=True))
    if room is None:
        return narrow
    return _narrowed(narrow, room - indent - len(GAP) * len(narrow) - min(last, _LAST_COLUMN))


def _narrowed(widths: Sequence[int], room: int) -> list[int]:
    """In all no more than the room, if none has to become too narrow for it."""
    found = [*widths]
    while sum(found) > room and max(found, default=0) > _NARROWEST:
        found[found.index(max(found))] -= 1
    return found


def laid_out(
    row: Sequence[Text], widths: Sequence[int], room: int | None, indent: int
) -> Iterator[Text]:
    """The lines of one row: the last text goes on below itself where it is wider than what is left.

    Where little is left, it begins below the others. A word that is too wide begins further left.
    """
    *narrow, last = row
    if room is not None and narrow:
        left = room - indent - sum(widths) - len(GAP) * len(widths)
        if left < min(last.cell_len, _LEAST_BESIDE):
            yield from _stacked(narrow, last, widths, room, indent)
            return
    begin = _begin(narrow, widths, indent)
    left = last.cell_len if room is None else room - begin.cell_len
    first, *others = _broken(last, left) if _NARROWEST <= left < last.cell_len else [last]
    if others and first.cell_len > left:
        first, others = Text(), [first, *others]
    yield begin + first
    for line in others:
        outside = max(line.cell_len - left, 0)
        yield Text(" " * max(begin.cell_len - outside, 0)) + line


def _stacked(
    narrow: Sequence[Text], last: Text, widths: Sequence[int], room: int, indent: int
) -> Iterator[Text]:
    gaps = len(GAP) * (len(widths) - 1)
    begin = _begin(narrow, _narrowed(widths, room - indent - gaps), indent)
    begin.rstrip()
    if begin:
        yield begin
    yield from laid_out([last], [], room, indent + _BELOW)


def _begin(narrow: Sequence[Text], widths: Sequence[int], indent: int) -> Text:
    """All columns but the last."""
    for text, width in zip(narrow, widths, strict=True):
        text.truncate(width, overflow="ellipsis", pad=True)
    return Text(" " * indent) + Text(GAP).join([*narrow, Text("")])


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
