"""`--json`: what a command prints for people, as one JSON document for programs.

`docs/command.md` describes the fields. What is wrong with the options, or keeps the command from
its work, is still said on standard error, and the exit code stays the same.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from streamwarden_cli.documents.problems import DocumentErrors, InvalidInput, Problem


def add_json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--json", action="store_true", help="for programs; docs/command.md describes the fields"
    )


def print_json(document: object) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


@contextmanager
def progress_apart(*, is_json: bool) -> Iterator[None]:
    """What is printed meanwhile goes to standard error, where a document is to follow."""
    if not is_json:
        yield
        return
    with redirect_stdout(sys.stderr):
        yield


def problems_as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """`rule` and `path` are null for what is about no rule, or about the whole document."""
    return [
        {
            "file": each.filename,
            "line": each.line,
            "column": each.column,
            "severity": each.level or "error",
            "rule": each.rule or None,
            "path": each.path or None,
            "message": each.message,
        }
        for each in problems
    ]


def error_as_json(error: InvalidInput) -> list[dict[str, Any]]:
    """What is wrong with a document has places; anything else is told in words alone."""
    if isinstance(error, DocumentErrors):
        return problems_as_json(error.problems)
    nowhere = dict.fromkeys(("file", "line", "column"))
    about = {"severity": "error", "rule": None, "path": None, "message": str(error)}
    return [nowhere | about]
