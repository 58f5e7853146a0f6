"""Which steps of its rule a breach has reached, and which of their actions would change something.

Steps count from the moment at which the breach opened. The breach stores this moment, so it makes
no difference how late and how often a function decides.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.policy import Step
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import PlannedAction, Verdict

_AT_ONCE = timedelta(0)


class Progress(Struct, frozen=True, kw_only=True):
    """The steps that have been reached, and those that are still ahead, both by time."""

    opened_at: datetime
    reached: tuple[Step, ...]
    ahead: tuple[Step, ...]

    @property
    def count(self) -> int:
        return len(self.reached) + len(self.ahead)

    @property
    def last_after(self) -> timedelta:
        """How long after the opening the last step was reached."""
        return self.reached[-1].after if self.reached else _AT_ONCE

    @property
    def next_at(self) -> datetime | None:
        return self.opened_at + self.ahead[0].after if self.ahead else None


class Wanted(Struct, frozen=True):
    """An action that would still change something, and the step that asks for it."""

    after: timedelta
    planned: PlannedAction

    def key(self, verdict: Verdict) -> str:
        kind = ACTION_KINDS[self.planned.kind]
        key = kind.request_key(verdict.stream_id, self.after)
        more = kind.distinguished_by(self.planned)
        return f"{key}/{more}" if more else key

    def expires_at(self, opened_at: datetime) -> datetime | None:
        """When it is given up, if its breach opened at this moment."""
        span = ACTION_KINDS[self.planned.kind].given_up_after(self.planned)
        return None if span is None else opened_at + self.after + span


def progress(steps: Sequence[Step], opened_at: datetime, now: datetime) -> Progress:
    """Where a breach that opened at `opened_at` is by `now`. `steps` are in the order of time."""
    # The clock that opened the breach may be ahead. A step without a delay does not wait for it.
    elapsed = max(now - opened_at, _AT_ONCE)
    reached = tuple(step for step in steps if step.after <= elapsed)
    return Progress(opened_at=opened_at, reached=reached, ahead=tuple(steps[len(reached) :]))


def in_time(
    wanted: Iterable[Wanted], opened_at: datetime, now: datetime
) -> tuple[tuple[Wanted, ...], tuple[Wanted, ...]]:
    """The actions that are still tried, and those that have been wanted for too long."""
    kept: list[Wanted] = []
    expired: list[Wanted] = []
    for each in wanted:
        expires_at = each.expires_at(opened_at)
        (kept if expires_at is None or now < expires_at else expired).append(each)
    return tuple(kept), tuple(expired)


def wanted_actions(steps: Sequence[Step], verdict: Verdict, facts: Facts) -> tuple[Wanted, ...]:
    """The actions of these steps that would still change something.

    Where two steps set the same tag, the later one decides.
    """
    wanted = []
    settled = verdict.finding.settled_tags
    for step in reversed(steps):
        for planned in reversed(step.do):
            kind = ACTION_KINDS[planned.kind]
            still = kind.still_wanted(planned, verdict, facts, settled)
            if still is not None:
                wanted.append(Wanted(step.after, still))
            settled = settled.union(planned.tags)
    return tuple(reversed(wanted))
