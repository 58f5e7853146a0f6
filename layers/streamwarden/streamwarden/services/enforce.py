"""Carry out one action, after reading what the world is like now, and report what became of it.

Only what the record of the resource holds as requested is carried out (`services/requests`). What
is looked at, and which call is made then, each action kind says (`domain/actions`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final, assert_never

from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.calls import Call, Pointless, Seen, Sight
from streamwarden.domain.actions.base.kind import ActionKind, Performer
from streamwarden.domain.arn import Place, account_arn, place_of
from streamwarden.domain.brakes import Brake, Held, mode_under, pause_on, protected_by_tag
from streamwarden.domain.breaker import ask, limit_of, release_of
from streamwarden.domain.inputs import ActionFinished, BreakerTripped, KeyObserved
from streamwarden.domain.state.controls import PROTECTED_TAG, AccountControls
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import ACTION_GOOD_FOR, Action, Authority, Mode
from streamwarden.services.errors import (
    NotFound,
    PermanentError,
    TemporaryError,
    VersionConflict,
)
from streamwarden.services.ports import (
    ActionLookup,
    BackOff,
    BeforeAction,
    BreakerStore,
    ChannelLookup,
    Clock,
    InBackground,
    Inbox,
    KeyLookup,
    Operations,
    RotationRequests,
    StreamLookup,
    TagLookup,
)
from streamwarden.services.records import RequestedAction
from streamwarden.services.requests import request_of
from streamwarden.services.stream_keys import key_observed

_ATTEMPTS: Final = 8
_NAME_LENGTH: Final = 8
_READS_GOOD_FOR: Final = timedelta(seconds=1)
_WENT_NO_FURTHER: Final = frozenset({OutcomeStatus.HELD, OutcomeStatus.SKIPPED})
_RANKED: Final = (
    OutcomeStatus.HELD,
    OutcomeStatus.FAILED,
    OutcomeStatus.DONE,
    OutcomeStatus.NOTHING_TO_DO,
    OutcomeStatus.SKIPPED,
)
_TRIPPED: Final = Held(Brake.BREAKER, "the breaker of the rule has tripped")
_NO_TAGS: Final[Mapping[str, str]] = {}
_NO_SETTINGS: Final[Mapping[str, Any]] = {}


class _Look(Struct, frozen=True):
    """What IVS shows before an action, and the key as observers are told of it, if it shows one."""

    seen: Seen
    key: KeyObserved | None = None


class _Table(Struct, frozen=True):
    """What the table says before an action. It was asked at `at`."""

    at: datetime
    before: BeforeAction


class _Ready(Struct, frozen=True):
    """A call that nothing holds. The first read that it rests on was begun at `since`."""

    since: datetime
    call: Call
    key: KeyObserved | None


class _Result(Struct, frozen=True):
    """What became of an action: tags and settings as they now are, and the key as it was found.

    The tags are those of the key where there is one, else those of the resource.
    """

    outcome: Outcome
    tags: Mapping[str, str | None] = _NO_TAGS
    settings: Mapping[str, Any] = _NO_SETTINGS
    key: KeyObserved | None = None


class Enforcer(Struct, frozen=True, kw_only=True):
    """What acting needs. `max_mode` is the mode of the whole stack.

    What the `lookup` says is read before each action, and `tags` before a destructive one.
    """

    lookup: ActionLookup
    breakers: BreakerStore
    tags: TagLookup
    streams: StreamLookup
    keys: KeyLookup
    channels: ChannelLookup
    operations: Operations
    rotations: RotationRequests
    outcomes: Inbox
    max_mode: Mode
    clock: Clock
    back_off: BackOff
    in_background: InBackground

    def carry_out(self, action: Action) -> Outcome:
        """Do what the action asks for, if it is requested and still applies. Raises TemporaryError.

        What is skipped is not reported: its message may name any resource.
        """
        table = self._read_table(action)
        obstacle = self._why_not_requested(action, table.before.request)
        if obstacle:
            return Outcome(OutcomeStatus.SKIPPED, obstacle)
        try:
            result = self._act(action, table)
        except PermanentError as refusal:
            result = _Result(Outcome(OutcomeStatus.FAILED, str(refusal)))
        if result.outcome.status is OutcomeStatus.SKIPPED:
            return result.outcome
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

    def _why_not_requested(self, action: Action, request: RequestedAction | None) -> str:
        if request is None:
            return "the record does not hold it: it is over or given up, or was never decided"
        if request != request_of(action):
            return "the record holds another request: it was asked for again, or was changed"
        if self.clock() - action.decided_at > ACTION_GOOD_FOR:
            return "it was decided too long ago, and is decided again if it still holds"
        return ""

    def _read_table(self, action: Action) -> _Table:
        return _Table(self.clock(), self.lookup.before(action))

    def _act(self, action: Action, table: _Table) -> _Result:
        kind = ACTION_KINDS[action.kind]
        reason = self._why_not(action, kind)
        if reason:
            return _Result(_nothing(reason))
        if kind.performer is Performer.ROTATE_KEYS:
            return self._have_key_made(action, table.before)
        if kind.parts:
            return self._act_in_parts(action, kind, table)
        return self._carry_out(action, kind, table)

    def _act_in_parts(self, action: Action, kind: ActionKind, table: _Table) -> _Result:
        """Where one of several calls is refused, the others are made all the same.

        Orders may have come since the call before, so the table is read for each. What holds one
        part, or has ended the request, leaves those that were done as they are.
        """
        results: list[_Result] = []
        for part in kind.parts:
            results.append(self._try(action, part, None if results else table))
            if results[-1].outcome.status in _WENT_NO_FURTHER:
                break
        return _joined(results)

    def _try(self, action: Action, part: ActionKind, table: _Table | None) -> _Result:
        try:
            return self._carry_out(action, part, table or self._read_table(action))
        except NotFound:
            return _Result(_nothing("the channel no longer exists"))
        except PermanentError as refusal:
            return _Result(Outcome(OutcomeStatus.FAILED, str(refusal)))

    def _carry_out(self, action: Action, kind: ActionKind, table: _Table) -> _Result:
        """Make the call, unless something holds it or it is pointless.

        A destructive call rests on reads of which the first was begun at most a second before, by
        our clock. If that is longer ago, all is read once more, the table first. The call then
        rests on the second reading, however long that took.
        """
        found = self._check(action, kind, table)
        if isinstance(found, _Ready) and kind.is_destructive and self._is_old(found):
            found = self._check(action, kind, self._read_table(action))
        return self._make(found.call, found.key) if isinstance(found, _Ready) else found

    def _is_old(self, ready: _Ready) -> bool:
        return self.clock() - ready.since > _READS_GOOD_FOR

    def _check(self, action: Action, kind: ActionKind, table: _Table) -> _Ready | _Result:
        """The call, or why there is none. IVS is asked only for what the table lets pass.

        The tags are read while the look is taken: a stop waits for the slower of both.
        """
        obstacle = self._why_not_requested(action, table.before.request)
        if obstacle:
            return _Result(Outcome(OutcomeStatus.SKIPPED, obstacle))
        held = self._held(action, table.before.controls())
        if held is not None:
            return _Result(_held(held))
        looking = partial(self._look, action, kind)
        if not kind.is_destructive:
            return self._plan(action, kind, table, looking())
        under_way = self.in_background(looking)
        tags = self._fresh_tags(action)
        protected = protected_by_tag(tags)
        if protected is not None:
            return _Result(_held(protected), tags={PROTECTED_TAG: tags[PROTECTED_TAG]})
        return self._plan(action, kind, table, under_way())

    def _plan(
        self, action: Action, kind: ActionKind, table: _Table, look: _Look
    ) -> _Ready | _Result:
        plan = kind.plan(action, look.seen)
        match plan:
            case Pointless(reason, settings):
                return _Result(_nothing(reason), settings=settings, key=look.key)
            case Call():
                if kind.is_destructive and not self._may_pass(action, table.before):
                    return _Result(_held(_TRIPPED), key=look.key)
                return _Ready(table.at, plan, look.key)
            case _:
                assert_never(plan)

    def _held(self, action: Action, controls: AccountControls) -> Held | None:
        """What operators have set since the action was decided."""
        is_of_rule = action.authority is Authority.RULE
        mode = mode_under(controls, action.rule_id, Mode.ENFORCE)
        if is_of_rule and mode is not Mode.ENFORCE:
            return Held(Brake.MODE, "the rule does not enforce any more")
        if action.authority is Authority.OPERATOR:
            return None
        return pause_on(controls, self.clock())

    def _fresh_tags(self, action: Action) -> Mapping[str, str]:
        """Of a channel that is gone there are none, and what follows says so."""
        try:
            return self.tags.tags(action.resource_arn)
        except NotFound:
            return _NO_TAGS

    def _have_key_made(self, action: Action, before: BeforeAction) -> _Result:
        """After a quarantine. RotateKeys makes the key and publishes it: that takes a log.

        It looks whether there is one, and whether it was published.
        """
        held = self._held(action, before.controls())
        if held is not None:
            return _Result(_held(held))
        self.rotations.make_key(action.resource_arn)
        return _Result(Outcome(OutcomeStatus.DONE, "asked RotateKeys for a stream key"))

    def _look(self, action: Action, kind: ActionKind) -> _Look:
        match kind.looks_at:
            case Sight.NOTHING:
                return _Look(Seen())
            case Sight.STREAM:
                return _Look(Seen(stream=self.streams.live_stream(action.resource_arn)))
            case Sight.KEY:
                asked_at, key = self.clock(), self.keys.find(action.resource_arn)
                return _Look(Seen(key=key), key_observed(action.resource_arn, key, asked_at))
            case Sight.CHANNEL:
                return _Look(Seen(channel=self.channels.channel(action.resource_arn)))
            case _:
                assert_never(kind.looks_at)

    def _why_not(self, action: Action, kind: ActionKind) -> str:
        if self.max_mode is not Mode.ENFORCE:
            return "the stack no longer enforces"
        if kind.performer is not Performer.ENFORCE and action.authority is Authority.RULE:
            return f"it is carried out by {kind.performer}"
        return ""

    def _may_pass(self, action: Action, before: BeforeAction) -> bool:
        """Whether the breaker of the rule lets the action pass, which is counted before the call.

        It counts what a rule asks for. What was counted and not carried out, because a run died,
        passes again.
        """
        if action.authority is not Authority.RULE:
            return True
        place, rule_id = place_of(action.resource_arn), action.rule_id
        for attempt in range(_ATTEMPTS):
            controls, stored, now = before.controls(), before.breaker(), self.clock()
            live = controls.live_streams.value if controls.live_streams else None
            release = release_of(controls, rule_id)
            answer = ask(stored.breaker, _name_of(action), release, limit_of(live), now)
            try:
                if answer.breaker != stored.breaker:
                    self.breakers.save(place, rule_id, answer.breaker, stored)
            except VersionConflict:
                self.back_off(attempt)
                before = self.lookup.before(action)
                continue
            if not answer.may_pass:
                self._report_tripped(place, rule_id, answer.breaker.tripped_at or now)
            return answer.may_pass
        raise TemporaryError(f"the breaker of {rule_id} was changed by others {_ATTEMPTS} times")

    def _report_tripped(self, place: Place, rule_id: str, at: datetime) -> None:
        arn = account_arn(place.account, place.region)
        self.outcomes.put([BreakerTripped(resource_arn=arn, time=at, rule_id=rule_id)])

    def _without_key(self, key: KeyObserved | None) -> KeyObserved | None:
        """The key that was seen is gone now. The moment is later than that of the look."""
        return key and key_observed(key.resource_arn, None, self.clock(), is_exact=True)

    def _make(self, call: Call, key: KeyObserved | None) -> _Result:
        code = self.operations.make(call)
        key = self._without_key(key) if call.takes_key else key
        if code:
            return _Result(_nothing(call.pointless_after[code]), key=key)
        return _Result(
            Outcome(OutcomeStatus.DONE, call.done), tags=call.tags, settings=call.settings, key=key
        )


def _name_of(action: Action) -> str:
    """Tells the channel of an action from others: a breaker counts channels."""
    return sha256(action.resource_arn.encode()).hexdigest()[:_NAME_LENGTH]


def _joined(results: Sequence[_Result]) -> _Result:
    """What became of the parts, as one result. It says of each part what was done or why not.

    It is held if one of them is, so that it is decided again, and else failed if one of them did.
    """
    statuses = [each.outcome.status for each in results]
    status = next(each for each in _RANKED if each in statuses)
    reasons = [each.outcome.reason for each in results]
    if len(results) > 1 and results[-1].outcome.status in _WENT_NO_FURTHER:
        reasons[-1] = f"went no further: {reasons[-1]}"
    reason = "; ".join(dict.fromkeys(reasons))
    key = next((each.key for each in results if each.key is not None), None)
    return _Result(Outcome(status, reason), tags=results[-1].tags, key=key)


def _held(held: Held) -> Outcome:
    return Outcome(OutcomeStatus.HELD, held.reason)


def _nothing(reason: str) -> Outcome:
    return Outcome(OutcomeStatus.NOTHING_TO_DO, reason)
