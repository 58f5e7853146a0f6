"""Remove the tags that a rule forbids from a stream key."""

from copy import replace
from typing import TYPE_CHECKING, ClassVar

from streamwarden.domain.actions.base.calls import Plan, Pointless, Seen, Sight, remove_tags
from streamwarden.domain.actions.base.kind import ActionKind, Target
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads


class RemoveKeyTags(ActionKind):
    word: ClassVar = "remove_key_tags"
    meaning: ClassVar = (
        "Removes the tags that the rule forbids from the stream key of the channel. "
        "`ListStreamKeys` is read first, and only that key is touched. Never removes a tag of AWS "
        "(`aws:`)."
    )
    needs: ClassVar = (Trait.FORBIDDEN_TAGS,)
    refusal: ClassVar = "it forbids no tags"
    target: ClassVar = Target.CHANNEL
    looks_at: ClassVar = Sight.KEY
    may_be_taken_back: ClassVar = True
    permissions: ClassVar = frozenset({"ivs:ListStreamKeys", "ivs:UntagResource"})

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        keys = tuple(verdict.finding.forbidden_key_tags)
        return replace(planned, tag_keys=keys) if keys else None

    def describe(self, planned: PlannedAction) -> str:
        return f"removes {', '.join(planned.tag_keys) or 'the forbidden tags'} from the stream key"

    def plan(self, action: Action, seen: Seen) -> Plan:
        key = seen.key
        if key is None:
            return Pointless("the channel has no stream key")
        there = [each for each in action.tag_keys if each in key.tags]
        if not there:
            return Pointless("the stream key carries none of the forbidden tags")
        return remove_tags(key.arn, there, " from the stream key")
