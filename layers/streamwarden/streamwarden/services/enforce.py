"""Carry out one action, after reading what the world is like now, and report what became of it.

Only what the record of the resource holds as requested is carried out (`services/requests`). What
is looked at, and which call is made then, each action kind says (`domain/actions`).
"""

from collections.abc import Mapping
from typing import Any, Final, assert_never

from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.calls import Call, Pointless, Seen, Sight
from streamwarden.domain.actions.base.kind import ActionKind, Performer
from streamwarden.domain.inputs import ActionFinished, KeyObserved
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import ACTION_GOOD_FOR, Action, Mode
from streamwarden.services.errors import PermanentError
from streamwarden.services.ports import (
    ChannelLookup,
    Clock,
    Inbox,
    KeyLookup,
    Operations,
    RequestLookup,
    StreamLookup,
)
from streamwarden.services.requests import request_of
from streamwarden.services.stream_keys import key_observed

_NO_TAGS: Final[Mapping[str, str]] = {}
_NO_SETTINGS: Final[Mapping[str, Any]] = {}


class _Result(Struct, frozen=True):
    """What became of an action: tags and settings as they now are, and the key as it was found.

    The tags are those of the key where there is one, else those of the resource.
    """

    outcome: Outcome
    tags: Mapping[str, str | None] = _NO_TAGS
    settings: Mapping[str, Any] = _NO_SETTINGS
    key: KeyObserved | None = None


class Enforcer(Struct, frozen=True, kw_only=True):
    """What acting needs. `max_mode` is the mode of the whole stack."""

    requests: RequestLookup
    streams: StreamLookup
    keys: KeyLookup
    channels: ChannelLookup
    operations: Operations
    outcomes: Inbox
    max_mode: Mode
    clock: Clock

    def carry_out(self, action: Action) -> Outcome:
        """Do what the action asks for, if it is requested and still applies. Raises TemporaryError.

        What is skipped is not reported: its message may name any resource.
        """
        obstacle = self._why_not_requested(action)
        if obstacle:
            return Outcome(OutcomeStatus.SKIPPED, obstacle)
        try:
            result = self._act(action)
        except PermanentError as refusal:
            result = _Result(Outcome(OutcomeStatus.FAILED, str(refusal)))
        key = result.key
        finished = ActionFinished(
            resource_arn=action.resource_arn,
            time=self.clock(),
            action_id=action.id,
            outcome=result.outcome,
            decided_at=action.decided_at,
            tags=dict(result.tags),
            settings=dict(result.settings),
            key_arn=key.key_arn if key else None,
        )
        self.outcomes.put([key, finished] if key else [finished])
        return result.outcome

    def _why_not_requested(self, action: Action) -> str:
        request = self.requests.requested(action.resource_arn, action.id)
        if request is None:
            return "the record does not hold it: it is over or given up, or was never decided"
        if request != request_of(action):
            return "the record holds another request: it was asked for again, or was changed"
        if self.clock() - action.decided_at > ACTION_GOOD_FOR:
            return "it was decided too long ago, and is decided anew if it still holds"
        return ""

    def _act(self, action: Action) -> _Result:
        kind = ACTION_KINDS[action.kind]
        reason = self._why_not(action, kind)
        if reason:
            return _Result(_nothing(reason))
        match kind.looks_at:
            case Sight.NOTHING:
                return self._follow(kind, action, Seen())
            case Sight.STREAM:
                stream = self.streams.live_stream(action.resource_arn)
                return self._follow(kind, action, Seen(stream=stream))
            case Sight.KEY:
                asked_at, key = self.clock(), self.keys.find(action.resource_arn)
                found = key_observed(action.resource_arn, key, asked_at)
                return self._follow(kind, action, Seen(key=key), found)
            case Sight.CHANNEL:
                channel = self.channels.channel(action.resource_arn)
                return self._follow(kind, action, Seen(channel=channel))
            case _:
                assert_never(kind.looks_at)

    def _why_not(self, action: Action, kind: ActionKind) -> str:
        if self.max_mode is not Mode.ENFORCE:
            return "the stack no longer enforces"
        if kind.performer is not Performer.ENFORCE:
            return f"it is carried out by {kind.performer}"
        return ""

    def _follow(
        self, kind: ActionKind, action: Action, seen: Seen, key: KeyObserved | None = None
    ) -> _Result:
        plan = kind.plan(action, seen)
        match plan:
            case Pointless(reason, settings):
                return _Result(_nothing(reason), settings=settings, key=key)
            case Call():
                return self._make(plan, key)
            case _:
                assert_never(plan)

    def _make(self, call: Call, key: KeyObserved | None) -> _Result:
        code = self.operations.make(call)
        if code:
            return _Result(_nothing(call.pointless_after[code]), key=key)
        return _Result(
            Outcome(OutcomeStatus.DONE, call.done), tags=call.tags, settings=call.settings, key=key
        )


def _nothing(reason: str) -> Outcome:
    return Outcome(OutcomeStatus.NOTHING_TO_DO, reason)
