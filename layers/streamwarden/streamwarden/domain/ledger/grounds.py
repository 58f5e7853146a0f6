"""On what grounds a rule found a breach: what people ask for when they dispute a decision.

A kind states what it compared with its finding, and its parameters are what the policy allows. What
the conditions of the rule read is looked up in the document that they see.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

import msgspec
from msgspec import Struct

from streamwarden.domain.actions.quarantine import QUARANTINE
from streamwarden.domain.decision import Decision
from streamwarden.domain.ledger.entry import Grounds, short
from streamwarden.domain.policy import Rule
from streamwarden.domain.redaction import redacted
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding, Status

# In bytes of JSON: of all grounds of one breach, and of one text or name in them.
MOST_GROUNDS_BYTES: Final = 1_000
_TEXT_BYTES: Final = 160
# The names of the parts, and how much is left out.
_FRAME_BYTES: Final = 80
# Of what happened again and again the last ones, as the state keeps them.
_MOST_ITEMS: Final = 6
_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


def grounds_of_decision(
    decision: Decision, rules: Iterable[Rule], facts: Facts
) -> Mapping[str, Grounds]:
    """Those of each breach that opened and of each action, by the id of its rule."""
    new = {each.rule_id for each in decision.opened}
    new.update(each.rule_id for each in decision.actions)
    found = {
        each.rule_id: each.finding.compared or {}
        for each in decision.verdicts
        if each.rule_id in new and _is_acted_on(each.finding)
    }
    of_rules = {
        rule.id: _bounded(found[rule.id], rule.check, rule.rule_filter.values_read(facts))
        for rule in rules
        if rule.id in found
    }
    quarantine = decision.standing.orders.quarantine
    if quarantine is None:
        return of_rules
    # A stream that comes on in a quarantine is stopped whatever the rule finds by then.
    of_order = _bounded(
        {
            "ordered_by": quarantine.ordered_by,
            "since": quarantine.since,
            "until": quarantine.until,
            "strikes": quarantine.strike_count,
        }
    )
    upheld = {each.rule_id: of_order for each in decision.actions if each.kind == QUARANTINE}
    return upheld | of_rules


def _is_acted_on(finding: Finding) -> bool:
    """Viewers may be warned before a breach, of its moment or of a count near the limit."""
    is_before_breach = finding.warning is not None or finding.near is not None
    return finding.status is Status.BREACH or is_before_breach


def _bounded(
    compared: Mapping[str, Any],
    parameters: Struct | None = None,
    conditions: Mapping[str, Any] | None = None,
) -> Grounds:
    """As much as there is room for: the facts go first."""
    room = _Room(MOST_GROUNDS_BYTES - _FRAME_BYTES)
    parts = [_filled(compared), _plain(parameters) or {}, _plain(conditions) or {}]
    # Redacted before anything is cut: nobody would know a part of a key for one.
    facts, allowed, read = (room.members(redacted(each)) for each in parts)
    return Grounds(facts=facts, parameters=allowed, conditions=read, left_out=room.left_out)


def _plain(value: object) -> Any:
    """As JSON has it, with the names of all members."""
    match value:
        case Struct():
            return _filled({name: getattr(value, name) for name in value.__struct_fields__})
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case AbstractSet():
            return [_plain(each) for each in sorted(value)]
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return msgspec.to_builtins(value)


def _filled(members: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    plain = _plain(members)
    return {name: each for name, each in plain.items() if each not in _EMPTY}


class _Room:
    """The bytes that are left. Each value takes its part, in order, or is left out."""

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self.left_out = 0

    def fit(self, value: Any, named: int = 0) -> Any:
        """As much of a value as there is room for. `named` is what its name takes."""
        match value:
            case dict():
                return self._taking(named + 2, self.members, value)
            case list():
                return self._taking(named + 2, self._items, value)
            case _:
                leaf = short(value, _TEXT_BYTES) if isinstance(value, str) else value
                return self._taking(named + _size(leaf), lambda each: each, leaf)

    def _taking(self, size: int, made_of: Callable[[Any], Any], value: Any) -> Any:
        if size > self._left:
            self.left_out += 1
            return _LEFT_OUT
        self._left -= size
        return made_of(value)

    def members(self, value: dict[str, Any]) -> dict[str, Any]:
        named = ((short(name, _TEXT_BYTES), each) for name, each in value.items())
        fitted = ((name, self.fit(each, _size(name) + 2)) for name, each in named)
        return {name: each for name, each in fitted if each is not _LEFT_OUT}

    def _items(self, value: list[Any]) -> list[Any]:
        self.left_out += max(len(value) - _MOST_ITEMS, 0)
        fitted = (self.fit(each, 1) for each in value[-_MOST_ITEMS:])
        return [each for each in fitted if each is not _LEFT_OUT]


_LEFT_OUT: Final = object()


def _size(value: object) -> int:
    return len(msgspec.json.encode(value))
