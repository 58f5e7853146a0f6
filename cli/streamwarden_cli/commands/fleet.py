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
from streamwarden_cli.aws import AwsOptions, aws_options, configured_account
from streamwarden_cli.command import fail
from streamwarden_cli.console import timed
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.fleet.export import export, rendered
from streamwarden_cli.policy.counting import format_count
from streamwarden_cli.verbosity import add_verbose

# IVS allows five calls a second of each operation, to everybody (Service Quotas).
_CALLS_A_SECOND: Final = 3
_CONFIG: Final = Config(retries={"mode": "standard", "total_max_attempts": 8})

_DESCRIPTION: Final = """\
Reads the channels and the live streams of an account in one region and writes them as a scenario:
what `streamwarden replay --fleet` and `streamwarden policy diff --fleet` begin with. It makes one
call for 100 channels or streams, at most three a second, and changes nothing."""


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="fleet_command", metavar="ACTION", required=True)
    exporting = actions.add_parser(
        "export",
        parents=[aws_options()],
        help="write the channels and live streams of the account as a scenario",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    exporting.add_argument(
        "--output", "-o", metavar="FILE", type=Path, help="default: standard output"
    )
    exporting.add_argument(
        "--with-ingest",
        action="store_true",
        help="also what each live encoder is set up to send: one call a live stream",
    )
    add_verbose(exporting)


def run(args: argparse.Namespace) -> ExitCode:
    try:
        ivs = _client(AwsOptions.read(args))
        if args.output is None:
            sys.stdout.write(_exported(ivs, args)[0])
            return ExitCode.DONE
        with timed("reading the account"):
            text, count = _exported(ivs, args)
        args.output.write_text(text, encoding="utf-8")
    except BrokenPipeError:
        raise  # for `main`: the reader of the output has gone
    except (ClientError, BotoCoreError, OSError) as error:
        return fail(error, is_verbose=args.verbose)
    print(f"{args.output}: {format_count(count, 'channel')}")
    return ExitCode.DONE


def _exported(ivs: object, args: argparse.Namespace) -> tuple[str, int]:
    """The text, and the number of channels."""
    now = datetime.now(UTC)  # noqa: TID251  # the command reads the clock
    scenario = export(ivs, now, with_ingest=args.with_ingest)
    return rendered(scenario), len(scenario["channels"])


def _client(options: AwsOptions) -> object:
    """Raises InvalidInput where nothing names a region, and BotoCoreError."""
    client = configured_account(options).client("ivs", _CONFIG)
    limit = RateLimit(1 / _CALLS_A_SECOND, time.monotonic, time.sleep)
    client.meta.events.register_first("before-send", limit.before_send)
    return client
