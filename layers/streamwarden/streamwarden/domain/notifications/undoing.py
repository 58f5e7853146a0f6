"""The commands that take back, prevent or let go what is done, as people type them.

`…` stands for what only they know.
"""

from typing import Final

RESUMING: Final = "streamwarden resume --reason …"

_EXEMPT: Final = "streamwarden exempt"


def exempting(channel_arn: str, rule_id: str) -> str:
    """Has the rule leave the channel alone."""
    return f"{_EXEMPT} {channel_arn} --rule {rule_id} --until … --reason …"


def is_exempting(command: str) -> bool:
    """It takes nothing back: nothing may have been done."""
    return command.startswith(f"{_EXEMPT} ")


def releasing(channel_arn: str) -> str:
    """Ends a quarantine."""
    return f"streamwarden release {channel_arn} --reason …"


def unprotecting(channel_arn: str) -> str:
    return f"streamwarden unprotect {channel_arn} --reason …"


def untagging(resource_arn: str, key: str) -> str:
    """Takes a tag off, by the command of AWS."""
    return f"aws ivs untag-resource --resource-arn {resource_arn} --tag-keys {key}"


def releasing_breaker(rule_id: str) -> str:
    """Lets the actions go that a breaker holds."""
    return f"streamwarden breaker release --rule {rule_id} --reason …"


def as_in_policy(rule_id: str) -> str:
    """Gives a rule the mode back that the policy has for it."""
    return f"streamwarden mode {rule_id} policy --reason …"


def turning_down(rule_id: str) -> str:
    """Has a rule tell, and do nothing."""
    return f"streamwarden mode {rule_id} notify --reason …"
