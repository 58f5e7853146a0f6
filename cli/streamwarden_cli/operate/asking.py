"""What people are asked before a command changes something: why, and whether they are sure."""

import argparse
import sys

from streamwarden.domain.commands import LONGEST_REASON
from streamwarden.domain.events.bounds import is_text
from streamwarden_cli.documents.problems import InvalidInput


def add_reason(parser: argparse.ArgumentParser, meaning: str, *, is_required: bool = True) -> None:
    parser.add_argument(
        "--reason", metavar="TEXT", required=is_required, type=_reason, help=meaning
    )


def confirm(question: str, *, is_confirmed: bool, otherwise: str = "nothing was sent") -> None:
    """Raises InvalidInput where the answer is no, or where nobody can be asked."""
    if is_confirmed:
        return
    if not sys.stdin.isatty():
        raise InvalidInput(f"{question} Nobody can be asked here: say it with --yes")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise InvalidInput(otherwise)


def _reason(text: str) -> str:
    text = text.strip()
    if not is_text(text):
        raise argparse.ArgumentTypeError("expected text in UTF-8; the terminal sends another one")
    if not 0 < len(text) <= LONGEST_REASON:
        raise argparse.ArgumentTypeError(
            f"expected 1 to {LONGEST_REASON} characters, found {len(text)}"
        )
    return text
