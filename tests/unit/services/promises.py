"""What observers and enforce promise at each call of IVS, by the commands that were delivered.

Nothing here asks the code under test what a command means.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.commands import (
    Command,
    EndExemption,
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    ReleaseBreaker,
    ResumeActions,
    SetMode,
    UnprotectChannel,
)
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import PROTECTED_TAG
from tests.unit.services.fakes import Time

_WINDOW: Final = timedelta(minutes=10)
_BREAKER: Final = 5


@dataclass
class Promises:
    """What was delivered and what was stopped; `faults` are promises that were broken.

    `died` are runs that may have been counted by a breaker: their channels pass it again.
    """

    time: Time
    delivered: list[Command] = field(default_factory=list)
    delivered_at: dict[datetime, datetime] = field(default_factory=dict)
    stops: list[tuple[datetime, str]] = field(default_factory=list)
    died: list[tuple[datetime, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def deliver(self, command: Command) -> None:
        self.delivered.append(command)
        self.delivered_at.setdefault(command.time, self.time.now)

    def check_stop(self, arn: str, tags: Mapping[str, str], *, is_live: bool) -> None:
        if not is_live:
            self._fault("a second stop of one stream", arn)
        for why in self._holding(arn, tags):
            self._fault(f"a stop {why}", arn)
        self._check_breaker(arn)
        self.stops.append((self.time.now, arn))

    def _fault(self, what: str, arn: str) -> None:
        self.faults.append(f"{self.time.now:%H:%M:%S} {what} of channel {arn[-2:]}")

    def _last(self, *kinds: type[Command], **which: object) -> Command | None:
        found = [
            each
            for each in self.delivered
            if isinstance(each, kinds)
            and all(getattr(each, name) == value for name, value in which.items())
        ]
        return max(found, key=lambda each: each.time, default=None)

    def _in_force(self, command: Command | None, kind: type[Command]) -> bool:
        if not isinstance(command, kind):
            return False
        until = getattr(command, "until", None)
        return until is None or until > self.time.now

    def _is_any_in_force(self, kind: type[Command], end: type[Command], **which: object) -> bool:
        """Only its end by an administrator ends one before its time, and no later one does."""
        ended = self._last(end, **which)
        return any(
            self._in_force(each, kind) and (ended is None or each.time > ended.time)
            for each in self.delivered
            if all(getattr(each, name, None) == value for name, value in which.items())
        )

    def _holding(self, arn: str, tags: Mapping[str, str]) -> Iterator[str]:
        """Why nothing may be stopped on the channel."""
        if self._is_any_in_force(PauseActions, ResumeActions):
            yield "under a pause"
        if tags.get(PROTECTED_TAG) == "true":
            yield "in spite of a tag"
        if self._is_any_in_force(ProtectChannel, UnprotectChannel, resource_arn=arn):
            yield "in spite of a protection"
        exemption = self._last(ExemptChannel, EndExemption, resource_arn=arn)
        if self._in_force(exemption, ExemptChannel):
            yield "in spite of an exemption"
        if self._mode() is not Mode.ENFORCE:
            yield f"in mode {self._mode()}"

    def _mode(self) -> Mode:
        setting = self._last(SetMode)
        mode = setting.mode or Mode.ENFORCE if isinstance(setting, SetMode) else Mode.ENFORCE
        limits = [
            each.mode
            for each in self.delivered
            if isinstance(each, LimitMode) and (setting is None or each.time > setting.time)
        ]
        return min([mode, *limits], key=list(Mode).index)

    def _check_breaker(self, arn: str) -> None:
        now, release, most = self.time.now, self._last(ReleaseBreaker), _BREAKER
        since = now - _WINDOW
        if isinstance(release, ReleaseBreaker) and now < release.time + _WINDOW:
            died = _within(self.died, since, now)
            if release.number is None or arn in died | _within(self.stops, since, now):
                return
            before = _within(self.stops, release.time - _WINDOW, release.time) | died
            stopped = _within(self.stops, self.delivered_at[release.time], now) - before
            most = release.number
        else:
            if isinstance(release, ReleaseBreaker):
                since = max(since, release.time + _WINDOW)
            stopped = _within(self.stops, since, now)
        if len(stopped | {arn}) > most:
            self._fault(f"stop number {len(stopped | {arn})} where {most} may pass", arn)


def _within(found: Iterable[tuple[datetime, str]], after: datetime, until: datetime) -> set[str]:
    return {arn for at, arn in found if after < at <= until}
