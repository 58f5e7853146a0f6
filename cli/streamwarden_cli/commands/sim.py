"""`streamwarden sim`: Amazon IVS on this machine, started, played with and looked at."""

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from ivs_simulator.control.client import Control, ControlRefused
from streamwarden.domain.duration import format_duration
from streamwarden.domain.events.bounds import MOST_AHEAD
from streamwarden_cli.command import fail
from streamwarden_cli.console import timed
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import print_json, progress_apart
from streamwarden_cli.local import server
from streamwarden_cli.local.text import place_as_json, print_environment, print_place
from streamwarden_cli.policy.counting import format_count
from streamwarden_cli.scenario.kinds.base import StepKind
from streamwarden_cli.scenario.kinds.broadcasts import GoLive
from streamwarden_cli.scenario.kinds.table import STEP_KINDS
from streamwarden_cli.scenario.naming import UnknownChannel, find
from streamwarden_cli.scenario.performing import execute, format_chaos
from streamwarden_cli.scenario.reading import NOT_JUDGED, read_scenario
from streamwarden_cli.sim.parser import configure
from streamwarden_cli.sim.place import NotPlayable, control_of, simulator_of, up_command
from streamwarden_cli.sim.playing import Instantly, RealTime, play
from streamwarden_cli.sim.text import format_state
from streamwarden_cli.sim.verdicts import verdicts_go_to
from streamwarden_cli.verbosity import silenced

__all__ = ["configure", "run"]

_NOT_FIELDS: Final = frozenset({"command", "sim_command", "state_dir", "key_from_stdin", "verbose"})

_NOT_REMEMBERED: Final = (
    "what a record says of a channel is not played here, but that it has no key; "
    "a stack has records of its own"
)


def run(args: argparse.Namespace) -> ExitCode:
    try:
        match args.sim_command:
            case "up":
                with silenced(is_quiet=args.quiet):
                    return _up(args.state_dir, is_json=args.json)
            case "down":
                with silenced(is_quiet=args.quiet):
                    print("stopped" if server.stop(args.state_dir) else "nothing ran")
                return ExitCode.DONE
            case "status":
                return _status(args.state_dir, is_json=args.json)
            case "play":
                return _play(args)
            case _:
                print(_played(control_of(simulator_of(args.state_dir)), args))
                return ExitCode.DONE
    except BrokenPipeError:
        raise  # for `main`: the reader of the output has gone
    except (NotPlayable, UnknownChannel, ControlRefused, server.LocalAwsError, OSError) as error:
        return fail(error, is_verbose=args.verbose)


def _up(state_dir: Path, *, is_json: bool) -> ExitCode:
    with progress_apart(is_json=is_json), timed("starting the local AWS"):
        local = server.start(state_dir)
    if is_json:
        print_json(place_as_json(local, state_dir))
    else:
        _print_running(local, state_dir)
    return ExitCode.DONE


def _status(state_dir: Path, *, is_json: bool) -> ExitCode:
    local = server.running(state_dir)
    if is_json:
        print_json(place_as_json(local, state_dir))
        return ExitCode.DONE if local else ExitCode.NOTHING
    if local is None:
        print(f"not running: start it with {up_command(state_dir)}")
        return ExitCode.NOTHING
    _print_running(local, state_dir)
    return ExitCode.DONE


def _print_running(local: server.LocalAws, state_dir: Path) -> None:
    print_place(local, state_dir)
    print_environment(local, state_dir, reader="the AWS CLI and SDKs")


