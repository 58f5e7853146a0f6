"""`-q` and `-v`: less than a command prints by itself, and more.

Only commands that report on their work have `-q`. Where the output is what was asked for, there is
nothing to leave out.
"""

import argparse
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from streamwarden_cli.json_output import add_json


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """A report is for people, for programs, or left out where all is well."""
    group = parser.add_mutually_exclusive_group()
    add_json(group)
    add_quiet(group)


def add_quiet(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="print nothing but what is wrong"
    )


def add_verbose(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="print the traceback of an error, too"
    )


@contextmanager
def silenced(*, is_quiet: bool) -> Iterator[None]:
    """Nothing that is printed meanwhile goes to standard output."""
    if not is_quiet:
        yield
        return
    with redirect_stdout(StringIO()):
        yield


def print_traceback(error: Exception) -> None:
    """Without its causes where they were left out on purpose: they may repeat what was given."""
    traceback.print_exception(error, file=sys.stderr)
