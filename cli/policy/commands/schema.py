"""`streamwarden policy schema`: for editors that complete and check YAML."""

import argparse
import sys
from typing import TYPE_CHECKING

from cli.policy.reference.schema import rendered

if TYPE_CHECKING:
    from cli.main import Subparsers

_DESCRIPTION = """\
Prints the JSON Schema (draft 2020-12) of a policy. Save it beside a policy that begins with

  # yaml-language-server: $schema=policy.schema.json

and an editor with the YAML language server completes, explains and checks while you write.
`policies/policy.schema.json` is this schema."""


def add_parser(subparsers: "Subparsers") -> None:
    subparsers.add_parser(
        "schema",
        help="print the JSON Schema of a policy",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(_: argparse.Namespace) -> int:
    sys.stdout.write(rendered())
    return 0
