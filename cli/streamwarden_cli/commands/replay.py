"""`streamwarden replay`: what the deployed stack would have done about these events."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from streamwarden.domain.policy import Policy
from streamwarden_cli.console import Columns
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.policy.compilation import load_policy_file
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.jsonl import as_json
from streamwarden_cli.replay.player import Player
from streamwarden_cli.replay.recorder import Recorder
from streamwarden_cli.replay.records import Record
from streamwarden_cli.replay.stack import MemoryStack
from streamwarden_cli.replay.text import WIDTHS, cells_of
from streamwarden_cli.replay.timeline import Timeline, read_timeline
from streamwarden_cli.replay.until import Until, end_of, read_until
from streamwarden_cli.scenario.channels import Fleet
from streamwarden_cli.scenario.raw_events import read_events
from streamwarden_cli.scenario.reading import read_fleet, read_scenario
from streamwarden_cli.scenario.timeline import Scenario
from streamwarden_cli.shipped import DEFAULT_POLICY

_DESCRIPTION: Final = """\
Plays events, or a scenario, through the services that are deployed, on a virtual clock and a
simulated IVS: no servers, no AWS, the same output every run. It says what would have been decided
and done.
Timers fire at their moment, stream keys are rotated daily at 04:00 UTC, and events that our own
calls cause are played too. Sweeps are not run: what a first sweep would find is known from the
start (--fleet, and the API's defaults for a channel that only appears in an event), and later
differences are not looked for. Only for rules that count channels together, live channels are
compared with each other every five minutes."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add(
        "paths",
        metavar="PATH",
        nargs="+",
        type=Path,
        help="one event, a JSON array, JSON Lines, a folder of *.json and *.jsonl files, or a "
        "scenario (*.yaml)",
    )
    add("--policy", metavar="FILE", type=Path, help="default: policies/default.yaml, as shipped")
    add("--scenario", metavar="NAME", help="which one, where a file has several")
    add(
        "--fleet",
        metavar="FILE",
        type=Path,
        help="the channels there are at first: those of a scenario, or what `aws ivs "
        "list-channels` prints",
    )
    add(
        "--until",
        metavar="6h|TIMESTAMP",
        type=read_until,
        help="let time run on after the last event, for a duration or up to a moment",
    )
    add("--as-listed", action="store_true", help="play in the given order, not by `time`")
    add(
        "--format",
        choices=("text", "jsonl"),
        default="text",
        help="default: text; in jsonl, channel_arn is what a record is about, also a stage or the "
        "account",
    )


def run(args: argparse.Namespace) -> int:
    """Exit code 0 also with events rejected. Raises InvalidInput for files that cannot be used."""
    policy = _policy(args.policy)
    scenario = _scenario(args.paths, args.scenario)
    fleet = _fleet(args.fleet, scenario)
    events = read_events(each for each in args.paths if not _is_scenario(each))
    timeline = read_timeline(events, as_listed=args.as_listed, scenario=scenario)
    end = _end(args.until, timeline, scenario)
    clock = VirtualClock(timeline.starts_at)
    recorder = Recorder(clock, lambda record: show(record))
    stack = MemoryStack(policy, clock, recorder)
    show = _print_json if args.format == "jsonl" else _printing_columns(stack)
    Player(timeline, fleet, stack, clock, recorder).play(end)
    sys.stdout.flush()
    return 0


def _is_scenario(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml")


def _scenario(paths: Sequence[Path], name: str | None) -> Scenario | None:
    """Raises InvalidInput for several: each has channels and a beginning of its own."""
    paths = [each for each in paths if _is_scenario(each)]
    if not paths:
        return None
    if len(paths) > 1:
        raise InvalidInput(f"{paths[1]}: one scenario can be played at a time")
    scenario = read_scenario(paths[0], name)
    scenario.check_channels()
    return scenario


def _fleet(path: Path | None, scenario: Scenario | None) -> Fleet:
    if scenario is None:
        return read_fleet(path) if path is not None else Fleet()
    if path is not None:
        raise InvalidInput("--fleet: the scenario has channels of its own")
    return scenario.fleet


def _end(until: Until | None, timeline: Timeline, scenario: Scenario | None) -> datetime:
    if until is None and scenario is not None:
        return max(scenario.ends_at, timeline.ends_at)
    return end_of(until if timeline.moments else None, timeline.ends_at)


def _policy(path: Path | None) -> Policy:
    if path is None:
        path = DEFAULT_POLICY
    return load_policy_file(path)


def _print_json(record: Record) -> None:
    print(as_json(record))


def _printing_columns(stack: MemoryStack) -> Callable[[Record], None]:
    columns = Columns(*WIDTHS)
    return lambda record: columns.print(*cells_of(record, stack.name_of))
