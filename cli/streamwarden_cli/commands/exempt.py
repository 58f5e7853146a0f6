"""`streamwarden exempt`: a rule does not apply to a channel for a time."""

import argparse
from datetime import datetime

from streamwarden.domain.brakes import exemption_from
from streamwarden.domain.commands import LONGEST_EXEMPTION, EndExemption, ExemptChannel
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import now
from streamwarden_cli.operate.reading import loader
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_channel
from streamwarden_cli.operate.steering.in_words import exemption_in_words
from streamwarden_cli.operate.steering.order import (
    Order,
    add_order_options,
    add_until,
    check_end,
    end_of,
    said,
    steer,
)
from streamwarden_cli.operate.steering.targets import (
    add_channel,
    channel_of,
    check_rule,
    if_readable,
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Exempts a channel from a rule until a moment, at most a year away, or ends an exemption. "
        "Streams of the channel may be stopped again then, so the end is confirmed."
    )
    add_channel(parser)
    parser.add_argument("--rule", metavar="RULE", required=True, help="the id of the rule")
    how = parser.add_mutually_exclusive_group(required=True)
    add_until(how, "when the exemption ends")
    how.add_argument("--end", action="store_true", help="end the exemption now")
    add_order_options(parser, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    check_end(args.until, now(), LONGEST_EXEMPTION, "an exemption")
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    check_rule(stack, args.rule)
    arn, rule = channel_of(stack, args.channel), args.rule
    record = if_readable(lambda: loader(stack)(arn))
    is_exempt = record is None or exemption_from(record.state.controls, rule, now) is not None
    effect = on_channel(
        stack, arn, lambda c: c.exemptions.get(rule), exemption_in_words(rule, args.channel)
    )
    until = end_of(args.until, now)
    if until is not None:
        command = ExemptChannel(rule_id=rule, until=until, **said(args, arn, now))
        return Order(command=command, effect=effect)
    return Order(
        command=EndExemption(rule_id=rule, **said(args, arn, now)),
        effect=effect,
        question=f"Rule {rule} will apply to {args.channel} again, with its actions. Go on?",
        already="" if is_exempt else f"{args.channel} is not exempt from rule {rule}",
    )
