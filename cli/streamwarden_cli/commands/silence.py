"""`streamwarden silence`: incidents are not told for a time."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import LONGEST_SILENCE, EndSilence, SilenceIncidents
from streamwarden.domain.levels import Severity
from streamwarden.domain.state.controls import AccountControls, Silence
from streamwarden.domain.state.merge import Stamped
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import now, show, with_stack
from streamwarden_cli.operate.reading import read_controls
from streamwarden_cli.operate.silences import silences_section
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_account
from streamwarden_cli.operate.steering.in_words import silence_end_in_words, silence_in_words
from streamwarden_cli.operate.steering.order import (
    Order,
    add_order_options,
    add_until,
    carry_out,
    check_end,
    end_of,
    said,
)
from streamwarden_cli.operate.steering.targets import (
    check_channels,
    check_rules,
    if_readable,
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        f"Silences incidents until a moment, at most {LONGEST_SILENCE.days} days away. All that is "
        "given must match. Rules apply and act as before. What is silenced waits, and is told when "
        "the silence ends, if it is still open. What was told before is resolved in the same "
        "places. Critical incidents are told all the same, unless you give `--severity critical`. "
        "What operators have set is always told."
    )
    parser.add_argument("--rule", metavar="GLOB", default="", help="of rules with these ids")
    parser.add_argument(
        "--channel", metavar="GLOB|ARN", default="", help="on channels of this name or ARN"
    )
    parser.add_argument("--owner", metavar="GLOB", default="", help="of this owner, by the tag")
    parser.add_argument(
        "--severity",
        type=Severity,
        choices=[*Severity],
        default=Severity.HIGH,
        help="up to this one; default: high",
    )
    how = parser.add_mutually_exclusive_group(required=True)
    add_until(how, "when the silence ends by itself")
    how.add_argument("--end", metavar="ID", help="end this silence now")
    how.add_argument("--list", action="store_true", help="list the silences in force")
    add_order_options(parser, is_confirmed=True, is_reason_required=False)


def run(args: argparse.Namespace) -> ExitCode:
    if not args.list and not args.reason:
        raise InvalidInput("--reason is required: people read why")
    check_end(args.until, now(), LONGEST_SILENCE, "a silence")
    if args.until is not None and not (args.rule or args.channel or args.owner):
        raise InvalidInput("give --rule, --channel or --owner; '*' is any of them")

    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        if args.list:
            return show(args, stack, [silences_section(read_controls(stack), now)])
        until = end_of(args.until, now)
        order = _end(args, stack, now) if until is None else _silence(args, stack, until, now)
        return carry_out(args, stack, order, now)

    return with_stack(args, act)


def _silence(
    args: argparse.Namespace, stack: DeployedStack, until: datetime, now: datetime
) -> Order:
    if args.rule:
        check_rules(stack, args.rule)
    if args.channel:
        check_channels(stack, args.channel)
    is_critical = args.severity is Severity.CRITICAL
    return Order(
        command=SilenceIncidents(
            rule=args.rule,
            channel=args.channel,
            owner=args.owner,
            severity=args.severity,
            until=until,
            **said(args, stack.account_arn, now),
        ),
        effect=on_account(stack, _newest, silence_in_words),
        question="Nobody will be told of critical incidents either. Go on?" if is_critical else "",
    )


def _newest(controls: AccountControls) -> Stamped[Silence] | None:
    return max(controls.silences.values(), key=lambda each: each.at, default=None)


def _end(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    """Raises InvalidInput for a silence that is not in force, as far as the caller may look."""
    controls = if_readable(lambda: read_controls(stack))
    if controls is not None:
        known = [each.id for each in controls.silences_at(now)]
        if args.end not in known:
            hint = did_you_mean(args.end, known)
            raise InvalidInput(f"no silence {args.end!r} is in force{hint}")
    return Order(
        command=EndSilence(silence_id=args.end, **said(args, stack.account_arn, now)),
        effect=on_account(
            stack, lambda c: c.silence_ends.get(args.end), silence_end_in_words(args.end)
        ),
    )
