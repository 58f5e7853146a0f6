"""`streamwarden local`: the production stack on this machine, to play with.

It stays up between commands. Everything it needs lies in one state directory, so that a second
directory is a second stack.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden_cli.command import fail
from streamwarden_cli.console import timed
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.reading import STANDARD_INPUT
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import add_json, print_json, progress_apart
from streamwarden_cli.local import deployment, notifications, server
from streamwarden_cli.local.access import STATE
from streamwarden_cli.local.deployed import Deployed, last_deployed, remember
from streamwarden_cli.local.text import (
    outputs_as_json,
    place_as_json,
    print_environment,
    print_outputs,
    print_place,
)
from streamwarden_cli.policy.compilation import compile_policy_file
from streamwarden_cli.verbosity import add_quiet, add_report_options, add_verbose, silenced

_OBSTACLES: Final = (
    deployment.DeploymentError,
    server.LocalAwsError,
    ClientError,
    BotoCoreError,
    OSError,
)
_FIRST: Final = Deployed(deployment.DEFAULT_POLICY, "observe")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Runs the production template on a local AWS with a simulated Amazon IVS."
    state = argparse.ArgumentParser(add_help=False)
    state.add_argument(
        "--state-dir",
        metavar="DIR",
        type=Path,
        default=STATE,
        help="what it keeps; another directory is another stack (default: %(default)s)",
    )
    actions = parser.add_subparsers(dest="local_command", metavar="ACTION", required=True)
    up = actions.add_parser(
        "up",
        parents=[state],
        description="Builds the stack, starts a local AWS and deploys into it.",
        help="build, start and deploy; where it runs already, deploy again",
    )
    up.add_argument(
        "--policy", metavar="FILE", type=Path,
        help="the policy to build with (default: the one deployed last where it runs, "
        f"else {deployment.DEFAULT_POLICY})",
    )  # fmt: skip
    up.add_argument(
        "--mode", choices=("observe", "enforce"),
        help="what the stack may do (default: the mode it has where it runs, else observe)",
    )  # fmt: skip
    down = actions.add_parser(
        "down",
        parents=[state],
        description="Stops the local AWS. All that it held is gone.",
        help="stop it; all that it held is gone",
    )
    status = actions.add_parser(
        "status",
        parents=[state],
        description="Says whether the stack runs, where, and how other programs reach it. "
        f"It exits with {ExitCode.NOTHING} if nothing runs.",
        help=f"say whether and where it runs; exit {ExitCode.NOTHING} if not",
    )
    notifications_parser = actions.add_parser(
        "notifications",
        parents=[state],
        description="Prints what the topic of the local stack was sent since the last look. "
        "Each message is printed once. "
        f"It exits with {ExitCode.NOTHING} if there is none, or if no stack runs.",
        help="print what its topic was sent since the last look; "
        f"exit {ExitCode.NOTHING} if nothing",
    )
    notifications_parser.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    add_report_options(up)
    add_quiet(down)
    add_json(status)
    add_json(notifications_parser)
    for each in (up, down, status, notifications_parser):
        add_verbose(each)


def run(args: argparse.Namespace) -> ExitCode:
    try:
        match args.local_command:
            case "up":
                with silenced(is_quiet=args.quiet):
                    return _up(args.state_dir, args.policy, args.mode, is_json=args.json)
            case "down":
                with silenced(is_quiet=args.quiet):
                    return _down(args.state_dir)
            case "notifications":
                return _notifications(args.state_dir, is_following=args.follow, is_json=args.json)
            case _:
                return _status(args.state_dir, is_json=args.json)
    except BrokenPipeError:
        raise  # for `main`: the reader of the output has gone
    except _OBSTACLES as error:
        return fail(error, is_verbose=args.verbose)


def _up(
    state_dir: Path, policy: Path | None, mode: deployment.Mode | None, *, is_json: bool
) -> ExitCode:
    server.check_checkout()
    if policy == STANDARD_INPUT:
        raise InvalidInput("--policy: the build reads a file, so - is not taken here")
    running = server.running(state_dir)
    last = last_deployed(running, state_dir) or _FIRST
    deployed = Deployed((policy or last.policy).resolve(), mode or last.mode)
    # Its errors, not those of a build that stumbles over them.
    compile_policy_file(policy or last.policy)
    state_dir.mkdir(parents=True, exist_ok=True)
    with progress_apart(is_json=is_json):
        with timed("building"):
            built = deployment.build(state_dir, deployed.policy)
        with timed("the local AWS runs" if running else "starting the local AWS"):
            local = server.start(state_dir)
        again = "again " if running else ""
        with timed(f"deploying {again}in mode {deployed.mode}, which may take two minutes"):
            outputs = deployment.deploy(local.endpoint, built, mode=deployed.mode)
        # From now on nothing is missed that people would be told.
        notifications.local_inbox(local.endpoint, outputs.topic_arn)
    remember(deployed, local, state_dir)
    if is_json:
        print_json(place_as_json(local, state_dir) | deployed.texts | outputs_as_json(outputs))
        return ExitCode.DONE
    print_place(local, state_dir, deployed.texts)
    print_outputs(outputs)
    print_environment(local, state_dir)
    return ExitCode.DONE


def _down(state_dir: Path) -> ExitCode:
    print("stopped" if server.stop(state_dir) else "nothing ran")
    return ExitCode.DONE


def _notifications(state_dir: Path, *, is_following: bool, is_json: bool) -> ExitCode:
    local = server.running(state_dir)
    if local is None or last_deployed(local, state_dir) is None:
        print("no stack runs: start one with `streamwarden local up`", file=sys.stderr)
        return ExitCode.NOTHING
    topic_arn = deployment.outputs(local.endpoint).topic_arn
    inbox = notifications.local_inbox(local.endpoint, topic_arn)
    if notifications.print_notifications(inbox, is_following=is_following, is_json=is_json):
        return ExitCode.DONE
    if not is_json:
        print("nothing since the last look")
    return ExitCode.NOTHING


def _status(state_dir: Path, *, is_json: bool) -> ExitCode:
    local = server.running(state_dir)
    deployed = last_deployed(local, state_dir)
    texts = deployed.texts if deployed else {}
    if is_json:
        print_json(place_as_json(local, state_dir) | texts)
        return ExitCode.DONE if local else ExitCode.NOTHING
    if local is None:
        print("not running: start it with `streamwarden local up`")
        return ExitCode.NOTHING
    print_place(local, state_dir, texts)
    print_environment(local, state_dir)
    return ExitCode.DONE
