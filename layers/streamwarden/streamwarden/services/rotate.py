"""Replace a stream key, so that whatever interrupts it, the next run ends with one published key.

IVS allows one key per channel and has no rotation (Service Quotas: stream keys per channel, 1),
so a key is deleted before its successor is made, and the successor's value can be read again.
What was begun is remembered before the first call; every step looks at the world and does only
what is missing, so that running the whole again finishes it.
"""

from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from msgspec import Struct

from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.actions.rotate_key import ROTATE_KEY, rotates_key
from streamwarden.domain.arn import parse_arn, place_of
from streamwarden.domain.brakes import Brakes, Held
from streamwarden.domain.decide import assess
from streamwarden.domain.inputs import KeyObserved, RotationObserved
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import NO_CONTROLS
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import quarantine_in_force
from streamwarden.domain.state.resource import Outcome, OutcomeStatus, Resource
from streamwarden.domain.state.stream_keys import MINTED_AT_TAG, minted_at_of
from streamwarden.domain.verdicts import Mode, Notification, Status, Verdict
from streamwarden.services.errors import NotFound, PermanentError, TemporaryError
from streamwarden.services.ports import (
    Clock,
    ControlsLookup,
    Inbox,
    KeyControl,
    Outbox,
    RecordStore,
    RotationLog,
    SecretStore,
    StreamLookup,
)
from streamwarden.services.records import PendingMessages, Published, Rotation
from streamwarden.services.rotation_notifications import (
    deleted_notification,
    held_notification,
    rotated_notification,
    with_rule_and_owner,
)
from streamwarden.services.stream_keys import key_observed

ON_DEMAND: Final = "on-demand"
# After a quarantine: a key where there is none.
RELEASED: Final = "release"

_DELETED: Final = "the channel was deleted before its key was replaced"
_NOT_BEGUN: Final = "no rotation of the channel has begun, or it was finished"
_LIVE: Final = "the channel is live; its key is replaced when the stream has ended"


class Rotated(Struct, frozen=True, kw_only=True):
    """What became of one channel's rotation.

    `decided_at` is when this attempt began, of which people are told: log lines have it in common.
    """

    channel_arn: str
    rule_id: str
    outcome: Outcome
    decided_at: datetime
    kind: ClassVar[str] = ROTATE_KEY


