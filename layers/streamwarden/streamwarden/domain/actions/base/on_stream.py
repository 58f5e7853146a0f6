"""What is done to one stream: only while that stream is on the air, and still as it was judged.

What was known when the action was decided can be old, and a wrong stop cuts a show. So what a look
does not show is not confirmed, and the action waits.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final, assert_never

from streamwarden.domain.actions.base.calls import Call, LiveStream, Plan, Pointless, Seen, Sight
from streamwarden.domain.actions.base.kind import ActionKind, Target
from streamwarden.domain.inputs import Health
from streamwarden.domain.ivs import ErrorCode
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, Condition, Confirm, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads

# What the API says of a channel that is off the air.
OFF_THE_AIR: Final[Mapping[str, str]] = {
    ErrorCode.CHANNEL_NOT_BROADCASTING: "the stream ended by itself"
}


class OnStream(ActionKind):
    """An action on the stream that was decided on. A kind of it says what `call` does that."""

    needs: ClassVar[tuple[Trait, ...]] = (Trait.ON_AIR,)
    refusal: ClassVar = "it is not about a stream that is on the air"
    target: ClassVar = Target.STREAM
    done_where: ClassVar = "session.on_air"
    looks_at: ClassVar = Sight.STREAM

    def call(self, action: Action) -> Call:
        raise NotImplementedError

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        # Before `Stream Start` there is nothing that IVS could stop, or put metadata into.
        return planned if is_on_air(verdict, facts) else None

    def plan(self, action: Action, seen: Seen) -> Plan:
        obstacle = _obstacle(seen.stream, action)
        return Pointless(obstacle) if obstacle else self.call(action)


def is_on_air(verdict: Verdict, facts: "Facts") -> bool:
    """Whether the stream that the verdict concerns is on the air, and not one that came after."""
    return facts.live is not None and facts.live.stream_id == verdict.stream_id


def _obstacle(live: LiveStream | None, action: Action) -> str:
    """Why the action no longer applies: the API names no stream, so what is live is compared
    with what was decided on."""
    if live is None:
        return "the channel is already off the air"
    if live.stream_id != action.stream_id:
        return f"stream {live.stream_id} is live now; {action.stream_id} was decided on"
    return "" if action.confirm is None else _not_confirmed(live, action.confirm)


def _not_confirmed(live: LiveStream, confirm: Confirm) -> str:
    """What the look shows instead; empty if it confirms the condition."""
    match confirm.that:
        case Condition.STALLED:
            return "" if live.health is Health.STARVING else _describe_health(live)
        # A session that is over may have no health. That it is listed is what the rule is about.
        case Condition.NOT_HEALTHY:
            return _describe_health(live) if live.health is Health.HEALTHY else ""
        case Condition.VIEWERS_AT_MOST:
            count = live.viewer_count
            is_confirmed = count is not None and count <= confirm.viewers
            return "" if is_confirmed else _describe_viewers(count)
        case Condition.VIEWERS_AT_LEAST:
            count = live.viewer_count
            is_confirmed = count is not None and count >= confirm.viewers
            return "" if is_confirmed else _describe_viewers(count)
        case _:
            assert_never(confirm.that)


def _describe_health(live: LiveStream) -> str:
    if live.health is Health.UNKNOWN:
        return "it is not known whether the ingest still stalls (health UNKNOWN)"
    return f"the ingest delivers again (health {live.health})"


def _describe_viewers(count: int | None) -> str:
    if count is None:
        return "IVS does not say how many viewers the stream has now"
    return f"the stream has {count:,} {'viewer' if count == 1 else 'viewers'} now"
