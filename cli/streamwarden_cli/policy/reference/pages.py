"""Text for a terminal: a heading, and below it paragraphs, lists and quotations with titles."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap
from typing import Final, assert_never

_WIDTH: Final = 88
_INDENT: Final = "  "


class Style(StrEnum):
    """How the lines of a section are set: wrapped, wrapped behind a dash, or as they are."""

    PROSE = "prose"
    LIST = "list"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[str, ...]
    style: Style = Style.PROSE


@dataclass(frozen=True, slots=True)
class Page:
    heading: str
    sections: tuple[Section, ...]

    def filled(self) -> Iterator[Section]:
        """Without the sections that have no lines."""
        return (each for each in self.sections if any(each.lines))


def format_page(page: Page) -> str:
    return "\n\n".join([page.heading, *("\n".join(_section(each)) for each in page.filled())])


def _section(section: Section) -> Iterator[str]:
    yield section.title
    for line in section.lines:
        match section.style:
            case Style.QUOTED:
                yield f"{_INDENT}{line}".rstrip()
            case Style.LIST:
                yield from _wrapped(f"- {line}", _INDENT * 2)
            case Style.PROSE:
                yield from _wrapped(line, _INDENT)
            case _:
                assert_never(section.style)


def _wrapped(line: str, indent: str) -> list[str]:
    return wrap(
        line,
        width=_WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
