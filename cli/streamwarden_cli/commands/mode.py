"""`streamwarden mode`: how far a rule may go, without a deployment."""

import argparse
from datetime import datetime
from typing import Final

from streamwarden.domain.brakes import mode_under
from streamwarden.domain.commands import LimitMode, SetMode
from streamwarden.domain.levels import Mode
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_policy, with_stack
from streamwarden_cli.operate.policy import policy_of
from streamwarden_cli.operate.reading import read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_account
from streamwarden_cli.operate.steering.in_words import limit_in_words, mode_in_words
from streamwarden_cli.operate.steering.order import (
    Order,
    add_order_options,
    carry_out,
    nothing_to_do,
    said,
)

_OF_POLICY: Final = "policy"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Lowers the mode of a rule, as an operator, or raises it, as an administrator. `policy` "
        "gives the rule the mode of the policy again. The mode of the stack still limits it."
    )
    parser.add_argument("rule", metavar="RULE", help="the id of the rule")
    parser.add_argument("mode", choices=[*map(str, Mode), _OF_POLICY])
    add_policy(parser, "the deployed policy, where you may not read it from the stack")
    add_order_options(parser, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        current = _current(args, stack)
        if args.mode == current:
            return nothing_to_do(args, stack, f"rule {args.rule} has mode {current} already")
        return carry_out(args, stack, _order(args, stack, current, now), now)

    return with_stack(args, act)


def _current(args: argparse.Namespace, stack: DeployedStack) -> Mode:
    """Whatever the mode of the stack allows. Raises InvalidInput, PermanentError."""
    modes = {each.id: each.mode for each in policy_of(stack, args.policy).compiled.rules}
    written = modes.get(args.rule)
    if written is None:
        hint = did_you_mean(args.rule, modes)
        raise InvalidInput(f"the policy has no rule {args.rule!r}{hint}")
    return mode_under(read_controls(stack), args.rule, written)


def _order(args: argparse.Namespace, stack: DeployedStack, current: Mode, now: datetime) -> Order:
    rule, fields = args.rule, said(args, stack.account_arn, now)
    mode = None if args.mode == _OF_POLICY else Mode(args.mode)
    if mode is not None and mode is mode.at_most(current):
        limit = f"{rule}/{mode}"
        return Order(
            command=LimitMode(rule_id=rule, mode=mode, **fields),
            effect=on_account(stack, lambda c: c.mode_limits.get(limit), limit_in_words(rule)),
        )
    wanted = f"mode {mode}" if mode else "the mode of the policy"
    return Order(
        command=SetMode(rule_id=rule, mode=mode, **fields),
        effect=on_account(stack, lambda c: c.modes.get(rule), mode_in_words(rule, stack.max_mode)),
        question=f"Rule {rule} will have {wanted} in place of {current}. Go on?",
    )
