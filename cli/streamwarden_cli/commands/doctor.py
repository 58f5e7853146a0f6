"""`streamwarden doctor`: whether account, region and deployment are as they should be."""

import argparse
from datetime import datetime

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_policy, add_view_options, show, with_stack
from streamwarden_cli.operate.doctor.checks import examine
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Health
from streamwarden_cli.operate.doctor.views import checks_section, remedies_section
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.policy.compilation import compile_policy_file


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says whether the account and the region fit, and whether the stack is whole; for each "
        "problem, the command that mends it. It changes nothing. What you may not read is not "
        "known, and stops no other check. It exits with 1 for a problem."
    )
    add_policy(parser, "the policy that should be deployed; `-` is standard input")
    parser.add_argument(
        "--detect-drift",
        action="store_true",
        help="have CloudFormation look for drift now, which needs to read every resource",
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 also for what is not known"
    )
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    digest = compile_policy_file(args.policy).digest if args.policy else ""

    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        examined = Examined(stack, now, digest, str(args.policy or ""), args.detect_drift)
        checked = [*examine(examined)]
        sections = [checks_section(checked)]
        show(args, stack, sections if args.json else [*sections, remedies_section(checked)])
        found = {each.finding.health for each in checked}
        wrong = {Health.PROBLEM, Health.NOT_KNOWN} if args.strict else {Health.PROBLEM}
        return ExitCode.FAILED if found & wrong else ExitCode.DONE

    return with_stack(args, act)
