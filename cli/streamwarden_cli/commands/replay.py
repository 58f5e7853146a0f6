"""`streamwarden replay`: what the deployed stack would have done about these events."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from streamwarden.domain.policy import Policy
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.policy.compilation import load_policy_file
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.collection import rare_collections
from streamwarden_cli.replay.jsonl import as_json
from streamwarden_cli.replay.player import Player
from streamwarden_cli.replay.printing import Printer
from streamwarden_cli.replay.recorder import Recorder, Write
from streamwarden_cli.replay.records import Record, SummaryRecord
from streamwarden_cli.replay.selection import WORDS, Selection, arn_of
from streamwarden_cli.replay.stack import MemoryStack
from streamwarden_cli.replay.timeline import Timeline, read_timeline
from streamwarden_cli.replay.until import Until, end_of, read_until
from streamwarden_cli.scenario.fleet import Fleet
from streamwarden_cli.scenario.raw_events import read_events
from streamwarden_cli.scenario.reading import (
    NOT_JUDGED,
    is_scenario,
    read_fleet,
    scenario_among,
)
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
        help="events as JSON, JSON Lines, gzip, or a folder of such files; - is standard input. "
        "Log files of CloudTrail, exports of CloudWatch Logs and messages of SQS and SNS are "
        "opened. A scenario is *.yaml",
    )
    add(
        "--policy",
        metavar="FILE",
        type=Path,
        help="- is standard input; default: policies/default.yaml, as shipped",
    )
    add("--scenario", metavar="NAME", help="which one, where a file has several")
    add(
        "--fleet",
        metavar="FILE",
        type=Path,
        help="the channels there are at first: those of a scenario, or what `aws ivs "
        "list-channels` prints; - is standard input",
    )
    add(
        "--until",
        metavar="6h|TIMESTAMP",
        type=read_until,
        help="let time run on after the last event, for a duration or up to a moment",
    )
    add("--as-listed", action="store_true", help="play in the given order, not by `time`")
    add(
        "--channel",
        metavar="NAME|ARN",
        action="append",
        default=[],
        help="show only what is about these channels; a glob may fit several",
    )
    add("--rule", metavar="ID", action="append", default=[], help="show only these rules")
    add(
        "--only",
        metavar="RECORD",
        choices=WORDS,
        action="append",
        default=[],
        help=f"show only these records ({', '.join(WORDS)}); in text, before the answer",
    )
    add("--verbose", "-v", action="store_true", help="in text, show every record before the answer")
    add(
        "--timezone",
        metavar="ZONE",
        type=_zone,
        default=UTC,
        help="of the times in text, such as Europe/Berlin; default: UTC",
    )
    add(
        "--format",
        choices=("text", "jsonl"),
        default="text",
        help="default: text; jsonl has every record, as docs/replay.schema.json describes",
    )


def run(args: argparse.Namespace) -> ExitCode:
    """Exit code 0 also with events rejected, unless that is all of them.

    Raises InvalidInput for files that cannot be used.
    """
    with rare_collections():
        return _run(args)


def _run(args: argparse.Namespace) -> ExitCode:
    policy = _policy(args.policy)
    selection = _selection(args, policy)
    scenario = scenario_among(args.paths, args.scenario)
    if scenario is not None and scenario.expect:
        print(f"{next(filter(is_scenario, args.paths))}: {NOT_JUDGED}", file=sys.stderr)
    fleet = _fleet(args.fleet, scenario)
    events = read_events(each for each in args.paths if not is_scenario(each))
    timeline = read_timeline(events, as_listed=args.as_listed, scenario=scenario)
    end = _end(args.until, timeline, scenario)
    clock = VirtualClock(timeline.starts_at)
    is_verbose = args.verbose or bool(args.only)
    has_every_record = is_verbose or args.format == "jsonl"
    recorder = Recorder(clock, lambda record: show(record), has_every_record)
    stack = MemoryStack(policy, clock, recorder)
    printer = Printer(
        stack.name_of,
        args.timezone,
        timeline.starts_at,
        is_verbose=is_verbose,
        has_time=timeline.has_time,
    )
    show = _shown(selection, stack, None if args.format == "jsonl" else printer)
    Player(timeline, fleet, stack, clock, recorder).play(end)
    sys.stdout.flush()
    if not _has_one_of(stack, selection):
        names = ", ".join(selection.channels)
        print(f"streamwarden: --channel: no channel is called {names}", file=sys.stderr)
        return ExitCode.FAILED
    if not timeline.moments and (timeline.items or scenario is None):
        why = "each reason is above" if timeline.items else "there is none in what was given"
        print(f"streamwarden: no event could be read; {why}", file=sys.stderr)
        return ExitCode.FAILED
    return ExitCode.DONE


def _fleet(path: Path | None, scenario: Scenario | None) -> Fleet:
    if scenario is None:
        return read_fleet(path) if path is not None else Fleet()
    if path is not None:
        raise InvalidInput("--fleet: the scenario has channels of its own")
    return scenario.fleet


def _end(until: Until | None, timeline: Timeline, scenario: Scenario | None) -> datetime:
    if until is None and scenario is not None:
        return max(scenario.ends_at, timeline.ends_at)
    return end_of(until if timeline.has_time else None, timeline.ends_at)


def _policy(path: Path | None) -> Policy:
    if path is None:
        path = DEFAULT_POLICY
    return load_policy_file(path)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise argparse.ArgumentTypeError(
            f"expected a time zone such as Europe/Berlin, found {name!r}"
        ) from None


def _selection(args: argparse.Namespace, policy: Policy) -> Selection:
    ids = [rule.id for rule in policy.rules]
    for rule in args.rule:
        if rule not in ids:
            hint = did_you_mean(rule, ids) or f" (expected {format_list(ids)})"
            raise InvalidInput(f"--rule: the policy has no rule {rule!r}{hint}")
    return Selection(tuple(args.channel), tuple(args.rule), tuple(args.only))


def _has_one_of(stack: MemoryStack, selection: Selection) -> bool:
    """Whether there is a channel of those that are selected."""
    return not selection.channels or any(
        selection.has_channel(each["arn"], each["name"]) for each in stack.control.state()
    )


def _shown(selection: Selection, stack: MemoryStack, printer: Printer | None) -> Write:
    """What shows a record, if it is selected: as JSON, if there is no printer.

    An answer about no channel would read as if nothing had been done.
    """

    def show_selected(record: Record) -> None:
        arn = arn_of(record)
        if not selection.is_about(record, stack.name_of(arn) if arn is not None else ""):
            return
        if printer is not None:
            if isinstance(record, SummaryRecord) and not _has_one_of(stack, selection):
                return
            printer.show(record, is_listed=selection.lists(record))
        elif selection.lists(record):
            print(as_json(record))

    return show_selected
