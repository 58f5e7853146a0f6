"""Actions that end no breach of their own rule: what they set, it refuses, or does not look at."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import is_glob
from streamwarden.domain.rules.tags.forbidden_tags import ForbiddenTags
from streamwarden.domain.rules.tags.tagged import Tagged
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Finding, PlannedAction, Status
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedRule

_REMEDY: Final = "set one that is allowed, or allow this one"
_USELESS: Final = "set what the rule looks at"
_ANY_CHANNEL: Final = "arn:aws:ivs:us-east-1:111122223333:channel/any"
# The moment does not matter, since no rule about settings reads a clock.
_EVER: Final = datetime(2020, 1, 1, tzinfo=UTC)
# A rule about playback restriction judges only public channels.
_PUBLIC: Final[Mapping[str, Any]] = {"authorized": False}


def self_triggering(rule: ParsedRule) -> Iterator[LintWarning]:
    """Tags and settings that are set to values which the rule itself refuses."""
    for place, action in rule.actions():
        for key, value in action.tags.items():
            fault = rule.document.params.fault_of_tag(key, value)
            if fault:
                message = f"its own action sets a value that the rule refuses ({fault})"
                yield LintWarning(place, message, _REMEDY, rule.id)
        if action.settings is not None and ResourceType.CHANNEL in rule.document.params.judges:
            yield from _of_settings(rule, place, action)


def _of_settings(rule: ParsedRule, place: Location, action: PlannedAction) -> Iterator[LintWarning]:
    change = action.settings.set if action.settings else {}
    found = _found(rule, {**_PUBLIC, **change})
    if all(_found(rule, base) == _found(rule, {**base, **change}) for base in (_PUBLIC, {})):
        message = "its own action sets nothing that the rule looks at, so it ends no breach"
        yield LintWarning(place, message, _USELESS, rule.id)
    elif found.status is Status.BREACH:
        message = f"its own action sets a value that the rule refuses ({found.reason})"
        yield LintWarning(place, message, _REMEDY, rule.id)


def _found(rule: ParsedRule, settings: Mapping[str, Any]) -> Finding:
    """What the rule finds of a channel of which only these settings are known."""
    known = {name: Stamped(value, _EVER) for name, value in settings.items()}
    found: Finding = rule.document.params.prepare()(
        Facts(Resource(arn=_ANY_CHANNEL, settings=known)), _EVER
    )
    return found


def other_spelling(rule: ParsedRule) -> Iterator[LintWarning]:
    """The tag is set once, and the rule stays broken: keys are case-sensitive in AWS."""
    asked = {_folded(key): key for key in rule.document.params.tag_keys if not is_glob(key)}
    for place, action in rule.actions():
        for key in action.tags:
            wanted = asked.get(_folded(key), key)
            if wanted != key and key not in asked.values() and wanted not in action.tags:
                message = f"its own action sets {key!r}, and the rule asks for {wanted!r}"
                remedy = f"set {wanted!r}, as keys are case-sensitive"
                yield LintWarning(place, message, remedy, rule.id)


def removing_elsewhere(rule: ParsedRule) -> Iterator[LintWarning]:
    """A stream key has an action of its own, so that no removal looks at a key in vain."""
    params = rule.document.params
    if not isinstance(params, ForbiddenTags):
        return
    is_about_others = any(each is not Tagged.STREAM_KEY for each in params.on)
    useless = {
        "remove_tags": not is_about_others,
        "remove_key_tags": not params.is_about_keys,
    }
    for place, action in rule.actions():
        if useless.get(action.kind):
            (other,) = useless.keys() - {action.kind}
            message = "its own action removes nothing that the rule forbids"
            remedy = f"write {other}, or name in `on` what it removes tags from"
            yield LintWarning(place, message, remedy, rule.id)


def _folded(key: str) -> str:
    """Without what people write in different ways: case, hyphens, spaces."""
    return "".join(character for character in key.casefold() if character.isalnum())
