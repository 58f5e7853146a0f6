"""The `streamwarden` command: finds the sub-command that was asked for, and runs it."""

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Final, Protocol

from cli.keys import command as keys
from cli.local import command as local
from cli.output import without_keys
from cli.policy import command as policy
from cli.policy.problems import PolicyErrors
from cli.replay import command as replay
from cli.sim import command as sim

type Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


class Command(Protocol):
    """What a sub-command's module offers. Invalid input is said on stderr and returns 1."""

    def add_parser(self, subparsers: Subparsers) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


# One line for each sub-command, under the name that its parser has.
COMMANDS: Final[Mapping[str, Command]] = {
    "keys": keys,
    "local": local,
    "policy": policy,
    "replay": replay,
    "sim": sim,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 fine, 1 invalid input, 2 wrong usage (from argparse).

    141 when whoever read the output went away, as in `streamwarden … | head`.
    """
    with without_keys():
        return _run(argv)


def _run(argv: Sequence[str] | None) -> int:
    args = _parser().parse_args(argv)
    try:
        code = COMMANDS[args.command].run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        return _nobody_reads()
    except PolicyErrors as errors:
        print(errors, file=sys.stderr)
        return 1


def _nobody_reads() -> int:
    """As a program that dies of SIGPIPE: nothing is said, and not at the interpreter's end either.

    Source: the note on SIGPIPE in the documentation of Python's `signal`.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="streamwarden",
        description="Governs Amazon IVS accounts: listens, decides, acts and tells.",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {version('streamwarden')}"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        command.add_parser(subparsers)
    return parser
