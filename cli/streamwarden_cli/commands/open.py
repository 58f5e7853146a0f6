"""`streamwarden open`: what is open now in a deployed stack."""

import argparse
from datetime import datetime

from streamwarden.domain.verdicts import Mode
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.asked_rules import check_rules
from streamwarden_cli.operate.command import add_view_options, show, with_stack
from streamwarden_cli.operate.destinations import read_destinations
from streamwarden_cli.operate.incidents import Selection, open_section, opened_in
from streamwarden_cli.operate.notified import Notifications
from streamwarden_cli.operate.policy import deployed_policy
from streamwarden_cli.operate.reading import read_entries, read_records
from streamwarden_cli.operate.stack import DeployedStack


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Lists open incidents, one line each: the most urgent first, of these the oldest. It reads "
        "the fleet index, and the records that have an open incident."
    )
    parser.add_argument(
        "--observed",
        action="store_true",
        help="also the breaches of rules in mode observe, of which nobody is notified",
    )
    parser.add_argument(
        "--rule", metavar="ID", action="append", default=[], help="only what is open of these rules"
    )
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        selection = Selection(frozenset(args.rule), has_observed=args.observed)
        entries = [each for each in read_entries(stack) if each.incidents]
        known = {each.rule_id for entry in entries for each in entry.incidents}
        check_rules(args.rule, known, lambda: deployed_policy(stack))
        arns = [each.resource_arn for each in entries if selection.has_any(each.incidents)]
        notifications = Notifications(read_destinations(stack, now), now)
        opened = opened_in(read_records(stack, arns), notifications, now, selection)
        left_out = sum(each.mode is Mode.OBSERVE for entry in entries for each in entry.incidents)
        return show(args, stack, [open_section(opened, now, 0 if args.observed else left_out)])

    return with_stack(args, act)
