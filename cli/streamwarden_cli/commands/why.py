"""`streamwarden why`: what each rule says of a channel and why, and what was done."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Protocol

from streamwarden.domain.state.facts import Facts
from streamwarden.services.records import Record
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.asked_rules import check_rules
from streamwarden_cli.operate.command import (
    add_policy,
    add_resource,
    add_view_options,
    show,
    with_stack,
)
from streamwarden_cli.operate.destinations import read_destinations, waiting_section
from streamwarden_cli.operate.incidents import incidents_section
from streamwarden_cli.operate.policy import PolicyInUse, policy_of
from streamwarden_cli.operate.reading import read_controls, read_ledger, read_record
from streamwarden_cli.operate.record_history import HistoryItem
from streamwarden_cli.operate.resource_history import history_of, source_of
from streamwarden_cli.operate.sections import Section
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.why import (
    done_section,
    first_decision,
    stands_at,
    stands_section,
    verdicts_of,
    verdicts_section,
)
from streamwarden_cli.operate.wording import format_resource
from streamwarden_cli.replay.until import read_until


class _OfRule(Protocol):
    @property
    def rule_id(self) -> str: ...


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says the verdict of each rule on a channel with its reason, as an observer would decide "
        "now from the stored record, and what was decided and done until now, and who asked."
    )
    add_resource(parser)
    parser.add_argument(
        "--at",
        metavar="6h|TIMESTAMP",
        type=read_until,
        help="how the rules stood at that moment, or so long ago, in place of the verdicts now",
    )
    add_policy(parser, "decide by this policy; default: the deployed one")
    parser.add_argument(
        "--rule", metavar="ID", action="append", default=[], help="only what is said of these rules"
    )
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        record = read_record(stack, args.resource)
        entries = read_ledger(stack, record.state.arn)
        everything = history_of(record, entries)
        history = _asked_for(everything, args.rule)
        of_old: list[_OfRule] = [*everything, *record.standing.incidents.values()]
        in_use = cache(lambda: policy_of(stack, args.policy))
        check_rules(args.rule, {each.rule_id for each in of_old}, in_use)
        if args.at is not None:
            at = args.at if isinstance(args.at, datetime) else now - args.at
            sections = _then(history, source_of(entries), at)
        else:
            sections = [*_now(record, stack, args, in_use(), now), done_section(history)]
        name = Facts(record.state).name
        return show(args, stack, sections, f": {format_resource(record.state.arn, name)}")

    return with_stack(args, act)


def _now(
    record: Record,
    stack: DeployedStack,
    args: argparse.Namespace,
    in_use: PolicyInUse,
    now: datetime,
) -> Iterator[Section]:
    controls = read_controls(stack)
    verdicts = verdicts_of(record, in_use.policy, now, in_use.max_mode, controls)
    source = in_use.source
    if record.decided_under != in_use.decided_under(controls):
        source += f"; the record was decided under {record.decided_under or 'nothing yet'}"
    yield verdicts_section(_asked_for(verdicts, args.rule), source, now)
    yield incidents_section(_asked_for(record.standing.incidents.values(), args.rule), now)
    destinations = read_destinations(stack, now)
    yield waiting_section(destinations, record.state.arn, now, args.rule)


def _then(history: Sequence[HistoryItem], source: str, at: datetime) -> list[Section]:
    until = [each for each in history if each.at <= at]
    stands, first = stands_at(until, at), first_decision(history)
    return [stands_section(stands, at, source, first), done_section(until)]


def _asked_for[Item: _OfRule](items: Iterable[Item], rules: Sequence[str]) -> list[Item]:
    """What is of these rules; no rules are all of them."""
    return [each for each in items if not rules or each.rule_id in rules]
