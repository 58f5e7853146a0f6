"""`streamwarden policy diff`: what changes when a policy takes the place of another."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Final

from streamwarden.domain.policy import Policy
from streamwarden.domain.verdicts import Status
from streamwarden_cli.console import print_line
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import add_json, print_json
from streamwarden_cli.policy.compilation import load_policy_file
from streamwarden_cli.policy.counting import format_count
from streamwarden_cli.policy.difference import ActionChange, Difference, VerdictChange, difference
from streamwarden_cli.policy.understated import understated
from streamwarden_cli.replay.breakers import BreakersThatNeverTrip
from streamwarden_cli.replay.jsonl import format_time
from streamwarden_cli.replay.outcomes import outcomes_of
from streamwarden_cli.replay.text import label
from streamwarden_cli.replay.timeline import read_timeline
from streamwarden_cli.replay.until import end_of, read_until
from streamwarden_cli.scenario.fleet import Fleet
from streamwarden_cli.scenario.raw_events import read_events
from streamwarden_cli.scenario.reading import is_scenario, read_whole_fleet, scenario_among
from streamwarden_cli.scenario.timeline import Scenario

_MOST_NAMES: Final = 8
_A_DAY: Final = timedelta(days=1)
_SHOWN: Final = frozenset({Status.BREACH, Status.EXEMPT})

_DESCRIPTION: Final = """\
Plays two policies over the same channels and events, and says rule by rule whose verdict changes
and what would be done under the new policy alone: the blast radius of its deployment. Take it
before every deployment:

  streamwarden fleet export --stack streamwarden --output fleet.yaml
  streamwarden policy diff deployed.yaml new.yaml --fleet fleet.yaml --at-most 5

Time runs on for a day, so that limits are reached that lie ahead. What the new policy does sooner
than the old one counts as well."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("old", metavar="OLD", type=Path, help="the policy that is deployed")
    add("new", metavar="NEW", type=Path, help="the policy that is to be deployed")
    add("--fleet", metavar="FILE", type=Path, help="the channels: `streamwarden fleet export`")
    add(
        "--events",
        metavar="PATH",
        type=Path,
        nargs="+",
        default=[],
        help="events to play, or a scenario, as `streamwarden replay` reads them",
    )
    add(
        "--until",
        metavar="6h|TIMESTAMP",
        type=read_until,
        default=_A_DAY,
        help="let time run on, for a duration or up to a moment (default: 1d)",
    )
    add(
        "--at-most",
        metavar="N",
        type=_count,
        help="on how many resources the new policy may act that the old one leaves alone, or acts "
        "on later",
    )
    add_json(parser)
    parser.set_defaults(refuse=parser.error)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a number from 0 up, found {text!r}")
    return int(text)


def run(args: argparse.Namespace) -> ExitCode:
    """Raises InvalidInput."""
    if args.fleet is None and not args.events:
        args.refuse("there is nothing to compare over: give --fleet, --events, or both")
    before, after = policies = [load_policy_file(path) for path in (args.old, args.new)]
    scenario = _scenario(args.fleet, args.events)
    found, names = _compare(args, policies, scenario)
    channels = scenario.channels if scenario is not None and args.fleet is not None else ()
    unknown = understated(before, after, channels)
    if args.json:
        print_json({**_as_json(found), "understated": unknown})
    else:
        for line in _text(found, unknown, lambda arn: names.get(arn) or label(arn)):
            print_line(line)
    count = len(found.newly_acted_on)
    if args.at_most is not None and count > args.at_most:
        allowed = f"--at-most {args.at_most} is allowed"
        message = f"the new policy acts on {format_count(count, 'more resource')}; {allowed}"
        print(f"streamwarden: {message}", file=sys.stderr)
        return ExitCode.TOO_MANY
    return ExitCode.DONE


