"""What came of cases, for people: a line each, and below it what differs."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from streamwarden_cli.console import Cell, Columns, aligned, print_line
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.cases.comparing import Difference

_PASSED: Final[Cell] = ("ok", "green")
_FAILED: Final[Cell] = ("FAIL", "red")


def print_not_played(name: str, place: str, errors: DocumentErrors) -> None:
    """A case that ends before its end: a step is refused, or a channel cannot be."""
    Columns(4).print(_FAILED, f"{name} ({place})")
    for problem in errors.problems:
        print_line(f"        {problem}")


def print_case(name: str, place: str, differences: Sequence[Difference]) -> None:
    """`place` is where the case is, which only one that fails tells."""
    columns = Columns(4)
    if not differences:
        columns.print(_PASSED, name)
        return
    columns.print(_FAILED, f"{name} ({place})")
    for rule, of_rule in groupby(differences, key=lambda each: each.rule):
        print_line(f"        {rule}")
        for each in of_rule:
            print_line(f"          {each.what}")
            for line in aligned([("expected", each.expected), ("found", each.found)], indent=12):
                print_line(line)
