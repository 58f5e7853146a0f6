"""What a stack runs, and how that differs from what it ran before.

A sweep observes it, because it alone runs in one place at a time: while functions are updated, some
observers decide under the new policy and others under the old one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct, field, json
from msgspec.structs import replace

from streamwarden.domain.events.bounds import LongestId
from streamwarden.domain.levels import Mode

# The record of the account remembers the rules, and has 32 KB for everything.
_MOST_RULES: Final = 150
_MOST_RULE_BYTES: Final = 8_000
_LONGEST_NAME: Final = 128
_LONGEST_DIGEST: Final = 64

type _Name = Annotated[str, Meta(max_length=_LONGEST_NAME)]
type _Digest = Annotated[str, Meta(max_length=_LONGEST_DIGEST)]


class DeployedRule(Struct, frozen=True, array_like=True):
    """One rule of the deployed policy. `digest` stands for all of it that decides."""

    mode: Mode
    digest: _Digest


type DeployedRules = Annotated[Mapping[LongestId, DeployedRule], Meta(max_length=_MOST_RULES)]


def rules_with_room(rules: Mapping[str, DeployedRule]) -> DeployedRules | None:
    """The rules; None where a record has no room for them."""
    has_room = len(rules) <= _MOST_RULES and len(json.encode(rules)) <= _MOST_RULE_BYTES
    return rules if has_room else None


class Deployment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a stack runs. `mode` is the one of the stack, `observe` or `enforce`.

    `policy` is the digest of the policy and of the code that decides by it. `routing` stands for
    who is told. `rules` are by id; None where they are not known.
    """

    stack: _Name
    version: _Name
    policy: _Digest
    mode: _Name
    routing: _Digest
    rules: DeployedRules | None = None

    @property
    def without_rules(self) -> "Deployment":
        """What tells it apart: the digests stand for the rules as well."""
        return replace(self, rules=None)

    def is_same(self, other: "Deployment") -> bool:
        return self.without_rules == other.without_rules


class RuleChanges(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The ids of the rules that differ, each in the order of the alphabet."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class DeploymentChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A deployment, and the one before it; None where none is known. Neither has its rules.

    `rules` are those that differ, None where that is not known. `modes` counts the rules of the
    deployed policy by their mode; it is empty where they are not known.
    """

    after: Deployment
    before: Deployment | None = None
    rules: RuleChanges | None = None
    modes: Mapping[Mode, int] = field(default_factory=dict)


def change_between(before: Deployment | None, after: Deployment) -> DeploymentChange:
    modes = Counter(each.mode for each in (after.rules or {}).values())
    return DeploymentChange(
        after=after.without_rules,
        before=before.without_rules if before else None,
        rules=_rule_changes(before.rules, after.rules) if before else None,
        modes={each: modes[each] for each in Mode if modes[each]},
    )


def _rule_changes(before: DeployedRules | None, after: DeployedRules | None) -> RuleChanges | None:
    if before is None or after is None:
        return None
    both = before.keys() & after.keys()
    return RuleChanges(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(each for each in both if before[each] != after[each])),
    )
