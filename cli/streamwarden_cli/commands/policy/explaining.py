"""`streamwarden policy explain`: a rule, or a rule kind, in words."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.documents.reading import read_text
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import add_json, print_json
from streamwarden_cli.policy.cases.examples import reason_of
from streamwarden_cli.policy.compilation import read_policy
from streamwarden_cli.policy.reference.kind_page import explain_kind
from streamwarden_cli.policy.reference.kinds import kind_of
from streamwarden_cli.policy.reference.pages import Page, format_page
from streamwarden_cli.policy.reference.rule_page import explain_rule
from streamwarden_cli.shipped import DEFAULT_POLICY

_DESCRIPTION: Final = """\
Says of a rule what it demands, what it is about, how far it goes, what it does and when, what it
looks at and what that costs; and of a rule kind what parameters and actions it has. What a breach
would say is found by playing the cases beside the policy, if one of them is about the rule."""

# What people call a kind whose name is spelt like none of its own.
_OTHER_NAMES: Final = {"max_viewers": "viewer_ceiling"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", metavar="RULE|KIND", help="such as no-marathons, or max_duration")
    parser.add_argument(
        "--policy",
        metavar="FILE",
        type=Path,
        help="its policy, - is standard input; default: policies/default.yaml",
    )
    add_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    """A rule may have the name of a kind, and then both are explained. Raises DocumentErrors."""
    file = args.policy or _from_here(DEFAULT_POLICY)
    text = read_text(file)
    policy = read_policy(text, str(file))
    rules = (*policy.rules, *policy.disabled)
    pages = [
        explain_rule(rule, text, reason_of(rule.id, policy.compiled, file))
        for rule in rules
        if rule.id == args.name
    ]
    if args.name in RULE_KINDS:
        pages.append(explain_kind(kind_of(args.name)))
    if pages and args.json:
        print_json({"pages": [_as_json(each) for each in pages]})
        return ExitCode.DONE
    if pages:
        print("\n\n\n".join(map(format_page, pages)))
        return ExitCode.DONE
    hint = _hint(args.name, [*(rule.id for rule in rules), *RULE_KINDS])
    print(f"no rule of {file} and no kind is called {args.name!r}{hint}", file=sys.stderr)
    return ExitCode.FAILED


def _hint(name: str, words: Sequence[str]) -> str:
    meant = _OTHER_NAMES.get(name)
    return did_you_mean(name, words) if meant is None else f"; did you mean '{meant}'?"


def _as_json(page: Page) -> dict[str, object]:
    sections = [{"title": each.title, "lines": list(each.lines)} for each in page.filled()]
    return {"heading": page.heading, "sections": sections}


def _from_here(file: Path) -> Path:
    """As short as it can be called."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
