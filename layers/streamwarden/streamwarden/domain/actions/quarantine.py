"""Keep a channel off the air: revoke its stream key, then stop what is live.

Many encoders come back by themselves after a stop, so the key goes first (API Reference,
StopStream). Nothing may be live then, whichever stream it is. What goes on while the quarantine
lasts, `orders` decides.
"""

from typing import TYPE_CHECKING, ClassVar, Final

from streamwarden.domain.actions.base.calls import Call, Plan, Pointless, Seen, Sight
from streamwarden.domain.actions.base.kind import ActionKind, Form, Target
from streamwarden.domain.actions.base.on_stream import OFF_THE_AIR, is_on_air
from streamwarden.domain.ivs import ErrorCode
from streamwarden.domain.notifications.undoing import releasing
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads

QUARANTINE: Final = "quarantine"


class _RevokeKey(ActionKind):
    is_destructive: ClassVar = True
    looks_at: ClassVar = Sight.KEY

    def plan(self, action: Action, seen: Seen) -> Plan:
        if seen.key is None:
            return Pointless("the channel has no stream key")
        return Call(
            operation="DeleteStreamKey",
            parameters={"arn": seen.key.arn},
            done="revoked the stream key",
            pointless_after={ErrorCode.NOT_FOUND: "the stream key is gone already"},
            takes_key=True,
        )


class _StopWhatIsLive(ActionKind):
    is_destructive: ClassVar = True
    looks_at: ClassVar = Sight.STREAM

    def plan(self, action: Action, seen: Seen) -> Plan:
        if seen.stream is None:
            return Pointless("nothing is live")
        return Call(
            operation="StopStream",
            parameters={"channelArn": action.resource_arn},
            done=f"stopped stream {seen.stream.stream_id}",
            pointless_after=OFF_THE_AIR,
        )


class Quarantine(ActionKind):
    word: ClassVar = QUARANTINE
    meaning: ClassVar = (
        "Keeps the channel off the air: its stream key is revoked, its live stream is stopped, and "
        "so is each stream that comes on later, which is a strike. It lasts until "
        "`streamwarden release CHANNEL`, or as long as `{quarantine: {for: [1h, 1d, 7d]}}` says: "
        "the first quarantine or strike of a channel within 30 days lasts for the first span, the "
        "next one for the second, and all later ones for the last. After it the channel gets a new "
        "stream key, as a rotation makes it. It goes on when the breach is over, and when the rule "
        "is turned down."
    )
    forms: ClassVar = (Form.WORD, Form.SPANS)
    needs: ClassVar = (Trait.ON_AIR,)
    refusal: ClassVar = "it is not about a stream that is on the air"
    target: ClassVar = Target.CHANNEL
    done_where: ClassVar = "session.on_air"
    is_destructive: ClassVar = True
    ends_stream: ClassVar = True
    is_lasting: ClassVar = True
    permissions: ClassVar = frozenset(
        {
            "ivs:DeleteStreamKey",
            "ivs:GetStream",
            "ivs:ListStreamKeys",
            "ivs:ListTagsForResource",
            "ivs:StopStream",
        }
    )
    parts: ClassVar = (_RevokeKey(), _StopWhatIsLive())

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        # A stream of the past says nothing of the next one.
        is_due = facts.quarantine is None and is_on_air(verdict, facts)
        return planned if is_due else None

    def undo(self, resource_arn: str) -> str:
        return releasing(resource_arn)

    def describe(self, planned: PlannedAction) -> str:
        return "quarantines the channel"
