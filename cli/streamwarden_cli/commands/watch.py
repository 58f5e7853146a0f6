"""`streamwarden watch`: what happens in a deployed stack, as it happens."""

import argparse
import json
import sys
import time
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streamwarden.domain.state.facts import Facts
from streamwarden_cli.console import Columns, print_line
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_view_options, now, with_stack
from streamwarden_cli.operate.log_lines import LogLine
from streamwarden_cli.operate.reading import loader
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.tail import LogTail, log_groups
from streamwarden_cli.operate.wording import format_resource
from streamwarden_cli.times import read_span

# FilterLogEvents may be called five times a second, and each look calls it for each function.
_LOOK_EVERY_SECONDS: Final = 3
_WIDTHS: Final = (8, 9, 20, 20)
_SILENT_LEVELS: Final = frozenset({"WARNING", "ERROR"})


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Prints what happens in a deployed stack as it happens: breaches, actions and their "
        "outcomes, notifications, rotations, sweeps. It reads the logs of the functions every "
        f"{_LOOK_EVERY_SECONDS} seconds, until Ctrl-C."
    )
    parser.add_argument(
        "--since",
        metavar="10m",
        type=read_span,
        default=timedelta(0),
        help="begin with what happened so long ago",
    )
    parser.add_argument(
        "--for", dest="span", metavar="10m", type=read_span, help="end after so long a time"
    )
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, begun_at: datetime) -> ExitCode:
        _watch(stack, args, begun_at)
        return ExitCode.DONE

    return with_stack(args, act)


def _watch(stack: DeployedStack, args: argparse.Namespace, begun_at: datetime) -> None:
    """Each line is flushed: it may go to a program."""
    level = stack.parameters.get("LogLevel", "INFO")
    if level in _SILENT_LEVELS:
        print(f"streamwarden: the functions log at {level}, so little is seen", file=sys.stderr)
    if not args.json:
        print_line((stack.heading, "bold"))
    logs = stack.client("logs")
    tail = LogTail(logs, log_groups(logs, stack.name))
    names = Names(stack)
    end = None if args.span is None else begun_at + args.span
    while True:
        looked_at = now()
        for line in tail.look(begun_at - args.since, looked_at):
            _print(line, names.of(line.resource_arn), is_json=args.json)
        if end is not None and looked_at >= end:
            return
        time.sleep(_LOOK_EVERY_SECONDS)


class Names:
    """The names of resources, each read once, from its record."""

    def __init__(self, stack: DeployedStack) -> None:
        self._load = loader(stack)
        self._known: dict[str, str] = {"": ""}

    def of(self, arn: str) -> str:
        """Empty where there is none yet: it is asked for again."""
        if not self._known.get(arn):
            self._known[arn] = Facts(self._load(arn).state).name if arn else ""
        return self._known[arn]


def _print(line: LogLine, name: str, *, is_json: bool) -> None:
    if is_json:
        print(json.dumps(msgspec.to_builtins(line.values(name)), ensure_ascii=False), flush=True)
        return
    label = format_resource(line.resource_arn, name) if line.resource_arn else "-"
    Columns(*_WIDTHS).print(f"{line.at:%H:%M:%S}", line.word, label, line.rule_id, line.text)
    sys.stdout.flush()
