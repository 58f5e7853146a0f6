"""Actions that a rule asks for and that can never be done."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.found_tags import SetsFoundTags
from streamwarden.domain.actions.base.kind import Form, Target
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.verdicts import Mode, PlannedAction
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.selection import selected
from streamwarden_cli.policy.lint.values import Constant
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_REMEDY: Final = "leave the action out, or change whom the rule is about"


def never_done(rule: ParsedRule) -> Iterator[LintWarning]:
    if rule.document.mode is not Mode.ENFORCE:
        return
    for place, action in rule.actions():
        reason = _reason(rule, action)
        if reason is not None:
            yield LintWarning(place, rule.id, f"{action.kind} is never done: {reason}", _REMEDY)


def tells_nobody(rule: ParsedRule) -> Iterator[LintWarning]:
    """An action beside notify may wait for its mode to be raised."""
    asked = (
        *rule.document.actions,
        *(action for step in rule.document.steps for action in step.do),
    )
    if asked and not any(asked) and rule.document.mode is Mode.OBSERVE:
        message = "nobody is notified, since the mode is observe"
        place = "actions" if rule.document.actions else "steps"
        yield about(rule, place, message, "write `mode: notify`, or leave notify out")


def _reason(rule: ParsedRule, action: PlannedAction) -> str | None:
    kind = ACTION_KINDS[action.kind]
    if Form.TAGS in kind.forms:
        return _already_set(rule, action)
    if isinstance(kind, SetsFoundTags) and all(map(is_reserved_tag, rule.document.params.tag_keys)):
        return "only AWS sets and removes tags with the prefix 'aws:'"
    if (
        kind.target is not Target.RESOURCE
        and ResourceType.CHANNEL not in rule.document.params.judges
    ):
        return "it is done to channels, and the rule is about none"
    condition = kind.never_unless(action)
    if not condition:
        return None
    states = selected(rule.document)
    before = states.is_contradictory
    states.assume(parse(condition))
    if before or not states.is_contradictory:
        return None
    return f"it needs `{condition}`, and the rule is only about others"


def _already_set(rule: ParsedRule, action: PlannedAction) -> str | None:
    """A tag that is set already, wherever the rule applies, is not set again."""
    states = selected(rule.document)
    tags = [(("channel", "tags", key), Constant(value)) for key, value in action.tags.items()]
    if all(states.at(path) == value for path, value in tags):
        return "whatever the rule is about carries the tag already"
    return None
