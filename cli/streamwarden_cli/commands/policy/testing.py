"""`streamwarden policy test`: whether a policy says what its author thinks it says."""

import argparse
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from streamwarden.domain.policy import Policy, encode_policy, load_policy
from streamwarden_cli.documents.problems import DocumentErrors, InvalidInput
from streamwarden_cli.documents.reading import STANDARD_INPUT
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.cases.comparing import compare
from streamwarden_cli.policy.cases.files import Pair, pair_of
from streamwarden_cli.policy.cases.playing import play
from streamwarden_cli.policy.cases.reading import Case, read_cases
from streamwarden_cli.policy.cases.text import print_case, print_not_played
from streamwarden_cli.policy.compilation import compile_policy_file
from streamwarden_cli.policy.counting import format_count

_DESCRIPTION = """\
Plays scenarios through the services that are deployed, as `streamwarden replay` does,
and says where the rules decide otherwise than expected. They stand beside their policy:
mine.tests.yaml beside mine.yaml.

  scenarios:
    - name: a free stream is stopped after four hours
      channels: {name: harbour-cam, tags: {tier: free}}
      steps:
        - {at: 12:00, do: go-live}
      until: 16:00
      expect:
        no-marathons: {reason: "4h, which is the limit", actions: [stop]}

docs/scenarios.md says what else a scenario can hold."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.epilog = "Exit codes: 0 as expected; 1 not, or files that cannot be used."
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="a policy, or the cases beside it; - is a policy on standard input, and needs --cases",
    )
    parser.add_argument(
        "--cases",
        metavar="FILE",
        type=Path,
        help="the cases, where they are not beside the policy; - is standard input",
    )


def run(args: argparse.Namespace) -> int:
    return max([_test(*pair) for pair in _pairs(args.files, args.cases)])


def _pairs(files: Collection[Path], cases: Path | None) -> list[Pair]:
    """Each policy with its cases, once, whichever of the two was named. Raises InvalidInput."""
    if STANDARD_INPUT in files and cases is None:
        raise InvalidInput("-: no cases stand beside standard input; name them with --cases")
    pairs = [pair_of(file) for file in files]
    return list(dict.fromkeys(Pair(each.policy, cases or each.cases) for each in pairs))


def _test(policy_file: Path, cases_file: Path) -> int:
    try:
        compiled = compile_policy_file(policy_file)
        rules = [rule.id for rule in compiled.rules]
        cases = read_cases(cases_file, rules)
        policy = load_policy(encode_policy(compiled))
        failed = sum(_play(each, policy, cases_file) for each in cases)
    except InvalidInput as errors:
        print(errors, file=sys.stderr)
        return 1
    print(f"{cases_file}: {_describe_result(len(cases), failed)}{_describe_untested(rules, cases)}")
    return 1 if failed else 0


def _play(case: Case, policy: Policy, file: Path) -> bool:
    """Whether it failed."""
    name, place = case.scenario.name, f"{file}:{case.scenario.line}"
    try:
        played = play(case, policy)
    except DocumentErrors as errors:
        print_not_played(name, place, errors)
        return True
    differences = compare(case, played)
    print_case(name, place, differences)
    return bool(differences)


def _describe_result(count: int, failed: int) -> str:
    return f"{format_count(count, 'case')}, {failed or 'none'} failed"


def _describe_untested(rules: Iterable[str], cases: Iterable[Case]) -> str:
    tested = {each.rule for case in cases for each in case.expectations}
    untested = [rule for rule in rules if rule not in tested]
    return f"; no case is about {format_list(untested, last='and')}" if untested else ""
