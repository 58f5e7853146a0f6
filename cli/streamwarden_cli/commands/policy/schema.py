"""`streamwarden policy schema`: for editors that complete and check YAML."""

import argparse
import sys

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.policy.reference.schema import rendered

_DESCRIPTION = """\
Prints the JSON Schema (draft 2020-12) of a policy. Save it beside a policy that begins with

  # yaml-language-server: $schema=policy.schema.json

and an editor with the YAML language server completes, explains and checks while you write.
`policies/policy.schema.json` is this schema."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def run(_: argparse.Namespace) -> ExitCode:
    sys.stdout.write(rendered())
    return ExitCode.DONE
