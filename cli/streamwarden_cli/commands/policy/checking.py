"""`streamwarden policy check`: everything that is wrong with policies, or looks wrong."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.reading import read_text
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import print_json, problems_as_json
from streamwarden_cli.policy.cases.files import is_cases, pair_of
from streamwarden_cli.policy.cases.reading import read_cases
from streamwarden_cli.policy.compilation import (
    compile_policy_file,
    read_policy,
    read_right_rules,
)
from streamwarden_cli.policy.counting import format_count, format_rules
from streamwarden_cli.policy.lint.linting import lint, lint_rules
from streamwarden_cli.verbosity import add_report_options

_DESCRIPTION = """\
Says everything that is wrong with policies at once, as FILE:LINE:COLUMN, what is wrong, and what
to do about it. Warnings are about rules that are allowed and cannot be meant: that are about
nobody, exempt everybody, ask for what is never done, say what another rule says, or rarely do what
their author expects. That a rule never applies is said only if it is certain."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="- is standard input")
    parser.add_argument("--strict", action="store_true", help="warnings are errors too")
    add_report_options(parser)


@dataclass(frozen=True, slots=True)
class _Checked:
    """One file: what is wrong with it, and if it can be used, what it holds."""

    file: Path
    problems: Sequence[Problem]
    holds: str | None


def run(args: argparse.Namespace) -> ExitCode:
    now = datetime.now(UTC)  # noqa: TID251  # the command reads the clock
    checked = [_check(file, "error" if args.strict else "warning", now) for file in args.files]
    if args.json:
        print_json(_as_json(checked))
    else:
        _print(checked, is_quiet=args.quiet)
    return ExitCode.DONE if all(each.holds for each in checked) else ExitCode.FAILED


def _check(file: Path, level: str, now: datetime) -> _Checked:
    """`level` is that of a warning."""
    try:
        if is_cases(file):
            return _Checked(file, (), _check_cases(file))
        return _check_policy(file, level, now)
    except DocumentErrors as errors:
        return _Checked(file, errors.problems, None)


def _check_policy(file: Path, level: str, now: datetime) -> _Checked:
    """Raises DocumentErrors where the file cannot be read."""
    text, name = read_text(file), str(file)
    try:
        policy = read_policy(text, name)
    except DocumentErrors as errors:
        warnings = lint_rules(read_right_rules(text, name), level, now)
        return _Checked(file, sorted([*errors.problems, *warnings]), None)
    warnings = lint(policy, level, now)
    is_usable = level == "warning" or not warnings
    return _Checked(file, warnings, format_rules(policy.compiled) if is_usable else None)


def _check_cases(file: Path) -> str:
    """A check of all files of a folder includes these too. Raises DocumentErrors."""
    compiled = compile_policy_file(pair_of(file).policy)
    cases = read_cases(file, [rule.id for rule in compiled.rules])
    return f"{format_count(len(cases), 'case')} for `streamwarden policy test`"


def _print(checked: Iterable[_Checked], *, is_quiet: bool) -> None:
    for each in checked:
        for problem in each.problems:
            print(problem, file=sys.stderr)
        if each.holds and not is_quiet:
            print(f"{each.file}: {each.holds}")


def _as_json(checked: Sequence[_Checked]) -> dict[str, object]:
    return {
        "files": [{"file": str(each.file), "ok": each.holds is not None} for each in checked],
        "problems": problems_as_json(problem for each in checked for problem in each.problems),
    }
