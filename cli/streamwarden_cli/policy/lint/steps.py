"""Steps that warn of a stop and stop at once."""

from collections.abc import Iterator

from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedRule


def warns_too_late(rule: ParsedRule) -> Iterator[LintWarning]:
    """A rule with `warnings` needs the action `warn` to put these into the stream."""
    if getattr(rule.document.params, "warnings", ()):
        return
    kinds: dict[Location, set[str]] = {}
    for (*step, _), action in rule.actions():
        kinds.setdefault(tuple(step), set()).add(action.kind)
    for place, done in kinds.items():
        if {"warn", "stop"} <= done:
            message = "it warns and stops in one step, so nobody has time to react"
            remedy = "let `stop` follow in a later step, such as {after: 10m, do: [stop]}"
            yield LintWarning(place, rule.id, message, remedy)
