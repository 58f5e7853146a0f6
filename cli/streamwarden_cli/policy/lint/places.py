"""ARNs of what a rule's kind is not about."""

from collections.abc import Iterator

from streamwarden.domain.arn import resource_type_of
from streamwarden.domain.globs import is_glob
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule


def misplaced_arns(rule: ParsedRule) -> Iterator[LintWarning]:
    judged = rule.document.params.judges
    for text in rule.document.match.arn:
        if not is_glob(text) and resource_type_of(text) not in judged:
            nouns = format_list(sorted(each.noun for each in judged))
            message = f"`match.arn` is not the ARN of a {nouns}: {text!r}"
            yield about(rule, "match", message, f"{rule.document.kind} is about nothing else")
