"""`streamwarden policy`: everything that is done with a policy before it is deployed."""

import argparse
from collections.abc import Mapping
from typing import Final

from streamwarden_cli.command import Listed, add_commands
from streamwarden_cli.exit_codes import ExitCode

_HERE: Final = "streamwarden_cli.commands.policy"

# In the order of the help.
COMMANDS: Final[Mapping[str, Listed]] = {
    "check": Listed(f"{_HERE}.checking", "say everything that is wrong with policies"),
    "explain": Listed(f"{_HERE}.explaining", "say in words what a rule or a rule kind does"),
    "test": Listed(f"{_HERE}.testing", "play the cases beside a policy"),
    "diff": Listed(f"{_HERE}.differing", "say what changes when a policy replaces another"),
    "schema": Listed(f"{_HERE}.schema", "print the JSON Schema of a policy"),
    "compile": Listed(f"{_HERE}.compiling", "compile a policy for the functions"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Everything that is done with a policy before it is deployed. "
        "docs/policy.md describes the document and the rule kinds."
    )
    add_commands(parser, COMMANDS, dest="policy_command")


def run(args: argparse.Namespace) -> ExitCode:
    return COMMANDS[args.policy_command].load().run(args)
