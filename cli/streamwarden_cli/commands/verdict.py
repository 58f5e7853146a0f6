"""`streamwarden verdict`: an operator judges a stream, as any moderation service does.

The policy decides what follows. The operator needs permission to put events on one bus, and none to
stop a stream.
"""

import argparse
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.domain.arn import is_channel_arn
from streamwarden.domain.events import MalformedEvent
from streamwarden.domain.events.viewers import Viewer
from streamwarden_cli.aws import AwsAccount, AwsOptions, add_aws_options
from streamwarden_cli.command import fail
from streamwarden_cli.console import print_line
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import print_json
from streamwarden_cli.keys.stack import RotationNotAsked
from streamwarden_cli.local.account import account_of_options
from streamwarden_cli.local.server import LocalAwsError
from streamwarden_cli.operate import command
from streamwarden_cli.operate.stack import DeployedStack, add_stack
from streamwarden_cli.operate.steering.outcomes import SENT, Result
from streamwarden_cli.operate.steering.verdicts import SentVerdict
from streamwarden_cli.scenario.naming import UnknownChannel, find
from streamwarden_cli.verbosity import add_report_options, add_verbose
from streamwarden_cli.verdicts.event import Statement, envelope_of
from streamwarden_cli.verdicts.sending import NotSent, VerdictBus

_OBSTACLES: Final = (
    NotSent,
    RotationNotAsked,
    LocalAwsError,
    MalformedEvent,
    ClientError,
    BotoCoreError,
)
_DESCRIPTION: Final = (
    "Puts an external verdict on the event bus of the stack. Rules of kind external_verdict decide "
    "what follows. docs/external-verdicts.md describes the event."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument("channel", metavar="CHANNEL", help="the ARN or the name of the channel")
    parser.add_argument("--label", required=True, help="what is seen, such as Violence")
    parser.add_argument(
        "--confidence", required=True, type=float, metavar="SHARE", help="from 0 to 1"
    )
    parser.add_argument("--evidence", required=True, metavar="URL", help="where people see why")
    parser.add_argument(
        "--source", default="operator", metavar="NAME", help="who judges (default: %(default)s)"
    )
    parser.add_argument(
        "--stream", metavar="ID", help="the stream (default: the one that is live now)"
    )
    parser.add_argument(
        "--viewer",
        action="append",
        default=[],
        type=_viewer,
        metavar="ID[@VERSION]",
        help="a viewer of a private channel; may be repeated, at most 20 times",
    )
    add_stack(parser)
    parser.add_argument(
        "--no-wait", action="store_true", help="do not look whether a rule takes the verdict"
    )
    add_aws_options(parser)
    add_report_options(parser)
    add_verbose(parser)


def run(args: argparse.Namespace) -> ExitCode:
    statement = Statement(
        label=args.label,
        confidence=args.confidence,
        evidence_url=args.evidence,
        source=args.source,
        stream_id=args.stream,
        viewers=tuple(args.viewer),
    )
    try:
        statement.check()
        now = command.now().replace(microsecond=0)  # as its event states it
        account = account_of_options(AwsOptions.read(args), args.channel)
        channel_arn = _arn_of(args.channel, account)
        stack = DeployedStack.find(account, args.stack)
        bus = VerdictBus.of_stack(account, args.stack)
        event_id = bus.put(envelope_of(statement, channel_arn, now))
    except _OBSTACLES as error:
        return fail(error, is_verbose=args.verbose)
    sent = SentVerdict(stack, channel_arn, event_id, statement, now)
    return _say(args, sent, SENT if args.no_wait else sent.became())


def _say(args: argparse.Namespace, sent: SentVerdict, result: Result) -> ExitCode:
    if args.json:
        print_json(
            {
                "channel": sent.channel_arn,
                "event_id": sent.event_id,
                "verdict": sent.statement.detail(),
                "outcome": result.outcome,
                "text": result.text,
            }
        )
        return result.outcome.exit_code
    if not args.quiet:
        said = f"{args.source} says {args.label!r} of {args.channel}"
        print_line(f"sent: {said} (event {sent.event_id})")
    if not args.quiet or result.outcome.exit_code is not ExitCode.DONE:
        print_line(result.sentence)
    return result.outcome.exit_code


def _arn_of(channel: str, account: AwsAccount) -> str:
    """Raises InvalidInput."""
    if is_channel_arn(channel):
        return channel
    if channel.startswith("arn:"):
        raise InvalidInput(f"CHANNEL: {channel!r} is not the ARN of an IVS channel")
    pages = account.client("ivs").get_paginator("list_channels").paginate()
    try:
        return find([each for page in pages for each in page["channels"]], channel)
    except UnknownChannel as error:
        raise InvalidInput(f"CHANNEL: {error}") from error


def _viewer(text: str) -> Viewer:
    name, _, version = text.rpartition("@")
    if name and version.isascii() and version.isdigit():
        return Viewer(name, int(version))
    return Viewer(text)
