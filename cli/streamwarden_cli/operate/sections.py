"""A view: sections of rows for people, each with the same values for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from streamwarden_cli.console import Cell, print_line, print_table
from streamwarden_cli.json_output import print_json

type Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Part of a view. `values` stand under `key` in JSON; what has no rows is left out of the text,
    unless `empty` says what that means."""

    key: str
    title: str
    rows: Sequence[Row]
    values: Any
    headings: tuple[str, ...] = ()
    empty: str = ""


def print_view(heading: str, sections: Iterable[Section]) -> None:
    print_line((heading, "bold"))
    for section in sections:
        if not section.rows and not section.empty:
            continue
        print_line("")
        print_line((section.title, "bold"))
        if section.rows:
            print_table(section.rows, section.headings)
        else:
            print_line(f"  {section.empty}")


def print_view_as_json(sections: Iterable[Section], **more: Any) -> None:
    """Moments in ISO 8601."""
    document = more | {each.key: each.values for each in sections}
    print_json(msgspec.to_builtins(document))
