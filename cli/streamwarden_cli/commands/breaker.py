"""`streamwarden breaker`: what breakers hold is looked at, and let go."""

import argparse
from datetime import datetime

from streamwarden.domain.breaker import EVERY_RULE, tripped_since
from streamwarden.domain.commands import ReleaseBreaker
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_view_options, show, with_stack
from streamwarden_cli.operate.reading import read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.breakers import (
    breakers_section,
    read_breakers,
    rules_with_breakers,
)
from streamwarden_cli.operate.steering.effects import on_account
from streamwarden_cli.operate.steering.in_words import release_in_words
from streamwarden_cli.operate.steering.order import Order, add_order_options, carry_out, said
from streamwarden_cli.operate.steering.targets import check_rule, if_readable


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "A breaker holds the destructive actions of a rule that would be too many in ten minutes."
    )
    actions = parser.add_subparsers(dest="breaker_command", metavar="ACTION", required=True)
    showing = actions.add_parser(
        "show",
        help="say which breakers have tripped, and what has passed",
        description="Says which breakers have tripped or were released, and what has passed.",
    )
    showing.add_argument("--rule", metavar="RULE", help="of this rule, also if it never tripped")
    add_view_options(showing)
    releasing = actions.add_parser(
        "release",
        help="let held actions go",
        description=(
            "Lets go what breakers hold, which takes an administrator: it is decided again, and "
            "carried out where it still applies."
        ),
    )
    releasing.add_argument("--rule", metavar="RULE", default=EVERY_RULE, help="default: every rule")
    releasing.add_argument(
        "--number", metavar="N", type=int, help="so many actions of a rule; default: all"
    )
    add_order_options(releasing, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        if args.breaker_command == "show":
            return _show(args, stack, now)
        return carry_out(args, stack, _release(args, stack, now), now)

    return with_stack(args, act)


def _show(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> ExitCode:
    controls = read_controls(stack)
    rules = rules_with_breakers(controls)
    if args.rule:
        if args.rule not in rules:
            check_rule(stack, args.rule)
        rules = {args.rule}
    breakers = read_breakers(stack, controls, rules, now)
    return show(args, stack, [breakers_section(breakers, controls, now)])


def _release(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    rule = args.rule
    if rule:
        _check_rule(stack, rule)
    number = "All" if args.number is None else f"Up to {args.number}"
    held_by = f"the breaker of rule {rule} holds" if rule else "breakers hold"
    return Order(
        command=ReleaseBreaker(
            rule_id=rule, number=args.number, **said(args, stack.account_arn, now)
        ),
        effect=on_account(stack, lambda c: c.releases.get(rule), release_in_words(rule)),
        already=_already(stack, rule, now),
        question=f"{number} that {held_by} is decided again, and shows may be stopped. Go on?",
    )


def _already(stack: DeployedStack, rule: str, now: datetime) -> str:
    """Why there is nothing to let go; empty if something is held, or where nobody may look."""
    controls = if_readable(lambda: read_controls(stack))
    if controls is None:
        return ""
    rules = [rule] if rule else rules_with_breakers(controls)
    if any(tripped_since(controls, each) is not None for each in rules):
        return ""
    if rule:
        return f"nothing is held: the breaker of rule {rule} has not tripped"
    return "nothing is held: no breaker has tripped"


def _check_rule(stack: DeployedStack, rule: str) -> None:
    """A rule may be renamed or deleted while its breaker is tripped. Raises InvalidInput."""
    try:
        check_rule(stack, rule)
    except InvalidInput:
        if rule not in read_controls(stack).tripped:
            raise