def _compare(
    args: argparse.Namespace, policies: Sequence[Policy], scenario: Scenario | None
) -> tuple[Difference, dict[str, str]]:
    """What changes, and the names of channels by their ARNs. Raises InvalidInput."""
    fleet = scenario.fleet if scenario is not None else Fleet()
    events = read_events(each for each in args.events if not is_scenario(each))
    timeline = read_timeline(events, as_listed=False, scenario=scenario)
    end = end_of(args.until, timeline.ends_at)
    before, after = (
        outcomes_of(each, timeline, fleet, end, is_lenient=True, breakers=BreakersThatNeverTrip())
        for each in policies
    )
    for fault in after.faults:
        print(f"rejected: {fault}", file=sys.stderr)
    # What one policy has stopped can do nothing more, and under the other one it can.
    for path, outcomes in zip((args.old, args.new), (before, after), strict=True):
        for refused in outcomes.refused:
            print(f"passed over under {path}: {refused}", file=sys.stderr)
    return difference(before, after), {**before.names, **after.names}


def _scenario(fleet: Path | None, events: Sequence[Path]) -> Scenario | None:
    """What there is at first, and steps, if it has any. Raises InvalidInput."""
    scenario = scenario_among(events)
    if scenario is None:
        return read_whole_fleet(fleet) if fleet is not None else None
    if fleet is not None:
        raise InvalidInput("--fleet: the scenario of --events has channels of its own")
    return scenario


def _as_json(found: Difference) -> dict[str, object]:
    actions = [
        {
            **asdict(each),
            "before": each.before and format_time(each.before),
            "after": each.after and format_time(each.after),
            "is_new": each.is_new,
        }
        for each in found.actions
    ]
    verdicts = [asdict(each) for each in found.verdicts]
    acted_on = sorted(found.newly_acted_on)
    return {"verdicts": verdicts, "actions": actions, "newly_acted_on": acted_on}


def _text(
    found: Difference, unknown: Mapping[str, str], name_of: Callable[[str], str]
) -> Iterator[str]:
    """Of verdicts only those that matter to people; JSON has all."""
    shown = [each for each in found.verdicts if {each.before, each.after} & _SHOWN]
    for rule in sorted({each.rule for each in shown} | {each.rule for each in found.actions}):
        yield rule
        yield from _action_lines([each for each in found.actions if each.rule == rule], name_of)
        yield from _verdict_lines([each for each in shown if each.rule == rule], name_of)
    if others := len(found.verdicts) - len(shown):
        yield f"{format_count(others, 'other verdict')} changed without a breach; --json has them."
    if unknown:
        rules = ", ".join(f"{rule} ({beginning})" for rule, beginning in unknown.items())
        yield f"The fleet does not say all that has been, so these may do more: {rules}."
    count = len(found.newly_acted_on)
    resources = format_count(count, "resource")
    yield f"The new policy acts on {resources} that the old one leaves alone, or acts on later."


def _action_lines(changes: Iterable[ActionChange], name_of: Callable[[str], str]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for each in changes:
        names.setdefault(_describe(each), []).append(name_of(each.resource_arn))
    for change, found in names.items():
        yield f"  {change} {len(found)}: {_listed(found)}"


def _describe(change: ActionChange) -> str:
    if change.after is None:
        return f"would no longer {change.action}"
    if change.before is None:
        return f"would {change.action}"
    return f"would {change.action} {'sooner' if change.is_new else 'later'}"


def _verdict_lines(
    changes: Iterable[VerdictChange], name_of: Callable[[str], str]
) -> Iterator[str]:
    by_change: dict[tuple[str, str], list[VerdictChange]] = {}
    for each in changes:
        by_change.setdefault((each.before or "no rule", each.after or "no rule"), []).append(each)
    for (before, after), found in sorted(by_change.items()):
        names = _listed([name_of(each.resource_arn) for each in found])
        reason, times = Counter(each.reason for each in found).most_common(1)[0]
        others = "; other reasons for others" if times < len(found) else ""
        yield f"  {before} -> {after} {len(found)}: {names} ({reason}{others})"


def _listed(names: list[str]) -> str:
    more = f", and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
