"""What sets tags of a resource to what its rule has found that they should be."""

from copy import replace
from typing import TYPE_CHECKING, ClassVar

from streamwarden.domain.actions.base.calls import Plan, Seen, set_tags
from streamwarden.domain.actions.base.kind import ActionKind, Target, describe_tags
from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads


class SetsFoundTags(ActionKind):
    """A kind of it says which rules find such tags, and `unknown`, what they are called as long as
    nothing is found."""

    target: ClassVar = Target.RESOURCE
    may_be_taken_back: ClassVar = True
    permissions: ClassVar = frozenset({"ivs:TagResource"})
    unknown: ClassVar[str]

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        found = verdict.finding.own_tags or {}
        tags = {
            key: value
            for key, value in found.items()
            if value is not None
            and facts.tags.get(key) != value
            and key not in settled
            and not is_reserved_tag(key)
        }
        return replace(planned, tags=tags) if tags else None

    def describe(self, planned: PlannedAction) -> str:
        return f"sets {describe_tags(planned) if planned.tags else self.unknown}"

    def plan(self, action: Action, seen: Seen) -> Plan:
        return set_tags(action.resource_arn, action.tags)