def _play(args: argparse.Namespace) -> ExitCode:
    scenario = read_scenario(args.file, args.scenario)
    local = simulator_of(args.state_dir)
    control = control_of(local)
    scenario.check_channels(control.state())
    put_verdict = verdicts_go_to(local, args.stack, scenario)
    if scenario.expect:
        print(f"{args.file}: {NOT_JUDGED}", file=sys.stderr)
    if any(each.record is not None for each in scenario.channels):
        print(f"{args.file}: {_NOT_REMEMBERED}", file=sys.stderr)
    lasts = format_duration(scenario.ends_at - scenario.starts_at)
    print(f"{args.file}: {format_count(len(scenario.steps), 'step')}, {lasts}", flush=True)
    timing = Instantly(control) if args.instantly else RealTime()
    for line in play(scenario, control, timing, args.state_dir, put_verdict):
        print(line, flush=True)
    return ExitCode.DONE


def _played(control: Control, args: argparse.Namespace) -> str:
    """What one action came to."""
    match args.sim_command:
        case "state" if args.json:
            return json.dumps(control.whole_state(), indent=2)
        case "state":
            return "\n".join(format_state(control.whole_state()))
        case "advance":
            return _advance(control, args.span)
        case "chaos" if not _given(args):
            return format_chaos(control.chaos())
        case "latencies" if args.latencies is None:
            return str(control.options()["latenciesName"])
        case "limits" if args.limits is None:
            return "on" if control.rate_limits() else "off"
        case "watch":
            return _watch(control, args)
        case "go-live" if args.key_from_stdin or args.channel is None:
            return _go_live_by_key(control, args)
        case _:
            return _execute(control, args)


def _advance(control: Control, span: timedelta) -> str:
    now = control.advance(span)
    ahead = timedelta(seconds=control.whole_state()["clockOffsetSeconds"])
    if ahead > MOST_AHEAD:
        print(
            f"warning: the simulator is {format_duration(ahead)} ahead of the real clock; the "
            f"stack refuses events that are more than {format_duration(MOST_AHEAD)} ahead",
            file=sys.stderr,
        )
    return (
        f"it is {now:%Y-%m-%d %H:%M:%S} UTC in IVS, {format_duration(ahead)} ahead of the real "
        "clock, which a stack keeps"
    )


def _execute(control: Control, args: argparse.Namespace) -> str:
    given = _given(args)
    if "limits" in given:
        given["enabled"] = given.pop("limits") == "on"
    if args.sim_command == "create":
        given["tags"] = dict(args.tags)
    message = execute(control, _read(STEP_KINDS[args.sim_command], given))
    return f"{args.channel}: {message}" if "channel" in given else message


def _go_live_by_key(control: Control, args: argparse.Namespace) -> str:
    if args.channel is not None or not args.key_from_stdin:
        raise NotPlayable("go-live needs a CHANNEL or --key-from-stdin, one of them")
    # A key has a channel without saying which.
    action = _read(GoLive, {**_given(args), "channel": "the key's"})
    key_value = sys.stdin.readline().strip()
    if not key_value:
        raise NotPlayable("no stream key came on standard input")
    live = control.go_live(
        key_value=key_value,
        priority=action.priority,
        reconnects=action.reconnect,
        ingest=action.ingest(),
    )
    return f"{live.channel_arn}: live as {live.stream_id}"


def _watch(control: Control, args: argparse.Namespace) -> str:
    token = sys.stdin.readline().strip() if args.token_from_stdin else None
    arn = find(control.state(), args.channel)
    view_id = control.watch(arn, country=args.country, origin=args.origin, token=token)
    return f"{args.channel}: watched as view {view_id}"


def _read[K: StepKind](kind: type[K], given: dict[str, object]) -> K:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise NotPlayable(_describe_error(error)) from None  # its text repeats what was given


def _given(args: argparse.Namespace) -> dict[str, object]:
    fields = {name: value for name, value in vars(args).items() if name not in _NOT_FIELDS}
    return {
        name: value for name, value in fields.items() if value is not None and value is not False
    }


def _describe_error(error: ValidationError) -> str:
    """Without the input: it may be a stream key at the wrong place."""
    return "; ".join(
        ": ".join([*map(str, each["loc"]), str(each.get("ctx", {}).get("error", each["msg"]))])
        for each in error.errors()
    )
