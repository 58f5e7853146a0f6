"""ARNs of what a rule's kind is not about."""

from collections.abc import Iterator

from streamwarden.domain.arn import resource_type_of
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.globs import arn_of, can_fit
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.matching import RESOURCE_TYPES
from streamwarden_cli.policy.parsed import ParsedRule


def misplaced_arns(rule: ParsedRule) -> Iterator[LintWarning]:
    judged = rule.document.params.judges
    possible = [arn_of(name) for name in RESOURCE_TYPES if resource_type_of(_like(name)) in judged]
    for text in rule.document.match.arn:
        if not any(can_fit(text, each) for each in possible):
            nouns = format_list(sorted(each.noun for each in judged))
            message = f"`match.arn` is not the ARN of a {nouns}: {text!r}"
            yield about(rule, "match", message, f"{rule.document.kind} is about nothing else")


def _like(resource_type: str) -> str:
    return f"arn:aws:ivs:eu-west-1:111122223333:{resource_type}/abcdABCDefgh"
