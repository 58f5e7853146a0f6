"""Rules that do more than a comparison shows: a fleet says what there is, and not what has been."""

from collections.abc import Mapping
from typing import Final

from streamwarden.domain.policy import Policy, Rule

# What no listing says, by the rule kind that counts from it, and what is taken in its place.
BEGINNINGS: Final[Mapping[str, str]] = {
    "broadcast_budget": "each budget begins with nothing used",
    "stream_key_age": "each stream key begins as a new one",
    "orphans": "each resource begins as one in use",
}


def understated(before: Policy, after: Policy) -> Mapping[str, str]:
    """What is taken for the past, by the rules that are new or otherwise than before."""
    old = {rule.id: _what_it_does(rule) for rule in before.rules}
    return {
        rule.id: BEGINNINGS[rule.kind]
        for rule in after.rules
        if rule.kind in BEGINNINGS and old.get(rule.id) != _what_it_does(rule)
    }


def _what_it_does(rule: Rule) -> tuple[object, ...]:
    return rule.kind, rule.mode, rule.rule_filter, rule.check, rule.steps, rule.on_repeat, rule.hold
