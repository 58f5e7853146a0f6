"""What every order has in common: its options, the question before it, and what came of it."""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from streamwarden.domain.commands import AnyCommand, envelope_of_command
from streamwarden.domain.levels import Mode
from streamwarden.domain.orders.outcomes import NOT_ENFORCED
from streamwarden.domain.state.controls import Sender
from streamwarden_cli.console import print_line
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import print_json
from streamwarden_cli.operate.asking import add_reason, confirm
from streamwarden_cli.operate.command import add_view_options, stack_as_json, with_stack
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import Effect
from streamwarden_cli.operate.steering.outcomes import (
    NOT_SEEN,
    PATIENCE_SECONDS,
    SENT,
    Outcome,
    Result,
)
from streamwarden_cli.operate.steering.sending import Sent, body_of, send
from streamwarden_cli.operate.steering.targets import if_readable
from streamwarden_cli.replay.until import Until
from streamwarden_cli.times import read_end

_LOOK_EVERY_SECONDS: Final = 0.5
# SQS will say who gave it.
_NOBODY: Final = Sender(id="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command, and the part of the controls that it sets.

    `question` is asked before what loosens a brake or may end a show; empty for anything else.
    `already` says that there is nothing to loosen, as far as the caller may look.
    """

    command: AnyCommand
    effect: Effect
    question: str = ""
    already: str = ""


type OrderOf = Callable[[argparse.Namespace, DeployedStack, datetime], Order]


def add_order_options(
    parser: argparse.ArgumentParser, *, is_confirmed: bool = False, is_reason_required: bool = True
) -> None:
    """`is_confirmed` is set for orders that are asked about first."""
    add_reason(parser, "why, as people will read it", is_required=is_reason_required)
    parser.add_argument(
        "--no-wait", action="store_true", help="do not look whether the order takes effect"
    )
    if is_confirmed:
        parser.add_argument("-y", "--yes", action="store_true", help="do not ask before sending")
    add_view_options(parser)


def add_until(parser: argparse._ActionsContainer, what: str) -> None:
    parser.add_argument(
        "--until",
        metavar="4h|TIMESTAMP",
        type=read_end,
        help=f"{what}: a span from now, or a moment, by the clock of UTC if it has no offset",
    )


def end_of(until: Until | None, now: datetime) -> datetime | None:
    """The moment that `--until` says. Raises InvalidInput."""
    try:
        return until if until is None or isinstance(until, datetime) else now + until
    except OverflowError:
        raise InvalidInput("--until: it is after the end of the calendar") from None


def check_end(until: Until | None, now: datetime, longest: timedelta, what: str) -> None:
    """Before AWS is asked anything. Raises InvalidInput."""
    end = end_of(until, now)
    if end is not None and end > now + longest:
        raise InvalidInput(f"--until: {what} ends within {longest.days} days")


def said(args: argparse.Namespace, resource_arn: str, now: datetime) -> dict[str, Any]:
    """The fields of every command."""
    return {
        "resource_arn": resource_arn,
        "time": now,
        "author": _NOBODY,
        "reason": args.reason,
    }


def steer(args: argparse.Namespace, order_of: OrderOf) -> ExitCode:
    """The whole of a command that gives one order."""
    return with_stack(
        args, lambda stack, now: carry_out(args, stack, order_of(args, stack, now), now)
    )


def carry_out(
    args: argparse.Namespace, stack: DeployedStack, order: Order, now: datetime
) -> ExitCode:
    """Ask, send, and look what came of it. Raises InvalidInput, PermanentError, ClientError."""
    body_of(order.command)  # what the inbox would refuse is refused before anything else
    if order.already:
        return nothing_to_do(args, stack, order.already)
    if order.question:
        confirm(order.question, is_confirmed=args.yes)
    before = None if args.no_wait else _look(order.effect)
    sent = send(stack, order.command)
    result = _unlooked(stack, order.effect) if before is None else _wait(order.effect, before, now)
    if args.json:
        print_json(_as_json(stack, result, sent))
    else:
        print_line((stack.heading, "bold"))
        print_line(
            f"sent to the {sent.command.inbox} inbox by {sent.author or 'an unknown caller'}"
        )
        print_line(result.sentence)
    return result.outcome.exit_code


def nothing_to_do(args: argparse.Namespace, stack: DeployedStack, text: str) -> ExitCode:
    """What is ordered holds already: nothing is sent."""
    result = Result(Outcome.NOTHING_TO_DO, text)
    if args.json:
        print_json(_as_json(stack, result))
    else:
        print_line(result.sentence)
    return result.outcome.exit_code


def _look(effect: Effect) -> object | None:
    """What is in force now; None where the caller may not read it."""
    return if_readable(effect.read)


def _unlooked(stack: DeployedStack, effect: Effect) -> Result:
    """What is known without a look at the table."""
    if effect.carried_out is None or stack.max_mode is Mode.ENFORCE:
        return SENT
    return Result(Outcome.HELD, f"{effect.carried_out.channel}: {NOT_ENFORCED}")


def _wait(effect: Effect, before: object, now: datetime) -> Result:
    return looked_for(lambda: effect.result(before, now)) or NOT_SEEN


def looked_for(look: Callable[[], Result | None]) -> Result | None:
    """What came of what was sent, once that is known, or when the patience is over."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        result = if_readable(look)
        is_known = result is not None and result.outcome is not Outcome.ORDERED
        if is_known or time.monotonic() >= deadline:
            return result
        time.sleep(_LOOK_EVERY_SECONDS)


def _as_json(stack: DeployedStack, result: Result, sent: Sent | None = None) -> dict[str, Any]:
    return {
        "stack": stack_as_json(stack),
        "outcome": result.outcome,
        "text": result.text,
        "order": sent and envelope_of_command(sent.command)["detail"],
        "inbox": sent and sent.command.inbox,
        "message_id": sent and sent.message_id,
    }
