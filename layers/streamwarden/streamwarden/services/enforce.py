"""Carry out one action, after reading what the world is like now, and report what became of it."""

from datetime import timedelta
from typing import Final, assert_never

from msgspec import Struct

from streamwarden.domain.inputs import ActionFinished, Health
from streamwarden.domain.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, ActionKind, Mode
from streamwarden.services.ports import Clock, Inbox, Refused, StreamControl

# What held when it was decided may hold no longer: a tag was set, a rule turned down. A breach
# that still stands asks again by itself.
_GOOD_FOR: Final = timedelta(minutes=10)


class Enforcer(Struct, frozen=True, kw_only=True):
    """What acting needs. `ceiling` is the mode of the whole stack."""

    control: StreamControl
    outcomes: Inbox
    ceiling: Mode
    clock: Clock

    def carry_out(self, action: Action) -> Outcome:
        """Do what the action asks for, if it still applies. Raises TryAgain."""
        try:
            outcome = self._act(action)
        except Refused as refusal:
            outcome = Outcome(OutcomeStatus.FAILED, str(refusal))
        is_tagged = action.kind is ActionKind.TAG and outcome.status is OutcomeStatus.DONE
        finished = ActionFinished(
            resource_arn=action.resource_arn,
            time=self.clock(),
            action_id=action.id,
            outcome=outcome,
            tags=dict(action.tags) if is_tagged else {},
        )
        self.outcomes.put([finished])
        return outcome

    def _act(self, action: Action) -> Outcome:
        if self.ceiling is not Mode.ENFORCE:
            return _nothing("the stack no longer enforces")
        if self.clock() - action.decided_at > _GOOD_FOR:
            return _nothing("it was decided too long ago, and is decided anew if it still holds")
        match action.kind:
            case ActionKind.STOP:
                return self._stop(action)
            case ActionKind.TAG:
                self.control.tag(action.resource_arn, action.tags)
                return Outcome(OutcomeStatus.DONE, f"set {', '.join(sorted(action.tags))}")
            case ActionKind.ROTATE_KEY:
                return _nothing("keys are rotated by rotate_keys")
            case _:
                assert_never(action.kind)

    def _stop(self, action: Action) -> Outcome:
        """StopStream names no stream, so what is live is compared with what was decided on."""
        live = self.control.live_stream(action.resource_arn)
        if live is None:
            return _nothing("the channel is already off the air")
        if live.stream_id != action.stream_id:
            return _nothing(
                f"stream {live.stream_id} is live now; {action.stream_id} was decided on"
            )
        if action.only_if_stalled and live.health is not Health.STARVING:
            return _nothing(f"the ingest delivers again (health {live.health})")
        if not self.control.stop(action.resource_arn):
            return _nothing("the stream ended by itself")
        return Outcome(OutcomeStatus.DONE, f"stopped stream {live.stream_id}")


def _nothing(reason: str) -> Outcome:
    return Outcome(OutcomeStatus.NOTHING_TO_DO, reason)
