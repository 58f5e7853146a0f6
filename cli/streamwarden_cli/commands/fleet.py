"""`streamwarden fleet`: the channels of an account, as a file that replay and diff begin with."""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.adapters.rate_limit import RateLimit
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.aws import AwsAccount, AwsOptions, add_aws_options
from streamwarden_cli.command import fail
from streamwarden_cli.console import timed
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.fleet.export import export, rendered
from streamwarden_cli.local.account import account_of_options
from streamwarden_cli.local.server import LocalAwsError
from streamwarden_cli.operate.reading import StackRecords
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.policy.counting import format_count
from streamwarden_cli.verbosity import add_verbose

# IVS allows five calls a second of each operation, to everybody (Service Quotas).
_CALLS_A_SECOND: Final = 3
_OBSTACLES: Final = (ClientError, BotoCoreError, LocalAwsError, TemporaryError, PermanentError)
_CONFIG: Final = Config(retries={"mode": "standard", "total_max_attempts": 8})

_DESCRIPTION: Final = """\
Reads the channels and the live streams of an account in one region and writes them as a scenario:
what `streamwarden replay --fleet` and `streamwarden policy diff --fleet` begin with. It makes one
call for 100 channels or streams, at most three a second, and changes nothing.

With --stack it also reads what the records of that stack say of the channels: airtime that budgets
count, ages of keys, quarantines, exemptions, protections, open breaches. One call reads 100
records. docs/scenarios.md lists what is written, and what is not."""


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="fleet_command", metavar="ACTION", required=True)
    exporting = actions.add_parser(
        "export",
        help="write the channels and live streams of the account as a scenario",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    exporting.add_argument(
        "--output",
        "-o",
        metavar="FILE",
        type=Path,
        help="YAML, or JSON where it ends with .json (default: YAML on standard output)",
    )
    exporting.add_argument(
        "--stack",
        "--stack-name",
        metavar="NAME",
        help="also what the records of this deployed stack say (default: no stack is read)",
    )
    exporting.add_argument(
        "--with-ingest",
        action="store_true",
        help="also what each live encoder is set up to send: one call a live stream",
    )
    add_aws_options(exporting)
    add_verbose(exporting)


def run(args: argparse.Namespace) -> ExitCode:
    try:
        account = account_of_options(AwsOptions.read(args))
        if args.output is None:
            sys.stdout.write(_exported(account, args)[0])
            return ExitCode.DONE
        with timed("reading the account"):
            text, count = _exported(account, args)
        args.output.write_text(text, encoding="utf-8")
    except BrokenPipeError:
        raise  # for `main`: the reader of the output has gone
    except (*_OBSTACLES, OSError) as error:
        return fail(error, is_verbose=args.verbose)
    print(f"{args.output}: {format_count(count, 'channel')}")
    return ExitCode.DONE


def _exported(account: AwsAccount, args: argparse.Namespace) -> tuple[str, int]:
    """The text, and the number of channels."""
    stack = None
    if args.stack is not None:
        stack = StackRecords(DeployedStack.find(account, args.stack))
    now = datetime.now(UTC)  # noqa: TID251  # the command reads the clock
    scenario = export(_client(account), now, with_ingest=args.with_ingest, stack=stack)
    is_json = args.output is not None and args.output.suffix == ".json"
    return rendered(scenario, as_json=is_json), len(scenario["channels"])


def _client(account: AwsAccount) -> object:
    client = account.client("ivs", _CONFIG)
    limit = RateLimit(1 / _CALLS_A_SECOND, time.monotonic, time.sleep)
    client.meta.events.register_first("before-send", limit.before_send)
    return client
