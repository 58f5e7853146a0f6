"""Actions that set another spelling of a tag key than the one that the rule asks for."""

from collections.abc import Iterator

from streamwarden.domain.globs import is_glob
from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedRule


def other_spelling(rule: ParsedRule) -> Iterator[LintWarning]:
    """The tag is set once, and the rule stays broken: keys are case-sensitive in AWS."""
    asked = {_folded(key): key for key in rule.document.params.tag_keys if not is_glob(key)}
    for place, action in rule.actions():
        for key in action.tags:
            wanted = asked.get(_folded(key), key)
            if wanted != key and key not in asked.values() and wanted not in action.tags:
                text = f"its own action sets {key!r}, and the rule asks for {wanted!r}"
                yield LintWarning(
                    place, rule.id, text, f"set {wanted!r}, as keys are case-sensitive"
                )


def _folded(key: str) -> str:
    """Without what people write in different ways: case, hyphens, spaces."""
    return "".join(character for character in key.casefold() if character.isalnum())
