"""Rules that do more than a comparison shows, where a fleet does not say what has been.

No listing says it. The records of a stack do, if `fleet export` has read them.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from streamwarden.domain.policy import Policy, Rule
from streamwarden_cli.scenario.channels import Channel

# What no listing says, by the rule kind that counts from it, and what is taken in its place.
BEGINNINGS: Final[Mapping[str, str]] = {
    "broadcast_budget": "each budget begins with nothing used",
    "stream_key_age": "each stream key begins as a new one",
    "orphans": "each resource begins as one in use",
}
_NOT_REPEATED: Final = "no earlier stream counts for `on_repeat`"


def understated(before: Policy, after: Policy, channels: Iterable[Channel]) -> Mapping[str, str]:
    """What is taken for the past, by the rules that are new or otherwise than before.

    Of a channel with a record nothing has to be taken for it.
    """
    if all(each.record is not None for each in channels):
        return {}
    old = {rule.id: _what_it_does(rule) for rule in before.rules}
    changed = (rule for rule in after.rules if old.get(rule.id) != _what_it_does(rule))
    beginnings = {rule.id: _beginning(rule) for rule in changed}
    return {rule_id: beginning for rule_id, beginning in beginnings.items() if beginning}


def _beginning(rule: Rule) -> str:
    return BEGINNINGS.get(rule.kind, _NOT_REPEATED if rule.on_repeat is not None else "")


def _what_it_does(rule: Rule) -> tuple[object, ...]:
    return rule.kind, rule.mode, rule.rule_filter, rule.check, rule.steps, rule.on_repeat, rule.hold
