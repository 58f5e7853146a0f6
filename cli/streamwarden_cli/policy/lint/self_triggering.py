"""Actions that would go on for ever: what they do is a breach of the rule that asks for it."""

from collections.abc import Iterator
from typing import Final

from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedRule

_REMEDY: Final = "set one that is allowed, or allow this one"


def self_triggering(rule: ParsedRule) -> Iterator[LintWarning]:
    """Tags that are set to values which the rule itself refuses."""
    for place, action in rule.actions():
        for key, value in action.tags.items():
            fault = rule.document.params.fault_of_tag(key, value)
            if fault:
                message = f"its own action sets a value that the rule refuses ({fault})"
                yield LintWarning(place, rule.id, message, _REMEDY)
