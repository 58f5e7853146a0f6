"""Rules that do more than a comparison shows, because a fleet does not say all that has been.

No listing says it. The records of a stack say some of it, if `fleet export` has read them.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from streamwarden.domain.levels import Mode
from streamwarden.domain.policy import Policy, Rule
from streamwarden_cli.scenario.channels import Channel

# What no listing says but a record does, by the rule kind that counts from it, and what is taken
# in its place.
BEGINNINGS: Final[Mapping[str, str]] = {
    "broadcast_budget": "each budget begins with nothing used",
    "stream_key_age": "each stream key begins as a new one",
    "orphans": "each resource begins as one in use",
}
# What no export says, also where it has records. It matters of a rule that acts.
UNRECORDED: Final[Mapping[str, str]] = {
    "event_alert": "no event has happened yet",
    "external_verdict": "no verdict was given yet",
    "flapping": "no session has begun yet",
    "inherited_tags": "the tags of stream keys are unknown",
    "key_drift": "nobody has changed a stream key yet",
    "limit_breach": "no limit was exceeded yet",
    "never_live": "no session waits for its start",
    "no_viewers": "each stream was watched until now",
    "owner_from_creator": "the creators of channels are unknown",
    "protected_tags": "nobody has changed a tag yet",
    "recording_failed": "no recording has failed yet",
    "recording_integrity": "no recording has ended yet",
    "starvation": "each stream delivers now",
    "stream_failure": "no stream has failed yet",
    "takeover": "no stream was taken over yet",
    "zombie_session": "each stream that is listed goes on",
}
_NOT_REPEATED: Final = "no earlier stream counts for `on_repeat`"


def understated(before: Policy, after: Policy, channels: Iterable[Channel]) -> Mapping[str, str]:
    """What is taken for the past, by the rules that are new or otherwise than before."""
    channels = [*channels]
    if not channels:
        return {}
    are_recorded = all(each.record is not None for each in channels)
    old = {rule.id: _what_it_does(rule) for rule in before.rules}
    changed = (rule for rule in after.rules if old.get(rule.id) != _what_it_does(rule))
    beginnings = {rule.id: _beginning(rule, are_recorded=are_recorded) for rule in changed}
    return {rule_id: beginning for rule_id, beginning in beginnings.items() if beginning}


def _beginning(rule: Rule, *, are_recorded: bool) -> str:
    """Empty where nothing is taken for the past."""
    acts = rule.mode is Mode.ENFORCE and bool(rule.actions)
    if acts and rule.kind in UNRECORDED:
        return UNRECORDED[rule.kind]
    if are_recorded:
        return ""
    return BEGINNINGS.get(rule.kind, _NOT_REPEATED if rule.on_repeat is not None else "")


def _what_it_does(rule: Rule) -> tuple[object, ...]:
    return rule.kind, rule.mode, rule.rule_filter, rule.check, rule.steps, rule.on_repeat, rule.hold
