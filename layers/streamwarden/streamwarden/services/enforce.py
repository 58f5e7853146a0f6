"""Carry out one action, after reading what the world is like now, and report what became of it."""

from datetime import timedelta
from typing import Final, assert_never

from msgspec import Struct

from streamwarden.domain.breaches.timed_metadata import warning_payload
from streamwarden.domain.inputs import ActionFinished, Health
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, ActionKind, Mode
from streamwarden.services.errors import PermanentError
from streamwarden.services.inherit import Result, format_keys, inherit_tags
from streamwarden.services.ports import Clock, Inbox, KeyLookup, StreamControl
from streamwarden.services.records import LiveStream

# What held when it was decided may hold no longer: a tag was set, a rule turned down. A breach
# that still stands asks again by itself.
_GOOD_FOR: Final = timedelta(minutes=10)


class Enforcer(Struct, frozen=True, kw_only=True):
    """What acting needs. `max_mode` is the mode of the whole stack."""

    control: StreamControl
    keys: KeyLookup
    outcomes: Inbox
    max_mode: Mode
    clock: Clock

    def carry_out(self, action: Action) -> Outcome:
        """Do what the action asks for, if it still applies. Raises TryAgain."""
        try:
            result = self._act(action)
        except PermanentError as refusal:
            result = Result(Outcome(OutcomeStatus.FAILED, str(refusal)))
        key = result.key
        finished = ActionFinished(
            resource_arn=action.resource_arn,
            time=self.clock(),
            action_id=action.id,
            outcome=result.outcome,
            tags=dict(result.tags),
            key_arn=key.key_arn if key else None,
        )
        self.outcomes.put([key, finished] if key else [finished])
        return result.outcome

    def _act(self, action: Action) -> Result:
        reason = self._why_not(action)
        if reason:
            return Result(_nothing(reason))
        match action.kind:
            case ActionKind.STOP:
                return Result(self._stop(action))
            case ActionKind.TAG:
                self.control.tag(action.resource_arn, action.tags)
                done = Outcome(OutcomeStatus.DONE, f"set {format_keys(action.tags)}")
                return Result(done, action.tags)
            case ActionKind.INHERIT_TAGS:
                return inherit_tags(action, self.keys, self.control, self.clock())
            case ActionKind.WARN:
                return Result(self._warn(action))
            case ActionKind.ROTATE_KEY:
                return Result(_nothing("keys are rotated by rotate_keys"))
            case _:
                assert_never(action.kind)

    def _why_not(self, action: Action) -> str:
        if self.max_mode is not Mode.ENFORCE:
            return "the stack no longer enforces"
        if self.clock() - action.decided_at > _GOOD_FOR:
            return "it was decided too long ago, and is decided anew if it still holds"
        return ""

    def _stop(self, action: Action) -> Outcome:
        live = self.control.live_stream(action.resource_arn)
        obstacle = _obstacle(live, action)
        if obstacle is not None:
            return _nothing(obstacle)
        if not self.control.stop(action.resource_arn):
            return _nothing("the stream ended by itself")
        return Outcome(OutcomeStatus.DONE, f"stopped stream {action.stream_id}")

    def _warn(self, action: Action) -> Outcome:
        live = self.control.live_stream(action.resource_arn)
        obstacle = _obstacle(live, action)
        if obstacle is not None:
            return _nothing(obstacle)
        payload = warning_payload(action.rule_id, action.text, action.decided_at)
        if not self.control.insert_metadata(action.resource_arn, payload):
            return _nothing("the stream ended by itself")
        return Outcome(OutcomeStatus.DONE, f"put a warning into stream {action.stream_id}")


def _obstacle(live: LiveStream | None, action: Action) -> str | None:
    """Why the action no longer applies: the API names no stream, so what is live is compared
    with what was decided on."""
    if live is None:
        return "the channel is already off the air"
    if live.stream_id != action.stream_id:
        return f"stream {live.stream_id} is live now; {action.stream_id} was decided on"
    is_healthy = live.health is Health.HEALTHY
    if (action.unless_healthy and is_healthy) or (
        action.only_if_stalled and live.health is not Health.STARVING
    ):
        return f"the ingest delivers again (health {live.health})"
    return None


def _nothing(reason: str) -> Outcome:
    return Outcome(OutcomeStatus.NOTHING_TO_DO, reason)
