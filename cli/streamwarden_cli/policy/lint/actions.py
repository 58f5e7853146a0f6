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
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.selection import selected
from streamwarden_cli.policy.lint.values import unlike
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_REMEDY: Final = "leave the action out, or change what the rule is about"


def never_done(rule: ParsedRule) -> Iterator[LintWarning]:
    if rule.document.mode is not Mode.ENFORCE:
        return
    for place, action in rule.actions():
        if reason := _reason(rule, action):
            yield LintWarning(place, f"{action.kind} is never done: {reason}", _REMEDY, rule.id)


def _reason(rule: ParsedRule, action: PlannedAction) -> str:
    """Empty if it may be done."""
    kind, params, states = ACTION_KINDS[action.kind], rule.document.params, selected(rule.document)
    if Form.TAGS in kind.forms:
        is_set = not states.is_contradictory and all(
            states.demand(("channel", "tags", key), unlike((value,))).is_contradictory
            for key, value in action.tags.items()
        )
        return "whatever the rule is about carries the tag already" if is_set else ""
    if isinstance(kind, SetsFoundTags) and all(map(is_reserved_tag, params.tag_keys)):
        return "only AWS sets and removes tags with the prefix 'aws:'"
    if kind.target is not Target.RESOURCE and ResourceType.CHANNEL not in params.judges:
        return "it is done to channels, and the rule is about none"
    condition = kind.never_unless(action)
    if condition and states.outcome(parse(condition)) is False:
        return f"it needs `{condition}`, and the rule is only about others"
    return ""


def tells_nobody(rule: ParsedRule) -> Iterator[LintWarning]:
    """An action beside notify may wait for its mode to be raised."""
    repeat = rule.document.on_repeat
    asked = (
        *rule.document.actions,
        *(action for step in rule.document.steps for action in step.do),
        *(repeat.do if repeat else ()),
    )
    if asked and not any(asked) and rule.document.mode is Mode.OBSERVE:
        message = "nobody is notified, since the mode is observe"
        places = {"actions": rule.document.actions, "steps": rule.document.steps}
        place = next((key for key, given in places.items() if given), "on_repeat")
        yield about(rule, place, message, "write `mode: notify`, or leave notify out")


def warns_too_late(rule: ParsedRule) -> Iterator[LintWarning]:
    """A rule with `warnings` needs the action `warn` to put these into the stream."""
    if getattr(rule.document.params, "warnings", ()):
        return
    kinds: dict[Location, set[str]] = {}
    for (*step, _), action in rule.actions():
        kinds.setdefault(tuple(step), set()).add(action.kind)
    has_warned = has_stopped = False
    for place, done in kinds.items():
        message = ""
        if {"warn", "stop"} <= done and not has_warned:
            message = "it warns and stops in one step, so nobody has time to react"
        elif has_stopped and "warn" in done and "on_repeat" not in place:
            message = "it warns after the stop, when nobody watches"
        if message:
            remedy = "let `stop` follow in a later step, such as {after: 10m, do: [stop]}"
            yield LintWarning(place, message, remedy, rule.id)
        has_warned, has_stopped = has_warned or "warn" in done, has_stopped or "stop" in done


def never_repeated(rule: ParsedRule) -> Iterator[LintWarning]:
    """One breach begins after the other, and each kind says how long that takes."""
    repeat, params = rule.document.on_repeat, rule.document.params
    if repeat is None:
        return
    least = params.repeats_after * (repeat.times - 1)
    if least >= repeat.within:
        message = (
            f"it never comes to that: each breach begins {format_duration(params.repeats_after)} "
            f"or more after the one before it, so {repeat.times} need {format_duration(least)}"
        )
        yield about(rule, "on_repeat", message, "make `within` longer than that, or `times` fewer")
