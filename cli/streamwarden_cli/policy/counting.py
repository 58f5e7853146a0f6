"""How much there is, in words."""

from collections import Counter

from streamwarden.domain.policy import CompiledPolicy
from streamwarden.domain.verdicts import Mode


def format_count(count: int, noun: str) -> str:
    """`1 rule`, `2 rules`"""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def format_rules(compiled: CompiledPolicy) -> str:
    """`6 rules: 4 enforce, 2 notify`"""
    modes = Counter(rule.mode for rule in compiled.rules)
    counts = ", ".join(f"{modes[mode]} {mode}" for mode in reversed(Mode) if modes[mode])
    count = format_count(len(compiled.rules), "rule")
    return f"{count}: {counts}" if counts else count
