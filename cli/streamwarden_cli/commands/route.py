"""`streamwarden route`: where an incident would go by a policy, when, and why."""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from streamwarden.domain.verdicts import NotificationStatus, Severity
from streamwarden_cli.console import print_line
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import add_json, print_json
from streamwarden_cli.policy.compilation import read_policy_file
from streamwarden_cli.policy.tracing.incident import Asked, notes_on
from streamwarden_cli.policy.tracing.text import (
    as_json,
    delivery_lines,
    heading,
    inhibition_lines,
    route_lines,
)
from streamwarden_cli.policy.tracing.trace import trace
from streamwarden_cli.sim.arguments import argument, read_tag
from streamwarden_cli.times import read_moment

_DESCRIPTION: Final = """\
Says which destinations are told of an incident by a policy, and when; with --explain, what each
route says of it and why, and which inhibitions may hold it back. It sends nothing and asks AWS
nothing. What is not given, such as the account, matches only what takes everything."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("policy", metavar="POLICY", type=Path, help="- is standard input")
    parser.add_argument(
        "--explain", action="store_true", help="also each route, and why it is taken or not"
    )
    parser.add_argument("--rule", metavar="ID", required=True, help="such as no-marathons")
    parser.add_argument(
        "--severity", choices=list(Severity), type=Severity, help="default: that of the rule"
    )
    parser.add_argument(
        "--status",
        choices=list(NotificationStatus),
        type=NotificationStatus,
        default=NotificationStatus.OPENED,
        help="default: %(default)s",
    )
    parser.add_argument("--channel", metavar="NAME|ARN")
    parser.add_argument(
        "--tag",
        "--tags",
        metavar="KEY=VALUE",
        dest="tags",
        action="append",
        default=[],
        type=argument(read_tag),
        help="a tag of the channel; may be given several times",
    )
    parser.add_argument("--owner", metavar="NAME", default="", help="default: by the owner's tag")
    parser.add_argument("--account", metavar="ID")
    parser.add_argument("--region", metavar="REGION")
    parser.add_argument(
        "--at", metavar="TIMESTAMP", type=read_moment, help="when it happens; default: now"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    """Raises DocumentErrors, InvalidInput."""
    policy = read_policy_file(args.policy)
    asked = Asked(
        rule=args.rule,
        severity=args.severity,
        status=args.status,
        channel=args.channel,
        account=args.account,
        region=args.region,
        owner=args.owner,
        tags=dict(args.tags),
    )
    now = args.at or datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  # as all commands
    found = trace(policy.compiled.routing, asked.notification(policy, now))
    notes = list(notes_on(args.rule, policy))
    if args.json:
        print_json({**as_json(found), "notes": notes})
    else:
        if args.explain:
            print_line(heading(found))
            print_line("")
            _print_section("Routes", route_lines(found))
            _print_section("Inhibitions", inhibition_lines(found))
            print_line("Deliveries")
        _print(delivery_lines(found), notes, indent="  " * args.explain)
    return ExitCode.DONE if found.deliveries else ExitCode.NOTHING


def _print_section(title: str, lines: Iterable[str]) -> None:
    if text := [f"  {line}" for line in lines]:
        for line in (title, *text, ""):
            print_line(line)


def _print(lines: Iterable[str], notes: Iterable[str], indent: str) -> None:
    for line in (*lines, *notes):
        print_line(f"{indent}{line}")
