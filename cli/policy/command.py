"""`streamwarden policy`: everything that is done with a policy before it is deployed."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cli.policy.commands import checking, compiling, explaining, schema, testing

if TYPE_CHECKING:
    from cli.main import Command, Subparsers

# One line for each, under the name that its parser has; in the order of the help.
COMMANDS: Final[Mapping[str, "Command"]] = {
    "check": checking,
    "explain": explaining,
    "test": testing,
    "schema": schema,
    "compile": compiling,
}


def add_parser(subparsers: "Subparsers") -> None:
    policy = subparsers.add_parser(
        "policy",
        help="check, explain, test and compile policies",
        description="Everything that is done with a policy before it is deployed. "
        "docs/policy.md describes the document and the rule kinds.",
    )
    commands = policy.add_subparsers(dest="policy_command", metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        command.add_parser(commands)


def run(args: argparse.Namespace) -> int:
    return COMMANDS[args.policy_command].run(args)
