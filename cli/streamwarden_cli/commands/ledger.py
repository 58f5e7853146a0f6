"""`streamwarden ledger`: what was decided and done about a channel, and whether it was altered.

The operator needs permission to read the stack's outputs and its table, and to list channels where
one is given by its name.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.command import fail
from streamwarden_cli.console import print_line, progressing
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import add_json, print_json
from streamwarden_cli.operate.ledger import (
    Verified,
    entries_as_json,
    entry_lines,
    read,
    verified_as_json,
    verified_lines,
)
from streamwarden_cli.operate.ledgers import Ledgers
from streamwarden_cli.operate.stack import add_stack_options
from streamwarden_cli.policy.counting import format_count
from streamwarden_cli.replay.until import Until, read_until
from streamwarden_cli.verbosity import add_verbose

_OBSTACLES: Final = (PermanentError, TemporaryError, ClientError, BotoCoreError)
_VERIFY: Final = "verify"
_USAGE: Final = """\
streamwarden ledger CHANNEL [--since TIME] [--until TIME] [options]
       streamwarden ledger verify (CHANNEL | --all) [options]"""
_DESCRIPTION: Final = """\
Prints what was decided and done about a channel or another resource: breaches, requested actions,
what IVS answered, and why messages were or were not sent, each with its reason and what caused it.
`ledger verify` finds what was
altered, moved, put in or taken out since it was written, and then exits with 1."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.usage = _USAGE
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "target",
        metavar="CHANNEL",
        help="the name or ARN of a channel, or the ARN of another resource; before it, `verify`",
    )
    parser.add_argument("verified", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--all", action="store_true", help="verify every ledger of the stack")
    for name, meaning in (("--since", "no entries before"), ("--until", "no entries after")):
        parser.add_argument(
            name,
            metavar="TIME",
            type=read_until,
            help=f"{meaning} a time such as 2026-09-13T06:00:00Z, or so long ago: 6h",
        )
    add_json(parser)
    add_verbose(parser)
    add_stack_options(parser)
    parser.set_defaults(refuse=parser.error)


def run(args: argparse.Namespace) -> ExitCode:
    is_verifying = args.target == _VERIFY
    resource = args.verified if is_verifying else args.target
    if not is_verifying and (args.all or args.verified):
        args.refuse("--all and a second name go with `ledger verify`")
    if is_verifying and (resource is None) is not args.all:
        args.refuse("`ledger verify` takes a CHANNEL or --all")
    try:
        ledgers = Ledgers.of_stack(args, resource)
        if is_verifying:
            return _verify(ledgers, resource, is_json=args.json)
        return _show(ledgers, ledgers.arn_of(args.target), args)
    except _OBSTACLES as error:
        return fail(error, is_verbose=args.verbose)


def _show(ledgers: Ledgers, resource_arn: str, args: argparse.Namespace) -> ExitCode:
    now = _now()
    entries = read(
        ledgers.entries(resource_arn), _moment(args.since, now), _moment(args.until, now)
    )
    if args.json:
        print_json({"resource_arn": resource_arn, "entries": entries_as_json(entries)})
    elif entries:
        print_line((f"{resource_arn}: {_count_entries(len(entries))} (UTC)", "bold"))
        for line in entry_lines(entries):
            print_line(line)
    else:
        print_line(f"{resource_arn}: there is no entry")
    return ExitCode.DONE if entries else ExitCode.NOTHING


def _count_entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _verify(ledgers: Ledgers, resource: str | None, *, is_json: bool) -> ExitCode:
    arns = [ledgers.arn_of(resource)] if resource is not None else [*ledgers.resources()]
    found = [ledgers.verify(arn, _now()) for arn in progressing(arns)]
    if is_json:
        print_json({"ledgers": [verified_as_json(each) for each in found]})
    else:
        _print_verified(found, is_all=resource is None)
    if any(each.faults for each in found):
        return ExitCode.FAILED
    return ExitCode.NOTHING if all(each.is_empty for each in found) else ExitCode.DONE


def _print_verified(found: Sequence[Verified], *, is_all: bool) -> None:
    """Of many, those that are whole are counted."""
    for each in found:
        if each.faults or not is_all:
            for line in verified_lines(each):
                print_line(line)
    if is_all:
        faulty = sum(bool(each.faults) for each in found)
        print_line(f"{format_count(len(found), 'ledger')}: {len(found) - faulty} whole")


def _moment(time: Until | None, now: datetime) -> datetime | None:
    return now - time if isinstance(time, timedelta) else time


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the command reads the clock
