"""`streamwarden dead-letters`: what was given up, why, and the way back."""

import argparse
from collections.abc import Sequence, Set
from datetime import datetime
from typing import Final

from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.asking import add_reason, confirm
from streamwarden_cli.operate.command import add_view_options, show, with_stack
from streamwarden_cli.operate.dead_letters.destination import Destinations
from streamwarden_cli.operate.dead_letters.handling import (
    Done,
    Handle,
    Handled,
    discard,
    handle_letters,
    redriver,
)
from streamwarden_cli.operate.dead_letters.permission import denials_explained
from streamwarden_cli.operate.dead_letters.queues import (
    Queue,
    dead_letter_queues,
    read_stack_queues,
)
from streamwarden_cli.operate.dead_letters.taking import read_all
from streamwarden_cli.operate.dead_letters.views import (
    content_section,
    handled_section,
    hidden_section,
    letter_section,
    letters_section,
)
from streamwarden_cli.operate.stack import DeployedStack

_QUEUE_HELP: Final = "as `list` names it, or the queue whose dead letters they are"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Dead letters are inputs, actions, notifications and invocations that were given up. To "
        "look at them hides them from others for a moment, so it takes more than to look at the "
        "stack: the managed policy DeadLettersPolicy."
    )
    actions = parser.add_subparsers(dest="dead_letters_command", metavar="ACTION", required=True)
    listing = actions.add_parser(
        "list",
        help="one line each, with the reason",
        description="Lists the dead letters of a stack, the oldest first, each with its reason.",
    )
    listing.add_argument("--queue", metavar="QUEUE", help=_QUEUE_HELP)
    add_view_options(listing)
    showing = actions.add_parser(
        "show",
        help="one of them, whole",
        description="Says what a dead letter is, why, where it belongs, and what it holds.",
    )
    showing.add_argument("id", metavar="ID", help="as `list` prints it")
    add_view_options(showing)
    redriving = actions.add_parser(
        "redrive",
        help="put letters where they belong",
        description=(
            "Puts dead letters where they belong: a message into its queue, an event into the "
            "inbox that it was meant for; a failed invocation is made again. Mend the cause first. "
            "It is safe to do this twice."
        ),
    )
    _add_choice(redriving)
    redriving.set_defaults(reason="")
    add_view_options(redriving)
    discarding = actions.add_parser(
        "discard",
        help="delete letters",
        description=(
            "Deletes dead letters. Nothing keeps them but what this prints: with --json, all of it."
        ),
    )
    _add_choice(discarding)
    add_reason(discarding, "why; it stands in what is printed")
    discarding.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_view_options(discarding)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        with denials_explained(stack):
            return _run(args, stack, now)

    return with_stack(args, act)


def _run(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> ExitCode:
    queues = read_stack_queues(stack)
    destinations = Destinations(queues, stack.outputs)
    match args.dead_letters_command:
        case "list":
            return _list(args, stack, destinations, now)
        case "show":
            return _show(args, stack, destinations, now)
        case "redrive":
            return _handle(args, stack, queues, redriver(stack, destinations))
        case _:
            return _discard(args, stack, queues)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("ids", metavar="ID", nargs="*", default=[], help="as `list` prints them")
    chosen.add_argument("--queue", metavar="QUEUE", help=f"all of a queue, {_QUEUE_HELP}")
    chosen.add_argument("--all", action="store_true", help="all of the stack")


def _list(
    args: argparse.Namespace, stack: DeployedStack, destinations: Destinations, now: datetime
) -> ExitCode:
    queues = dead_letter_queues(destinations.queues, args.queue)
    found = read_all(stack.client("sqs"), queues)
    show(args, stack, [letters_section(found.letters, destinations, now), hidden_section(found)])
    return ExitCode.DONE if found.letters or found.hidden else ExitCode.NOTHING


def _show(
    args: argparse.Namespace, stack: DeployedStack, destinations: Destinations, now: datetime
) -> ExitCode:
    found = read_all(stack.client("sqs"), dead_letter_queues(destinations.queues))
    letter = next((each for each in found.letters if each.id == args.id), None)
    if letter is None:
        raise InvalidInput(_not_found([args.id]))
    sections = [letter_section(letter, destinations, now)]
    return show(args, stack, sections if args.json else [*sections, content_section(letter)])


def _discard(args: argparse.Namespace, stack: DeployedStack, queues: Sequence[Queue]) -> ExitCode:
    if not args.yes:
        _check_ids(stack, queues, args.ids)
    chosen = ", ".join(args.ids) if args.ids else f"every dead letter of {args.queue or args.stack}"
    confirm(
        f"Deleted for good: {chosen}. Go on?",
        is_confirmed=args.yes,
        otherwise="nothing was discarded",
    )
    return _handle(args, stack, queues, discard)


def _check_ids(stack: DeployedStack, queues: Sequence[Queue], ids: Sequence[str]) -> None:
    """Before anybody is asked. Raises InvalidInput for letters that cannot be seen."""
    if not ids:
        return
    found = read_all(stack.client("sqs"), dead_letter_queues(queues))
    missing = set(ids) - {each.id for each in found.letters}
    if missing:
        raise InvalidInput(_not_found(sorted(missing)))


def _handle(
    args: argparse.Namespace, stack: DeployedStack, queues: Sequence[Queue], handle: Handle
) -> ExitCode:
    """What was done before an error or Ctrl-C is printed, too."""
    chosen, ids = dead_letter_queues(queues, args.queue), frozenset(args.ids)
    handled: list[Handled] = []
    try:
        handled.extend(handle_letters(stack.client("sqs"), chosen, ids, handle))
    except BaseException:
        if handled:
            show(args, stack, [handled_section(handled, args.reason)])
        raise
    show(args, stack, [handled_section(handled, args.reason)])
    missing = ids - {each.letter.id for each in handled}
    if missing:
        raise InvalidInput(_not_found(sorted(missing)))
    return _exit_code({each.done for each in handled}, is_named=bool(ids))


def _exit_code(done: Set[Done], *, is_named: bool) -> ExitCode:
    """A letter that was named has to be handled."""
    if Done.FAILED_AGAIN in done or (is_named and Done.LEFT in done):
        return ExitCode.FAILED
    return ExitCode.DONE if done - {Done.LEFT} else ExitCode.NOTHING


def _not_found(ids: Sequence[str]) -> str:
    return (
        f"no dead letter can be seen with the id {', '.join(ids)}. It is gone, or behind others of "
        "its group in a FIFO queue, or hidden for two minutes because somebody looked at it"
    )
