"""Copy tags of a channel to its stream key."""

from copy import replace
from typing import TYPE_CHECKING, ClassVar

from streamwarden.domain.actions.base.calls import Plan, Pointless, Seen, Sight, set_tags
from streamwarden.domain.actions.base.kind import ActionKind, Target, describe_tags
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads


class InheritTags(ActionKind):
    word: ClassVar = "inherit_tags"
    meaning: ClassVar = (
        "Copies the tags that the rule names from the channel to its stream key: those that are "
        "missing or different. `ListStreamKeys` is read first, and only that key is tagged. Never "
        "removes a tag."
    )
    needs: ClassVar = (Trait.KEY_TAGS,)
    refusal: ClassVar = "it does not say which tags a stream key takes over"
    target: ClassVar = Target.CHANNEL
    looks_at: ClassVar = Sight.KEY
    may_be_taken_back: ClassVar = True
    permissions: ClassVar = frozenset({"ivs:ListStreamKeys", "ivs:TagResource"})

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        key_tags = verdict.finding.key_tags
        return replace(planned, tags=key_tags) if key_tags else None

    def describe(self, planned: PlannedAction) -> str:
        tags = describe_tags(planned) if planned.tags else "the channel's tags"
        return f"copies {tags} to the stream key"

    def plan(self, action: Action, seen: Seen) -> Plan:
        key = seen.key
        if key is None:
            return Pointless("the channel has no stream key")
        missing = {tag: value for tag, value in action.tags.items() if key.tags.get(tag) != value}
        if not missing:
            return Pointless("the stream key carries the channel's tags already")
        return set_tags(key.arn, missing, " on the stream key")
