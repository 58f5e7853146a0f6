"""What the commands share that look at a deployed stack: their options, and what can go wrong."""

import argparse
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.command import fail
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import add_json
from streamwarden_cli.local.server import LocalAwsError
from streamwarden_cli.operate.sections import Section, print_view, print_view_as_json
from streamwarden_cli.operate.stack import DeployedStack, add_stack_options, stack_of
from streamwarden_cli.verbosity import add_verbose

_OBSTACLES: Final = (ClientError, BotoCoreError, PermanentError, TemporaryError, LocalAwsError)

_NAME_HELP: Final = "a channel by its name, id or ARN; or the id or ARN of another resource"


def add_view_options(parser: argparse.ArgumentParser) -> None:
    add_json(parser)
    add_verbose(parser)
    add_stack_options(parser)


def add_resource(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resource", metavar="NAME", help=_NAME_HELP)


def add_policy(parser: argparse.ArgumentParser, meaning: str) -> None:
    """A policy in a file, in place of that of the stack. `meaning` is what the help says of it."""
    parser.add_argument("--policy", metavar="FILE", type=Path, help=meaning)


def with_stack(
    args: argparse.Namespace, act: Callable[[DeployedStack, datetime], ExitCode]
) -> ExitCode:
    """What came of it, or of what kept the command from it. Raises InvalidInput."""
    try:
        return act(stack_of(args), now())
    except _OBSTACLES as error:
        return fail(error, is_verbose=args.verbose)


def show(
    args: argparse.Namespace, stack: DeployedStack, sections: Iterable[Section], about: str = ""
) -> ExitCode:
    """`about` goes on with the heading, such as `: channel studio`."""
    if args.json:
        print_view_as_json(sections, stack=stack_as_json(stack))
    else:
        print_view(f"{stack.heading}{about}", sections)
    return ExitCode.DONE


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the command reads the clock


def stack_as_json(stack: DeployedStack) -> dict[str, object]:
    return {
        "name": stack.name,
        "account": stack.place.account,
        "region": stack.place.region,
        "is_local": stack.is_local,
    }
