"""Events that a rule listens for and that never come."""

from collections.abc import Iterator

from streamwarden.domain.events import DETAIL_TYPES
from streamwarden.domain.globs import Texts, matcher
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule


def unreachable(rule: ParsedRule) -> Iterator[LintWarning]:
    """The stack's own EventBridge rules forward the detail-types there are models for."""
    check = rule.document.params
    globs: Texts = getattr(check, check.detail_types) if check.detail_types else ()
    for wanted in globs:
        if not any(map(matcher((wanted,)), DETAIL_TYPES)):
            hint = did_you_mean(wanted, DETAIL_TYPES)
            message = f"no event of the detail-type {wanted!r} comes{hint}"
            yield about(rule, "params", message, "template.yaml says which are forwarded")
