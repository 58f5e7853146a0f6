"""`streamwarden policy test`: whether a policy says what its author thinks it says."""

import argparse
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from streamwarden.domain.policy import Policy, encode_policy, load_policy
from streamwarden_cli.documents.problems import DocumentErrors, InvalidInput, Problem
from streamwarden_cli.documents.reading import STANDARD_INPUT
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import error_as_json, print_json
from streamwarden_cli.policy.cases.comparing import Difference, compare
from streamwarden_cli.policy.cases.files import Pair, pair_of
from streamwarden_cli.policy.cases.playing import play
from streamwarden_cli.policy.cases.reading import Case, read_cases
from streamwarden_cli.policy.cases.text import print_case, print_not_played
from streamwarden_cli.policy.compilation import compile_policy_file
from streamwarden_cli.policy.counting import format_count
from streamwarden_cli.verbosity import add_report_options

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
    add_report_options(parser)


@dataclass(frozen=True, slots=True)
class _Played:
    """One case, what is different from what it expects, and why it was not played to its end."""

    case: Case
    differences: Sequence[Difference]
    error: DocumentErrors | None = None

    @property
    def is_right(self) -> bool:
        return not self.differences and self.error is None


@dataclass(frozen=True, slots=True)
class _Tested:
    """A file of cases; `error` says why not all of them could be played."""

    file: Path
    played: Sequence[_Played]
    untested: Sequence[str] = ()
    error: InvalidInput | None = None

    @property
    def failed(self) -> int:
        return sum(not each.is_right for each in self.played)


def run(args: argparse.Namespace) -> ExitCode:
    tested = []
    for pair in _pairs(args.files, args.cases):
        tested.append(_test(pair))
        if not args.json:
            _print(tested[-1], is_quiet=args.quiet)
    if args.json:
        print_json({"files": [_as_json(each) for each in tested]})
    return ExitCode.FAILED if any(each.failed or each.error for each in tested) else ExitCode.DONE


def _pairs(files: Collection[Path], cases: Path | None) -> list[Pair]:
    """Each policy with its cases, once, whichever of the two was named. Raises InvalidInput."""
    if STANDARD_INPUT in files and cases is None:
        raise InvalidInput("-: no cases stand beside standard input; name them with --cases")
    pairs = [pair_of(file) for file in files]
    return list(dict.fromkeys(Pair(each.policy, cases or each.cases) for each in pairs))


def _test(pair: Pair) -> _Tested:
    played: list[_Played] = []
    try:
        compiled = compile_policy_file(pair.policy)
        rules = [rule.id for rule in compiled.rules]
        if pair == pair_of(pair.policy) and not pair.cases.exists():
            raise DocumentErrors([_missing(pair)])
        cases = read_cases(pair.cases, rules)
        policy = load_policy(encode_policy(compiled))
        for case in cases:
            played.append(_play(case, policy))  # noqa: PERF401  # an error leaves those before it
    except InvalidInput as error:
        return _Tested(pair.cases, played, error=error)
    return _Tested(pair.cases, played, _untested(rules, cases))


def _missing(pair: Pair) -> Problem:
    message = f"the file cannot be read: no cases stand beside {pair.policy}"
    return Problem(str(pair.cases), 1, 1, "", f"{message}; name them with --cases")


def _play(case: Case, policy: Policy) -> _Played:
    """A step that is refused, or a channel that cannot be, fails its own case."""
    try:
        return _Played(case, compare(case, play(case, policy)))
    except DocumentErrors as error:
        return _Played(case, [], error)


def _untested(rules: Iterable[str], cases: Iterable[Case]) -> list[str]:
    tested = {each.rule for case in cases for each in case.expectations}
    return [rule for rule in rules if rule not in tested]


def _print(tested: _Tested, *, is_quiet: bool) -> None:
    for each in tested.played:
        if is_quiet and each.is_right:
            continue
        name, place = each.case.scenario.name, f"{tested.file}:{each.case.scenario.line}"
        if each.error is not None:
            print_not_played(name, place, each.error)
        else:
            print_case(name, place, each.differences)
    if tested.error:
        print(tested.error, file=sys.stderr)
        return
    if is_quiet and not tested.failed:
        return
    result = f"{format_count(len(tested.played), 'case')}, {tested.failed or 'none'} failed"
    untested = tested.untested
    about = f"; no case is about {format_list(untested, last='and')}" if untested else ""
    print(f"{tested.file}: {result}{about}")


def _as_json(tested: _Tested) -> dict[str, object]:
    return {
        "file": str(tested.file),
        "cases": [
            {
                "name": each.case.scenario.name,
                "line": each.case.scenario.line,
                "ok": each.is_right,
                "differences": [asdict(difference) for difference in each.differences],
                "problems": error_as_json(each.error) if each.error else [],
            }
            for each in tested.played
        ],
        "untested": list(tested.untested),
        "problems": error_as_json(tested.error) if tested.error else [],
    }
