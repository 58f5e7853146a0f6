"""`streamwarden review`: what the rules would do if they were enforced."""

import argparse
from datetime import datetime

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_policy, add_view_options, show, with_stack
from streamwarden_cli.operate.policy import policy_of
from streamwarden_cli.operate.reading import read_entries, read_records
from streamwarden_cli.operate.review import found_in, review_sections
from streamwarden_cli.operate.stack import DeployedStack


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says for each rule how many resources are in breach now, and how many streams would be "
        "stopped, resources tagged and keys replaced if the rule were enforced, with those that "
        "are in breach for longest. Read it before you set a rule to notify or enforce. It reads "
        "the records that have something open; with --policy, all records."
    )
    add_policy(parser, "review this policy; default: the deployed one")
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        in_use = policy_of(stack, args.policy)
        arns = [
            each.resource_arn
            for each in read_entries(stack)
            if each.incidents or (args.policy is not None and not each.is_gone)
        ]
        found = found_in(read_records(stack, arns), in_use.compiled.rules, in_use.enforced(), now)
        return show(args, stack, review_sections(found, in_use.source))

    return with_stack(args, act)
