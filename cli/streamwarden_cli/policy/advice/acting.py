"""Actions that a rule asks for and that can never be done."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.policy import PlannedAction
from streamwarden.domain.verdicts import ActionKind, Mode
from streamwarden_cli.policy.advice.advice import Advice
from streamwarden_cli.policy.advice.selection import selected
from streamwarden_cli.policy.advice.values import Known
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.written import WrittenRule

# An action is done only where this holds; of a stream, nothing can be done before it started.
_DONE_WHERE: Final = {
    ActionKind.STOP: "session.on_air",
    ActionKind.WARN: "session.on_air",
    ActionKind.ROTATE_KEY: "!session",
}
_REMEDY: Final = "leave the action out, or change whom the rule is about"


def never_done(rule: WrittenRule) -> Iterator[Advice]:
    if rule.document.mode is not Mode.ENFORCE:
        return
    for place, action in rule.actions():
        reason = _reason(rule, action)
        if reason is not None:
            yield Advice(place, rule.id, f"{action.kind} is never done: {reason}", _REMEDY)


def _reason(rule: WrittenRule, action: PlannedAction) -> str | None:
    if action.kind is ActionKind.TAG:
        return _already_set(rule, action)
    if ResourceType.CHANNEL not in rule.document.params.judges:
        return "it is done to channels, and the rule is about none"
    wanted = _DONE_WHERE.get(action.kind)
    if wanted is None:
        return None
    states = selected(rule.document)
    before = states.is_contradictory
    states.assume(parse(wanted))
    if before or not states.is_contradictory:
        return None
    return f"it needs `{wanted}`, and the rule is only about others"


def _already_set(rule: WrittenRule, action: PlannedAction) -> str | None:
    """A tag that is set already, wherever the rule applies, is not set again."""
    states = selected(rule.document)
    tags = [(("channel", "tags", key), Known(value)) for key, value in action.tags.items()]
    if all(states.at(path) == value for path, value in tags):
        return "whatever the rule is about carries the tag already"
    return None
