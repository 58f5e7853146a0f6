"""Actions that are never done, that tell nobody, or that come too late."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.found_tags import SetsFoundTags
from streamwarden.domain.actions.base.kind import Form, Target
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.duration import format_duration
from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.verdicts import Mode, PlannedAction
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.coverage import is_tag_like
from streamwarden_cli.policy.lint.selection import selected
from streamwarden_cli.policy.lint.warnings import Fault
from streamwarden_cli.policy.parsed import ParsedRule

_LEAVE_OUT: Final = "leave the action out, or change what the rule is about"
_LATER: Final = "let `stop` follow in a later step, such as {after: 10m, do: [stop]}"


def never_done(rule: ParsedRule) -> Iterator[Fault]:
    for place, action in rule.actions() if rule.is_enforced else ():
        if reason := _reason(rule, action):
            yield place, f"{action.kind} is never done: {reason}", _LEAVE_OUT


def _reason(rule: ParsedRule, action: PlannedAction) -> str:
    """Empty if it may be done."""
    kind, states = ACTION_KINDS[action.kind], selected(rule.document)
    if Form.TAGS in kind.forms:
        is_set = all(is_tag_like(states, key, (value,)) for key, value in action.tags.items())
        return "whatever the rule is about carries the tag already" if is_set else ""
    if isinstance(kind, SetsFoundTags) and all(map(is_reserved_tag, rule.params.tag_keys)):
        return "only AWS sets and removes tags with the prefix 'aws:'"
    if kind.target is not Target.RESOURCE and ResourceType.CHANNEL not in rule.params.judges:
        return "it is done to channels, and the rule is about none"
    condition = kind.never_unless(action)
    if condition and states.outcome(parse(condition)) is False:
        return f"it needs `{condition}`, and the rule is only about others"
    return ""


def tells_nobody(rule: ParsedRule) -> Iterator[Fault]:
    """An action beside notify may wait for its mode to be raised."""
    asked = [(place, action) for place, actions in rule.action_lists() for action in actions]
    if asked and rule.document.mode is Mode.OBSERVE and not any(action for _, action in asked):
        message = "nobody is notified, since the mode is observe"
        yield asked[0][0][:3], message, "write `mode: notify`, or leave notify out"


def warns_too_late(rule: ParsedRule) -> Iterator[Fault]:
    """A rule with `warnings` needs the action `warn` to put these into the stream."""
    has_warned = has_stopped = False
    for place, actions in () if getattr(rule.params, "warnings", ()) else rule.action_lists():
        done = {each.kind for each in actions if each}
        if {"warn", "stop"} <= done and not has_warned:
            yield place, "it warns and stops in one step, so nobody has time to react", _LATER
        elif has_stopped and "warn" in done and "on_repeat" not in place:
            yield place, "it warns after the stop, when nobody watches", _LATER
        has_warned, has_stopped = has_warned or "warn" in done, has_stopped or "stop" in done


def never_repeated(rule: ParsedRule) -> Iterator[Fault]:
    """One breach begins after the other, and each kind says how long that takes."""
    repeat, apart = rule.document.on_repeat, rule.params.repeats_after
    if repeat and apart * (repeat.times - 1) >= repeat.within:
        least = format_duration(apart * (repeat.times - 1))
        message = (
            f"it never comes to that: each breach begins {format_duration(apart)} or more after "
            f"the one before it, so {repeat.times} need {least}"
        )
        yield "on_repeat", message, "make `within` longer than that, or `times` fewer"
