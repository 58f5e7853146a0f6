"""`streamwarden notify`: destinations of the deployed policy are tried."""

import argparse
from datetime import datetime

from msgspec import to_builtins

from streamwarden.services.errors import PermanentError
from streamwarden.services.try_destination import Answer, Trial
from streamwarden_cli.console import print_line, print_table
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import print_json
from streamwarden_cli.operate.command import add_view_options, stack_as_json, with_stack
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.trying import try_destination


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Tries the destinations of the deployed policy."
    actions = parser.add_subparsers(dest="notify_command", metavar="ACTION", required=True)
    testing = actions.add_parser(
        "test",
        help="send a sample of each kind of message to a destination",
        description=(
            "Sends a sample of each kind of message to a destination, and says for each whether "
            "the service took it. The function notify of the stack sends them, within the rate of "
            "the destination. Each says that it is a test. Routes and quiet hours do not matter."
        ),
    )
    testing.add_argument("destination", metavar="DESTINATION", help="its name in the policy")
    add_view_options(testing)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, _: datetime) -> ExitCode:
        trial = try_destination(stack, args.destination)
        if not trial.tried:
            raise PermanentError(trial.reason)
        if args.json:
            print_json({"stack": stack_as_json(stack), **_as_json(trial)})
        else:
            _print(trial, stack)
        are_taken = all(each.answer is Answer.TAKEN for each in trial.tried)
        return ExitCode.DONE if are_taken else ExitCode.FAILED

    return with_stack(args, act)


def _print(trial: Trial, stack: DeployedStack) -> None:
    print_line((f"{stack.heading}: destination {trial.destination}", "bold"))
    print_table([(each.sample, each.answer, each.reason) for each in trial.tried])


def _as_json(trial: Trial) -> dict[str, object]:
    samples = [
        {"sample": each.sample, "answer": each.answer, "reason": each.reason or None}
        for each in trial.tried
    ]
    document: dict[str, object] = to_builtins(
        {"destination": trial.destination, "samples": samples}
    )
    return document
