"""Actions that end no breach of their own rule: what they set, it refuses, or does not look at."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import is_glob
from streamwarden.domain.rules.tags.tagged import Tagged
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Finding, Status
from streamwarden_cli.policy.lint.warnings import Fault
from streamwarden_cli.policy.parsed import ParsedRule

_ANY_CHANNEL: Final = "arn:aws:ivs:us-east-1:111122223333:channel/any"
# The moment does not matter, since no rule about settings reads a clock.
_EVER: Final = datetime(2020, 1, 1, tzinfo=UTC)
# A rule about playback restriction judges only public channels.
_PUBLIC: Final[dict[str, Any]] = {"authorized": False}


def self_triggering(rule: ParsedRule) -> Iterator[Fault]:
    """Tags and settings that are set to values which the rule itself refuses."""
    for place, action in rule.actions():
        faults = [rule.params.fault_of_tag(key, value) for key, value in action.tags.items()]
        if action.settings and ResourceType.CHANNEL in rule.params.judges:
            change = {**action.settings.set}
            found = [(_found(rule, base), _found(rule, base | change)) for base in (_PUBLIC, {})]
            if all(before == after for before, after in found):
                message = "its own action sets nothing that the rule looks at, so it ends no breach"
                yield place, message, "set what the rule looks at"
            elif found[0][1].status is Status.BREACH:
                faults.append(found[0][1].reason)
        for fault in filter(None, faults):
            message = f"its own action sets a value that the rule refuses ({fault})"
            yield place, message, "set one that is allowed, or allow this one"


def _found(rule: ParsedRule, settings: Mapping[str, Any]) -> Finding:
    """What the rule finds of a channel of which only these settings are known."""
    known = {name: Stamped(value, _EVER) for name, value in settings.items()}
    return rule.params.prepare()(Facts(Resource(arn=_ANY_CHANNEL, settings=known)), _EVER)


def other_spelling(rule: ParsedRule) -> Iterator[Fault]:
    """The tag is set once, and the rule stays broken: keys are case-sensitive in AWS."""
    asked = {_folded(key): key for key in rule.params.tag_keys if not is_glob(key)}
    for place, action in rule.actions():
        for key in action.tags:
            wanted = asked.get(_folded(key), key)
            if wanted != key and key not in asked.values() and wanted not in action.tags:
                message = f"its own action sets {key!r}, and the rule asks for {wanted!r}"
                yield place, message, f"set {wanted!r}, as keys are case-sensitive"


def _folded(key: str) -> str:
    """Without what people write in different ways: case, hyphens, spaces."""
    return "".join(character for character in key.casefold() if character.isalnum())


def removing_elsewhere(rule: ParsedRule) -> Iterator[Fault]:
    """A stream key has an action of its own, so that no removal looks at a key in vain."""
    keys, on = {Tagged.STREAM_KEY}, {*getattr(rule.params, "on", ())}
    looks_at = {"remove_tags": on - keys, "remove_key_tags": on & keys}
    for place, action in rule.actions():
        if not looks_at.get(action.kind, keys):
            (other,) = looks_at.keys() - {action.kind}
            message = "its own action removes nothing that the rule forbids"
            yield place, message, f"write {other}, or name in `on` what it removes tags from"
