"""Set tags of whatever a rule is about."""

from copy import replace
from typing import TYPE_CHECKING, ClassVar

from streamwarden.domain.actions.base.calls import Plan, Seen, set_tags
from streamwarden.domain.actions.base.kind import ActionKind, Form, Target, describe_tags
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads


class Tag(ActionKind):
    word: ClassVar = "tag"
    meaning: ClassVar = (
        "Sets tags, as `{tag: {set: {key: value}}}`: those that are missing or different, but "
        "none that the rule finds in order. Never removes a tag, and sets none of Streamwarden's "
        "own (`streamwarden:`), which hold rules back."
    )
    forms: ClassVar = (Form.TAGS,)
    needs: ClassVar = (Trait.TAGS,)
    refusal: ClassVar = "it is about nothing that could be tagged"
    target: ClassVar = Target.RESOURCE
    is_per_step: ClassVar = True
    may_be_taken_back: ClassVar = True
    permissions: ClassVar = frozenset({"ivs:TagResource"})

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        missing = {
            key: value
            for key, value in planned.tags.items()
            if facts.tags.get(key) != value and key not in settled
        }
        return replace(planned, tags=missing) if missing else None

    def describe(self, planned: PlannedAction) -> str:
        return f"sets {describe_tags(planned)}"

    def plan(self, action: Action, seen: Seen) -> Plan:
        return set_tags(action.resource_arn, action.tags)
