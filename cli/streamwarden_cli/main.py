"""The `streamwarden` command: finds the sub-command that was asked for, and runs it."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, NoReturn

from streamwarden import __version__
from streamwarden_cli.command import LazyParser, Listed, add_commands
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.output import NotWritten, without_keys

# One line for each sub-command, under the name that its parser has.
COMMANDS: Final[Mapping[str, Listed]] = {
    "ack": Listed("streamwarden_cli.commands.ack", "somebody looks after an open incident"),
    "breaker": Listed("streamwarden_cli.commands.breaker", "what breakers hold, and letting it go"),
    "channel": Listed("streamwarden_cli.commands.channel", "all that is known of a channel"),
    "completion": Listed("streamwarden_cli.commands.completion", "the Tab key, for your shell"),
    "dead-letters": Listed(
        "streamwarden_cli.commands.dead_letters", "what was given up, why, and the way back"
    ),
    "doctor": Listed("streamwarden_cli.commands.doctor", "what is wrong, and how to mend it"),
    "exempt": Listed(
        "streamwarden_cli.commands.exempt", "a rule does not apply to a channel for a time"
    ),
    "fleet": Listed("streamwarden_cli.commands.fleet", "the channels of an account, as a file"),
    "history": Listed("streamwarden_cli.commands.history", "what happened on a channel, in order"),
    "keys": Listed("streamwarden_cli.commands.keys", "stream keys of a deployed stack"),
    "ledger": Listed(
        "streamwarden_cli.commands.ledger", "what was decided and done, and who asked"
    ),
    "local": Listed("streamwarden_cli.commands.local", "the production stack on this machine"),
    "mode": Listed("streamwarden_cli.commands.mode", "how far a rule may go, without a deployment"),
    "notify": Listed("streamwarden_cli.commands.notify", "try a destination of the policy"),
    "open": Listed("streamwarden_cli.commands.open", "what is open now, one line each"),
    "pause": Listed("streamwarden_cli.commands.pause", "no action is carried out, at once"),
    "policy": Listed("streamwarden_cli.commands.policy", "check, test and compile policies"),
    "protect": Listed(
        "streamwarden_cli.commands.protect", "nothing destructive is done to a channel"
    ),
    "quarantine": Listed("streamwarden_cli.commands.quarantine", "keep a channel off the air"),
    "release": Listed(
        "streamwarden_cli.commands.release", "end a quarantine, with a new stream key"
    ),
    "replay": Listed("streamwarden_cli.commands.replay", "play events against a policy"),
    "report": Listed("streamwarden_cli.commands.report", "how a stack is, as a page to share"),
    "resume": Listed("streamwarden_cli.commands.resume", "end a pause"),
    "review": Listed("streamwarden_cli.commands.review", "what rules would do if enforced"),
    "route": Listed("streamwarden_cli.commands.route", "where an incident would go, and why"),
    "silence": Listed("streamwarden_cli.commands.silence", "incidents are not told for a time"),
    "sim": Listed("streamwarden_cli.commands.sim", "Amazon IVS on this machine, to play with"),
    "status": Listed("streamwarden_cli.commands.status", "how a deployed stack is, at one look"),
    "stop": Listed("streamwarden_cli.commands.stop", "stop one stream, and no later one"),
    "unprotect": Listed("streamwarden_cli.commands.unprotect", "end a protection by command"),
    "verdict": Listed("streamwarden_cli.commands.verdict", "judge a stream, from outside"),
    "watch": Listed("streamwarden_cli.commands.watch", "what happens in a stack, as it happens"),
    "why": Listed("streamwarden_cli.commands.why", "what each rule says of a channel, and why"),
}


def main(argv: Sequence[str] | None = None) -> ExitCode:
    """Raises SystemExit for wrong usage, as argparse does."""
    if "_ARGCOMPLETE" in os.environ:
        complete()
    try:
        with without_keys():
            return _run(argv)
    except BrokenPipeError:
        _print_nothing_more()
        return ExitCode.NO_READER
    except NotWritten as error:
        _print_nothing_more()
        with suppress(OSError):  # the other stream may be on the same disk
            print(f"streamwarden: {error}", file=sys.stderr)
        return ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def complete() -> NoReturn:
    """The shell asks what may come next on the line. Nothing else loads argcomplete."""
    from streamwarden_cli import completion

    completion.complete(command_parser())


def _run(argv: Sequence[str] | None) -> ExitCode:
    args = command_parser().parse_args(argv)
    try:
        return COMMANDS[args.command].load().run(args)
    except InvalidInput as problem:
        print(problem, file=sys.stderr)
        return ExitCode.FAILED


def _print_nothing_more() -> None:
    """Nor does the interpreter at its end, as in a program that dies of SIGPIPE.

    Source: the note on SIGPIPE in the documentation of Python's `signal`.
    """
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def command_parser() -> LazyParser:
    """Of the whole line."""
    parser = LazyParser(
        prog="streamwarden",
        description="Governs Amazon IVS accounts: listens, decides, acts and tells.",
        epilog=f"Exit codes: {'; '.join(f'{code} {code.meaning}' for code in ExitCode)}.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    add_commands(parser, COMMANDS, dest="command")
    return parser
