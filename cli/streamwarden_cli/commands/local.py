"""`streamwarden local`: the production stack on this machine, to play with.

It stays up between commands. Everything it needs lies in one state directory, so that a second
directory is a second stack.
"""

import argparse
from pathlib import Path

from streamwarden_cli.command import fail
from streamwarden_cli.console import timed
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.reading import STANDARD_INPUT
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import add_json, print_json, progress_apart
from streamwarden_cli.local import deployment, server
from streamwarden_cli.local.access import STATE
from streamwarden_cli.local.text import (
    outputs_as_json,
    place_as_json,
    print_environment,
    print_outputs,
    print_place,
)
from streamwarden_cli.policy.compilation import compile_policy_file
from streamwarden_cli.verbosity import add_quiet, add_report_options, add_verbose, silenced


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
        help="build, start and deploy; where it runs already, deploy again",
    )
    up.add_argument(
        "--policy", metavar="FILE", type=Path, default=deployment.DEFAULT_POLICY,
        help="the policy to build with (default: %(default)s)",
    )  # fmt: skip
    up.add_argument(
        "--mode", choices=("observe", "enforce"), default="observe",
        help="what the stack may do (default: %(default)s)",
    )  # fmt: skip
    down = actions.add_parser("down", parents=[state], help="stop it; all that it held is gone")
    status = actions.add_parser(
        "status",
        parents=[state],
        help=f"say whether and where it runs; exit {ExitCode.NOTHING} if not",
    )
    add_report_options(up)
    add_quiet(down)
    add_json(status)
    for each in (up, down, status):
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
            case _:
                return _status(args.state_dir, is_json=args.json)
    except BrokenPipeError:
        raise  # for `main`: the reader of the output has gone
    except (deployment.DeploymentError, server.LocalAwsError, OSError) as error:
        return fail(error, is_verbose=args.verbose)


def _up(state_dir: Path, policy: Path, mode: deployment.Mode, *, is_json: bool) -> ExitCode:
    if policy == STANDARD_INPUT:
        raise InvalidInput("--policy: the build reads a file, so - is not taken here")
    compile_policy_file(policy)  # its errors, not those of a build that stumbles over them
    state_dir.mkdir(parents=True, exist_ok=True)
    with progress_apart(is_json=is_json):
        with timed("building"):
            built = deployment.build(state_dir, policy)
        with timed("starting the local AWS"):
            local = server.start(state_dir)
        with timed(f"deploying in mode {mode}"):
            outputs = deployment.deploy(local.endpoint, built, mode=mode)
    if is_json:
        print_json(place_as_json(local, state_dir) | outputs_as_json(outputs))
        return ExitCode.DONE
    print_place(local, state_dir)
    print_outputs(outputs)
    print_environment(local, state_dir)
    return ExitCode.DONE


def _down(state_dir: Path) -> ExitCode:
    print("stopped" if server.stop(state_dir) else "nothing ran")
    return ExitCode.DONE


def _status(state_dir: Path, *, is_json: bool) -> ExitCode:
    local = server.running(state_dir)
    if is_json:
        print_json(place_as_json(local, state_dir))
        return ExitCode.DONE if local else ExitCode.NOTHING
    if local is None:
        print("not running: start it with `streamwarden local up`")
        return ExitCode.NOTHING
    print_place(local, state_dir)
    print_environment(local, state_dir)
    return ExitCode.DONE
