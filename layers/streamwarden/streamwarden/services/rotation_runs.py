"""The rotations of an account in as many invocations as they need: what was begun, what is due.

It decides which keys come next, and whether a key can wait. How a key is replaced is in `rotate`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.arn import is_channel_arn
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Outcome, OutcomeStatus, Resource
from streamwarden.domain.verdicts import Mode
from streamwarden.services.errors import NotFound, PermanentError
from streamwarden.services.ports import FleetIndex, HasTime
from streamwarden.services.rotate import Rotated, Rotator

_SETTLED_AFTER: Final = timedelta(minutes=15)


class RotationRuns(Struct, frozen=True, kw_only=True):
    """What the invocations of the rotation schedule share."""

    rotator: Rotator
    index: FleetIndex

    def finish_begun(self) -> Iterator[Rotated]:
        """Finish what was begun, or tell people who can where the stack may not."""
        for channel_arn in self.rotator.log.all_unfinished():
            yield from self._finish(channel_arn)

    def _finish(self, channel_arn: str) -> Iterator[Rotated]:
        """One that cannot be read holds up no other. A newer version finishes it."""
        try:
            rotation = self.rotator.log.unfinished(channel_arn)
        except PermanentError as obstacle:
            outcome = Outcome(OutcomeStatus.FAILED, str(obstacle))
            yield Rotated(
                channel_arn=channel_arn,
                rule_id="",
                outcome=outcome,
                decided_at=self.rotator.clock(),
            )
            return
        if rotation is not None:
            yield self.rotator.attempt(channel_arn, rotation.rule_id)

    def due(self, after: str = "") -> list[str]:
        """The channels whose key its rule says is too old, behind one of them, in their order."""
        entries = self.index.entries()
        due = (each.resource_arn for each in entries if each.is_rotation_due)
        return sorted(arn for arn in due if arn > after)

    def rotate_due(
        self,
        due: Sequence[str],
        has_time: HasTime = lambda: True,
        go_on_after: Callable[[str], None] = lambda channel_arn: None,
    ) -> Iterator[Rotated]:
        """Finish what was begun, then replace the keys that are due.

        A run that has no time for all goes on after the last one that it has looked at. It never
        goes on where it began: then the next window does.
        """
        finished, last = set(), ""
        for rotated in self.finish_begun():
            finished.add(rotated.channel_arn)
            yield rotated
            if not has_time():
                break
        for channel_arn in due:
            if not has_time():
                if last:
                    go_on_after(last)
                return
            if channel_arn not in finished:
                yield from self._rotate_if_overdue(channel_arn)
            last = channel_arn

    def retire_secrets(self, has_time: HasTime) -> Iterator[str]:
        """Delete the secrets of channels that are gone, and say of which.

        A record may be mistaken: IVS is asked first. Raises TemporaryError, PermanentError.
        """
        if self.rotator.max_mode is not Mode.ENFORCE:
            return
        for entry in self.index.entries():
            if not (entry.is_gone and is_channel_arn(entry.resource_arn)):
                continue
            if not has_time():
                return
            channel_arn = entry.resource_arn
            if self._is_gone(channel_arn) and self.rotator.secrets.retire(channel_arn):
                yield channel_arn

    def _is_gone(self, channel_arn: str) -> bool:
        try:
            self.rotator.keys.find(channel_arn)
        except NotFound:
            return True
        return False

    def _rotate_if_overdue(self, channel_arn: str) -> Iterator[Rotated]:
        state = self.rotator.store.load(channel_arn).state
        verdict = self.rotator.overdue(state)
        if verdict is None:
            return
        if self._is_in_use(state):
            outcome = Outcome(
                OutcomeStatus.NOTHING_TO_DO,
                "the channel is live, or was a few minutes ago; its key can wait",
            )
            yield Rotated(
                channel_arn=channel_arn,
                rule_id=verdict.rule_id,
                outcome=outcome,
                decided_at=self.rotator.clock(),
            )
        else:
            yield self.rotator.attempt(channel_arn, verdict.rule_id)

    def _is_in_use(self, state: Resource) -> bool:
        """Whether an encoder may be about to come back with the old key: a gap in its network."""
        ends = [each.ended_at for each in state.sessions.values() if each.ended_at is not None]
        is_fresh = bool(ends) and max(ends) > self.rotator.clock() - _SETTLED_AFTER
        return Facts(state).session is not None or is_fresh