class Rotator(Struct, frozen=True, kw_only=True):
    """What rotating the key of one channel needs. `max_mode` is the mode of the whole stack.

    `finish_command` is how an operator finishes what this stack has begun, without the channel.
    """

    keys: KeyControl
    streams: StreamLookup
    secrets: SecretStore
    log: RotationLog
    store: RecordStore
    controls: ControlsLookup
    change_inbox: Inbox
    outbox: Outbox
    policy: Policy
    max_mode: Mode
    clock: Clock
    finish_command: str

    def rotate(self, channel_arn: str, *, force: bool) -> Rotated:
        """Replace the key of one channel now, also a young one; a live one only if forced."""
        begun = self.log.unfinished(channel_arn)
        if begun is not None and begun.published is not None:
            closed = self.attempt(channel_arn, begun.rule_id)
            # Else the next attempt only closes it too, and answers that a key was replaced.
            if closed.outcome.status is OutcomeStatus.FAILED:
                return closed
        return self.attempt(channel_arn, ON_DEMAND, force=force)

    def attempt(self, channel_arn: str, rule_id: str, *, force: bool = False) -> Rotated:
        """Begin a rotation, or go on with the one that was begun."""
        return self._completed(
            channel_arn,
            rule_id,
            lambda at: (
                self._quarantined(channel_arn)
                or self._begin_or_resume(channel_arn, rule_id, at, force=force)
            ),
        )

    def overdue(self, state: Resource) -> Verdict | None:
        """The verdict of the first enforced rule that says the key must be replaced."""
        facts = Facts(state)
        rule_set = self.policy.about(facts.resource_type)
        controls = self.controls.of(place_of(state.arn))
        verdicts = assess(facts, rule_set, self.clock(), self.max_mode, controls)
        for rule, verdict in zip(rule_set.rules, verdicts, strict=True):
            is_enforced = verdict.status is Status.BREACH and verdict.mode is Mode.ENFORCE
            if is_enforced and rotates_key(rule.actions):
                return verdict
        return None

    def make_missing_key(self, channel_arn: str) -> Rotated:
        """Give a channel a key that has none. It may be asked for twice: a key is left alone."""
        return self.attempt(channel_arn, RELEASED)

    def finish(self, channel_arn: str, *, force: bool) -> Rotated:
        """Finish the rotation of one channel that was begun, and begin none.

        It is for a person, and the queues of the stack take nothing from people. So the rotation
        stays in the log, and the next run of the stack tells people and the observers of it.
        """
        rotation = self.log.unfinished(channel_arn)
        if rotation is None:
            outcome = _nothing(_NOT_BEGUN)
            return Rotated(
                channel_arn=channel_arn,
                rule_id=ON_DEMAND,
                outcome=outcome,
                decided_at=self.clock(),
            )
        return self._completed(
            channel_arn,
            ON_DEMAND,
            lambda _: (
                self._quarantined(channel_arn) or self._finish_by_operator(rotation, force=force)
            ),
        )

    def _completed(
        self, channel_arn: str, rule_id: str, rotate: Callable[[datetime], Outcome]
    ) -> Rotated:
        at = self.clock()
        try:
            outcome = rotate(at)
        except (PermanentError, TemporaryError) as obstacle:
            outcome = Outcome(
                OutcomeStatus.FAILED, str(obstacle) + self._describe_resume(channel_arn)
            )
        return Rotated(channel_arn=channel_arn, rule_id=rule_id, outcome=outcome, decided_at=at)

    def _describe_resume(self, channel_arn: str) -> str:
        try:
            has_begun = self.log.unfinished(channel_arn) is not None
        except PermanentError:  # which is why it failed
            return ""
        return "; it has begun, and the next run goes on from there" if has_begun else ""

    def _begin_or_resume(
        self, channel_arn: str, rule_id: str, at: datetime, *, force: bool
    ) -> Outcome:
        rotation = self.log.unfinished(channel_arn)
        if rotation is None and self.max_mode is not Mode.ENFORCE:
            return _nothing("the stack only observes")
        try:
            key = self.keys.find(channel_arn)
        except NotFound:
            if rotation is None:
                raise
            self._give_up(rotation, at)
            return _nothing(_DELETED)
        # A channel that has lost the published key since would be left without one.
        if rotation is not None and rotation.published is not None and key is not None:
            return self._close(rotation, key, rotation.published, at)
        if rotation is not None and self.max_mode is not Mode.ENFORCE:
            return self._notify_held(rotation, key, at)
        kept = self._kept(channel_arn, rule_id, rotation, key, force=force)
        if kept is not None:
            return kept
        rotation = rotation or self._begin(channel_arn, rule_id, key)
        key, published = self._publish(rotation, key)
        return self._close(rotation, key, published, at)

    def _kept(
        self,
        channel_arn: str,
        rule_id: str,
        rotation: Rotation | None,
        key: ListedKey | None,
        *,
        force: bool,
    ) -> Outcome | None:
        """Why the present key stays, for now or at all; None if it is replaced.

        To make a key where there is none takes nothing from anybody.
        """
        if rotation is None and key is not None and rule_id == RELEASED:
            self._report_key(channel_arn, key)
            return _nothing("the channel has a stream key")
        if not force and self._is_key_in_use(channel_arn, rotation, key):
            return _nothing(_LIVE)
        if rotation is not None or key is None:
            return None
        held = self._held(channel_arn, rule_id)
        if held is not None:
            return Outcome(OutcomeStatus.HELD, held.reason)
        is_young = rule_id != ON_DEMAND and self._is_young(channel_arn, key)
        return _nothing("the key is younger than was known") if is_young else None

    def _quarantined(self, channel_arn: str) -> Outcome | None:
        """What holds back every new key of the channel, also where a rotation has begun."""
        if self.max_mode is not Mode.ENFORCE:
            return None
        orders = self.store.load(channel_arn).standing.orders
        quarantine = quarantine_in_force(orders, self.clock())
        if quarantine is None:
            return None
        return Outcome(
            OutcomeStatus.HELD,
            f"the channel is quarantined by {quarantine.ordered_by}: {quarantine.reason}; "
            f"`streamwarden release {channel_arn}` ends that and makes a key",
        )

    def _held(self, channel_arn: str, rule_id: str) -> Held | None:
        """What holds a rotation back that has not begun. An operator's own passes every brake but
        protection; what has begun is finished, since the channel may be without a key."""
        state, now = self.store.load(channel_arn).state, self.clock()
        account = NO_CONTROLS if rule_id == ON_DEMAND else self.controls.of(place_of(channel_arn))
        brakes = Brakes(account=account, channel=state.controls, tags=Facts(state).tags, now=now)
        return brakes.on(rule_id, is_destructive=True)

    def _finish_by_operator(self, rotation: Rotation, *, force: bool) -> Outcome:
        try:
            key = self.keys.find(rotation.channel_arn)
        except NotFound:
            return _nothing(_DELETED)
        if rotation.published is not None and key is not None:
            return _nothing(_NOT_BEGUN)
        if not force and self._is_key_in_use(rotation.channel_arn, rotation, key):
            return _nothing(_LIVE)
        _, published = self._publish(rotation, key)
        # Meanwhile the stack may have told people of it, or finished it and begun the next one.
        latest = self.log.unfinished(rotation.channel_arn)
        if latest is not None and latest.id == rotation.id:
            self.log.replace(latest, replace(latest, published=published))
        return _published(published)

    def _is_key_in_use(
        self, channel_arn: str, rotation: Rotation | None, key: ListedKey | None
    ) -> bool:
        """Whether the old key is still there, and a stream is live with it."""
        is_old = key is not None and (rotation is None or key.arn == rotation.old_key_arn)
        return is_old and self.streams.live_stream(channel_arn) is not None

    def _give_up(self, rotation: Rotation, at: datetime) -> None:
        if rotation.is_held_notified:
            self._tell(deleted_notification(rotation, at))
        self.log.finish(rotation)

    def _notify_held(self, rotation: Rotation, key: ListedKey | None, at: datetime) -> Outcome:
        """Once: a run that dies after it has told tells again, and the same again is sent once."""
        command = f"{self.finish_command} {rotation.channel_arn}"
        if not rotation.is_held_notified:
            self._tell(held_notification(rotation, key, command, at))
            self.log.replace(rotation, replace(rotation, is_held_notified=True))
        return _nothing(f"the stack only observes, and a rotation has begun; finish it: {command}")

    def _begin(self, channel_arn: str, rule_id: str, key: ListedKey | None) -> Rotation:
        now = self.clock()
        tags = dict(key.tags) if key is not None else {}
        rotation = Rotation(
            id=f"{parse_arn(channel_arn).resource_id}-{now:%Y%m%dT%H%M%S.%fZ}",
            channel_arn=channel_arn,
            channel_name=Facts(self.store.load(channel_arn).state).name,
            old_key_arn=key.arn if key is not None else None,
            tags={**_portable(tags), MINTED_AT_TAG: _stamp(now)},
            minted_at=now,
            rule_id=rule_id,
        )
        self.log.begin(rotation)
        return rotation

    def _publish(self, rotation: Rotation, key: ListedKey | None) -> tuple[ListedKey, Published]:
        # Of the same moment again where it is resumed, which changes nothing.
        self.change_inbox.put([_rotation_observed(rotation, rotation.minted_at)])
        if key is not None and key.arn == rotation.old_key_arn:
            self.keys.delete(key.arn)
            key = None
        if key is None:
            key = self._create(rotation)
        secret = self.secrets.publish(rotation.channel_arn, key.arn, self.keys.read(key.arn))
        return key, Published(key.arn, secret)

    def _create(self, rotation: Rotation) -> ListedKey:
        created = self.keys.create(rotation.channel_arn, rotation.tags)
        found = created or self.keys.find(rotation.channel_arn)
        if found is None or found.arn == rotation.old_key_arn:
            raise TemporaryError(
                "IVS says that the channel has a key already, but lists no new one"
            )
        return found

    def _close(
        self, rotation: Rotation, key: ListedKey, published: Published, at: datetime
    ) -> Outcome:
        """Tell observers and people, then forget it: a run that dies in between does it again."""
        now = self.clock()
        # After its beginning, also where a clock has not moved on: the last word counts.
        finished_at = max(now, rotation.minted_at + timedelta.resolution)
        observed = [_rotation_observed(rotation, finished_at, is_finished=True)]
        # After an operator has finished it, the key may have been replaced again.
        if key.arn == published.key_arn:
            self.change_inbox.put([_key_observed(rotation, key, now), *observed])
        else:
            self.change_inbox.put(observed)
        self._tell(rotated_notification(rotation, published, at))
        self.log.finish(rotation)
        return _published(published)

    def _tell(self, notification: Notification) -> None:
        tags = Facts(self.store.load(notification.resource_arn).state).tags
        notified = with_rule_and_owner(notification, self.policy, tags)
        self.outbox.send(PendingMessages(notifications=(notified,)))

    def _report_key(self, channel_arn: str, key: ListedKey) -> None:
        """Nothing is left to do: who has asked for a key need not ask again."""
        now = self.clock()
        finished = RotationObserved(
            resource_arn=channel_arn, time=now, is_finished=True, is_needless=True
        )
        self.change_inbox.put([key_observed(channel_arn, key, now), finished])

    def _is_young(self, channel_arn: str, key: ListedKey) -> bool:
        """Whether the key's own tag says that no rule finds it too old after all."""
        minted_at = minted_at_of(key.tags)
        if minted_at is None:
            return False
        observed = KeyObserved(
            resource_arn=channel_arn,
            time=self.clock(),
            key_arn=key.arn,
            minted_at=minted_at,
            tags=dict(key.tags),
        )
        if self.overdue(apply_inputs(self.store.load(channel_arn).state, [observed])) is not None:
            return False
        self.change_inbox.put([observed])
        return True


def _key_observed(rotation: Rotation, key: ListedKey, at: datetime) -> KeyObserved:
    return KeyObserved(
        resource_arn=rotation.channel_arn,
        time=at,
        key_arn=key.arn,
        minted_at=minted_at_of(key.tags) or rotation.minted_at,
        tags=dict(key.tags),
    )


def _rotation_observed(
    rotation: Rotation, at: datetime, *, is_finished: bool = False
) -> RotationObserved:
    return RotationObserved(resource_arn=rotation.channel_arn, time=at, is_finished=is_finished)


def _portable(tags: dict[str, str]) -> dict[str, str]:
    """Tags that can be set on the new key: `aws:` ones are reserved (AWS tagging rules)."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _published(published: Published) -> Outcome:
    return Outcome(OutcomeStatus.DONE, f"the new key is in secret {published.secret}")


def _nothing(reason: str) -> Outcome:
    return Outcome(OutcomeStatus.NOTHING_TO_DO, reason)
