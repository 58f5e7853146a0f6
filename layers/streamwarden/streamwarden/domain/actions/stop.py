"""Stop the stream that was decided on."""

from typing import TYPE_CHECKING, ClassVar, Final

from streamwarden.domain.actions.base.calls import Call
from streamwarden.domain.actions.base.on_stream import OFF_THE_AIR, OnStream
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads


STOP: Final = "stop"


class Stop(OnStream):
    word: ClassVar = STOP
    meaning: ClassVar = (
        "Stops the stream that was decided on. `GetStream` is read first: a newer stream is left "
        "alone, and one that is off the air already needs nothing. A stream that stalled is left "
        "alone if it delivers again, and one with too few or too many viewers if `GetStream` does "
        "not confirm that."
    )
    is_destructive: ClassVar = True
    ends_stream: ClassVar = True
    permissions: ClassVar = frozenset(
        {"ivs:GetStream", "ivs:ListTagsForResource", "ivs:StopStream"}
    )

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        # A quarantine stops whatever comes on.
        if facts.quarantine is not None and not facts.quarantine.held:
            return None
        return super().still_wanted(planned, verdict, facts, settled)

    def describe(self, planned: PlannedAction) -> str:
        return "stops the stream"

    def call(self, action: Action) -> Call:
        return Call(
            operation="StopStream",
            parameters={"channelArn": action.resource_arn},
            done=f"stopped stream {action.stream_id}",
            pointless_after=OFF_THE_AIR,
        )
