"""One sweep at a time, in as many invocations as it needs.

What a sweep has read is kept in the table between its invocations, with who works on it until when.
So whatever kills an invocation, or loses the message that was to begin the next one, the schedule
goes on from the last place that was kept.
"""

from contextlib import suppress
from copy import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.services.errors import PermanentError, TemporaryError, VersionConflict
from streamwarden.services.ports import Clock, Continuation, HasTime, SweepLog
from streamwarden.services.sweep import Sweeper, SweepReport
from streamwarden.services.unfinished_sweep import FinishedSweep, RunningSweep, UnfinishedSweep

# An invocation, and Lambda's one retry. What fails at one place for good must not keep the streams
# from being read.
_TRIES: Final = 2

# A sweep that nobody went on with for so long is out of date. IVS may know its token no more.
_KEPT_FOR: Final = timedelta(minutes=15)


class SweepRun(Struct, frozen=True, kw_only=True):
    """One invocation. `holder` is its name, which its retry has too; Lambda ends it at `until`."""

    holder: str
    until: datetime
    has_time: HasTime
    only_begun: bool = False


class SweepRuns(Struct, frozen=True, kw_only=True):
    """What the invocations of a sweep share."""

    sweeper: Sweeper
    log: SweepLog
    continuation: Continuation
    clock: Clock

    def run(self, run: SweepRun) -> SweepReport | UnfinishedSweep | None:
        """Sweep as far as there is time; None where another invocation works on a sweep.

        Raises TemporaryError, PermanentError, and VersionConflict if it was taken over.
        """
        held = self._hold(run)
        if held is None:
            return None
        try:
            result = self.sweeper.go_on(held.unfinished, run.has_time)
            match result:
                case SweepReport():
                    self.log.finish(held, self._finished(result, held.unfinished))
                case UnfinishedSweep():
                    self._hand_on(result, held)
        except Exception:
            self._let_go(held)
            raise
        return result

    def _finished(self, report: SweepReport, begun: UnfinishedSweep) -> FinishedSweep:
        return FinishedSweep(
            began_at=begun.began_at,
            finished_at=self.clock(),
            decided_under=begun.decided_under,
            channels=report.channels,
            streams=report.streams,
            differences=report.differences,
            outdated=report.outdated,
            rechecked=report.rechecked,
        )

    def _hold(self, run: SweepRun) -> RunningSweep | None:
        now, running = self.clock(), self.log.running()
        if running is not None and running.held_until > now and running.holder != run.holder:
            return None
        begun = self._begun(running, now)
        if begun is None and run.only_begun:
            return None
        held = RunningSweep(
            holder=run.holder,
            held_until=run.until,
            tries=begun.tries + 1 if begun else 1,
            unfinished=begun.unfinished if begun else self.sweeper.begin(),
        )
        try:
            return self.log.save(held, running)
        except VersionConflict:
            return None

    def _begun(self, running: RunningSweep | None, now: datetime) -> RunningSweep | None:
        """The sweep to go on with, if there is one that is worth it."""
        if running is None or not running.unfinished.has_read or running.tries >= _TRIES:
            return None
        if running.unfinished.decided_under != self.sweeper.decided_under:
            return None
        return running if running.held_until > now - _KEPT_FOR else None

    def _let_go(self, held: RunningSweep) -> None:
        """The schedule must not wait for an invocation that has failed."""
        with suppress(TemporaryError, PermanentError, VersionConflict):
            self.log.save(replace(held, held_until=self.clock()), held)

    def _hand_on(self, unfinished: UnfinishedSweep, held: RunningSweep) -> None:
        """Keep first, invoke then: a message that is lost costs time until the schedule."""
        handed = replace(held, holder="", held_until=self.clock(), tries=0, unfinished=unfinished)
        self.log.save(handed, held)
        self.continuation()
