"""`streamwarden policy check`: everything that is wrong with policies, or looks wrong."""

import argparse
import sys
from pathlib import Path

from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.cases.files import is_cases, pair_of
from streamwarden_cli.policy.cases.reading import read_cases
from streamwarden_cli.policy.compilation import compile_policy_file, read_policy_file
from streamwarden_cli.policy.counting import format_count, format_rules
from streamwarden_cli.policy.lint.linting import lint

_DESCRIPTION = """\
Says everything that is wrong with policies at once, as FILE:LINE:COLUMN, what is wrong, and what
to do about it. Warnings are about rules that are allowed and cannot be meant: that are about
nobody, exempt everybody, ask for what is never done, say what another rule says, or rarely do what
their author expects. That a rule never applies is said only if it is certain."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.epilog = "Exit codes: 0 right, also with warnings; 1 wrong."
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--strict", action="store_true", help="warnings are errors too")


def run(args: argparse.Namespace) -> int:
    return max([_check(file, is_strict=args.strict) for file in args.files])


def _check(file: Path, *, is_strict: bool) -> int:
    try:
        if is_cases(file):
            return _check_cases(file)
        policy = read_policy_file(file)
    except DocumentErrors as errors:
        print(errors, file=sys.stderr)
        return 1
    warnings = lint(policy, "error" if is_strict else "warning")
    for each in warnings:
        print(each, file=sys.stderr)
    if warnings and is_strict:
        return 1
    print(f"{file}: {format_rules(policy.compiled)}")
    return 0


def _check_cases(file: Path) -> int:
    """Whoever checks all files of a folder means these too."""
    compiled = compile_policy_file(pair_of(file).policy)
    cases = read_cases(file, [rule.id for rule in compiled.rules])
    print(f"{file}: {format_count(len(cases), 'case')} for `streamwarden policy test`")
    return 0
