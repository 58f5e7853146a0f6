"""What every order has in common: its options, the question before it, and what came of it."""

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from streamwarden.domain.commands import AnyCommand, envelope_of_command
from streamwarden.domain.state.controls import Sender
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.console import print_line
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import print_json
from streamwarden_cli.operate.asking import add_reason, confirm
from streamwarden_cli.operate.command import add_view_options, stack_as_json, with_stack
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import Effect
from streamwarden_cli.operate.steering.sending import Sent, send
from streamwarden_cli.replay.until import Until
from streamwarden_cli.times import read_end

# A function that starts cold takes some seconds.
_PATIENCE_SECONDS: Final = 15.0
_LOOK_EVERY_SECONDS: Final = 0.5
# SQS will say who gave it.
_NOBODY: Final = Sender(id="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command, and the part of the controls that it sets.

    `question` is asked before what loosens a brake or may end a show; empty for anything else.
    """

    command: AnyCommand
    effect: Effect
    question: str = ""


type OrderOf = Callable[[argparse.Namespace, DeployedStack, datetime], Order]


class Outcome(StrEnum):
    IN_FORCE = "in-force"
    SENT = "sent"
    NOT_SEEN = "not-seen"
    NOTHING_TO_DO = "nothing-to-do"


_EXIT_CODES: Final[Mapping[Outcome, ExitCode]] = {
    Outcome.IN_FORCE: ExitCode.DONE,
    Outcome.SENT: ExitCode.DONE,
    Outcome.NOT_SEEN: ExitCode.NOT_SEEN,
    Outcome.NOTHING_TO_DO: ExitCode.NOTHING,
}

_NOT_IN_FORCE: Final[Mapping[Outcome, str]] = {
    Outcome.SENT: "it takes effect in some seconds; nobody looked whether it did",
    Outcome.NOT_SEEN: (
        f"not seen to take effect within {_PATIENCE_SECONDS:.0f} s; "
        "`streamwarden status` shows the inboxes and their dead letters"
    ),
}


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
    if order.question:
        confirm(order.question, is_confirmed=args.yes)
    before = None if args.no_wait else _look(order.effect)
    sent = send(stack, order.command)
    is_seen = before is not None and _waited_for(order.effect, before)
    outcome = _outcome(is_looked_for=before is not None, is_seen=is_seen)
    text = order.effect.describe(now) if is_seen else _NOT_IN_FORCE[outcome]
    if args.json:
        print_json(_as_json(stack, outcome, text, sent))
    else:
        print_line((stack.heading, "bold"))
        print_line(
            f"sent to the {sent.command.inbox} inbox by {sent.author or 'an unknown caller'}"
        )
        print_line(f"in force: {text}" if is_seen else text)
    return _EXIT_CODES[outcome]


def nothing_to_do(args: argparse.Namespace, stack: DeployedStack, text: str) -> ExitCode:
    """What is ordered holds already: nothing is sent."""
    if args.json:
        print_json(_as_json(stack, Outcome.NOTHING_TO_DO, text))
    else:
        print_line(text)
    return _EXIT_CODES[Outcome.NOTHING_TO_DO]


def _look(effect: Effect) -> object | None:
    """What is in force now; None where the caller may not read it."""
    try:
        return effect.read()
    except (PermanentError, TemporaryError):
        return None


def _waited_for(effect: Effect, before: object) -> bool:
    """Whether something else is in force now: the order, since it was sent."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := _look(effect)) == before or found is None:
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOOK_EVERY_SECONDS)
    return True


def _outcome(*, is_looked_for: bool, is_seen: bool) -> Outcome:
    if not is_looked_for:
        return Outcome.SENT
    return Outcome.IN_FORCE if is_seen else Outcome.NOT_SEEN


def _as_json(
    stack: DeployedStack, outcome: Outcome, text: str, sent: Sent | None = None
) -> dict[str, Any]:
    return {
        "stack": stack_as_json(stack),
        "outcome": outcome,
        "text": text,
        "order": sent and envelope_of_command(sent.command)["detail"],
        "inbox": sent and sent.command.inbox,
        "message_id": sent and sent.message_id,
    }
