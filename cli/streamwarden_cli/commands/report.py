"""`streamwarden report`: how a deployed stack is, as a page for people and tables for programs."""

import argparse
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from streamwarden_cli.command import fail
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_policy, with_stack
from streamwarden_cli.operate.stack import DeployedStack, add_stack_options
from streamwarden_cli.report.csv_files import write_csv_files
from streamwarden_cli.report.model import report_of
from streamwarden_cli.report.page import render_page
from streamwarden_cli.report.reading import read_inventory
from streamwarden_cli.times import read_span
from streamwarden_cli.verbosity import add_verbose

_STDOUT: Final = Path("-")
_PAGE: Final = Path("streamwarden-report.html")
_SINCE: Final = timedelta(days=7)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes a page that says how a deployed stack is: posture by rule and owner, what is live, "
        "open incidents with their time lines, stops and quarantines, key ages, exemptions that "
        "end, quota headroom, and what observe mode found. The page is one file that loads "
        "nothing. It reads all records, and the newest entries of all ledgers."
    )
    parser.add_argument(
        "--output",
        "-o",
        metavar="FILE",
        type=Path,
        default=_PAGE,
        help="the page; - is standard output (default: %(default)s)",
    )
    parser.add_argument(
        "--csv", metavar="DIR", type=Path, help="also write each table, complete, as a CSV file"
    )
    parser.add_argument(
        "--since",
        metavar="7d",
        type=read_span,
        default=_SINCE,
        help="how far back stops are listed (default: 7d)",
    )
    add_policy(parser, "judge by this policy; default: the deployed one")
    add_verbose(parser)
    add_stack_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        report = report_of(read_inventory(stack, args.policy, now - args.since, now))
        try:
            files = write_csv_files(report, args.csv) if args.csv is not None else []
            page = render_page(report)
            if args.output == _STDOUT:
                sys.stdout.write(page)
                return ExitCode.DONE
            args.output.write_text(page, encoding="utf-8")
        except BrokenPipeError:
            raise  # for `main`: the reader of the output has gone
        except OSError as error:
            return fail(error, is_verbose=args.verbose)
        for path in (args.output, *files):
            print(path)
        return ExitCode.DONE

    return with_stack(args, act)
