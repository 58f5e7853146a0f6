"""Remove the tags that a rule forbids."""

from copy import replace
from typing import TYPE_CHECKING, ClassVar

from streamwarden.domain.actions.base.calls import Plan, Seen, remove_tags
from streamwarden.domain.actions.base.kind import ActionKind, Target
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads


class RemoveTags(ActionKind):
    word: ClassVar = "remove_tags"
    meaning: ClassVar = (
        "Removes the tags that the rule forbids, from whatever the rule is about. Never removes a "
        "tag of AWS (`aws:`)."
    )
    needs: ClassVar = (Trait.FORBIDDEN_TAGS,)
    refusal: ClassVar = "it forbids no tags"
    target: ClassVar = Target.RESOURCE
    may_be_taken_back: ClassVar = True
    permissions: ClassVar = frozenset({"ivs:UntagResource"})

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        found = verdict.finding.own_tags or {}
        keys = tuple(key for key, value in found.items() if value is None and key in facts.tags)
        return replace(planned, tag_keys=keys) if keys else None

    def describe(self, planned: PlannedAction) -> str:
        return f"removes {', '.join(planned.tag_keys) or 'the forbidden tags'}"

    def plan(self, action: Action, seen: Seen) -> Plan:
        return remove_tags(action.resource_arn, action.tag_keys)
