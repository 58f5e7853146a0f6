"""`streamwarden policy compile`: what `sam build` runs for the policy layer."""

import argparse
import sys
from pathlib import Path

from streamwarden.domain.policy import encode_policy
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.policy.compilation import compile_policy_file
from streamwarden_cli.policy.counting import format_rules
from streamwarden_cli.verbosity import add_quiet


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Checks a policy and writes it as the functions load it: JSON, with every "
        "default filled in. `make build` runs this."
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="- is standard input")
    parser.add_argument("--output", metavar="FILE", type=Path, required=True)
    add_quiet(parser)


def run(args: argparse.Namespace) -> ExitCode:
    """Raises DocumentErrors."""
    compiled = compile_policy_file(args.file)
    try:
        args.output.write_bytes(encode_policy(compiled))
    except OSError as error:
        print(f"{args.output}: the file cannot be written: {error.strerror}", file=sys.stderr)
        return ExitCode.FAILED
    if not args.quiet:
        print(f"{args.output}: {format_rules(compiled)}")
    return ExitCode.DONE
