"""`streamwarden policy`: check policies, and compile one for the functions."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cli.policy.compilation import compile_policy_file
from cli.policy.problems import PolicyErrors
from streamwarden.domain.policy import CompiledPolicy, encode_policy
from streamwarden.domain.verdicts import Mode

if TYPE_CHECKING:
    from cli.main import Subparsers


def add_parser(subparsers: "Subparsers") -> None:
    policy = subparsers.add_parser("policy", help="check and compile policies")
    commands = policy.add_subparsers(dest="policy_command", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="say everything that is wrong with policies")
    check.add_argument("files", metavar="FILE", nargs="+", type=Path)
    compiled = commands.add_parser("compile", help="compile a policy for the functions")
    compiled.add_argument("file", metavar="FILE", type=Path)
    compiled.add_argument("--output", metavar="FILE", type=Path, required=True)


def run(args: argparse.Namespace) -> int:
    if args.policy_command == "check":
        return _check(args.files)
    return _compile(args.file, args.output)


def _check(files: Iterable[Path]) -> int:
    exit_code = 0
    for file in files:
        try:
            print(f"{file}: {_say(compile_policy_file(file))}")
        except PolicyErrors as errors:
            print(errors, file=sys.stderr)
            exit_code = 1
    return exit_code


def _compile(file: Path, output: Path) -> int:
    compiled = compile_policy_file(file)
    try:
        output.write_bytes(encode_policy(compiled))
    except OSError as error:
        print(f"{output}: the file cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{output}: {_say(compiled)}")
    return 0


def _say(compiled: CompiledPolicy) -> str:
    """`6 rules: 4 enforce, 2 notify`"""
    modes = Counter(rule.mode for rule in compiled.rules)
    total = f"{len(compiled.rules)} rule{'s' if len(compiled.rules) > 1 else ''}"
    counts = ", ".join(f"{modes[mode]} {mode}" for mode in reversed(Mode) if modes[mode])
    return f"{total}: {counts}"
