"""The breaker: on how many channels a rule may act destructively in ten minutes.

One wrong condition would otherwise stop every show of an account in a minute. What goes beyond is
held, until an administrator lets it go. A channel counts once, however often its encoder comes
back: one stubborn encoder is no reason to hold what a rule does to others.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.state.controls import AccountControls, BreakerRelease
from streamwarden.domain.state.merge import Stamped

WINDOW: Final = timedelta(minutes=10)
_FEWEST: Final = 5
_SHARE_OF_LIVE: Final = 5  # one in five: 20 %
# A release of all lets go for as long as what is held may take to be carried out.
RELEASED_FOR: Final = WINDOW
EVERY_RULE: Final = ""


class Passed(Struct, frozen=True, array_like=True, omit_defaults=True):
    """A channel with actions that passed the breaker, by a short name: when the last of them did.

    `counted_at` is when the first of them did, where there are several.
    """

    channel: str
    at: datetime
    counted_at: datetime | None = None

    @property
    def first_at(self) -> datetime:
        return self.counted_at or self.at


class Breaker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What passed in the window, and since when the breaker is tripped."""

    passed: tuple[Passed, ...] = ()
    tripped_at: datetime | None = None


class Answer(Struct, frozen=True):
    """Whether an action may pass, and what the breaker is after that."""

    may_pass: bool
    breaker: Breaker


def limit_of(live_streams: int | None) -> int:
    """The larger of 5 and 20 % of the live streams."""
    return max(_FEWEST, (live_streams or 0) // _SHARE_OF_LIVE)


def release_of(controls: AccountControls, rule_id: str) -> Stamped[BreakerRelease] | None:
    """The last release of the rule: its own, or one of every rule."""
    found = [controls.releases.get(rule_id), controls.releases.get(EVERY_RULE)]
    return max((each for each in found if each is not None), key=lambda each: each.at, default=None)


def tripped_since(controls: AccountControls, rule_id: str) -> datetime | None:
    """Since when the breaker of the rule is tripped, by what observers know; None if it is not."""
    at, release = controls.tripped.get(rule_id), release_of(controls, rule_id)
    return None if at is None or _is_released(at, release) else at


def _is_released(tripped_at: datetime, release: Stamped[BreakerRelease] | None) -> bool:
    """A release of all also lets go what tripped while it was on its way."""
    if release is None:
        return False
    if release.value.number is None:
        return tripped_at < release.at + RELEASED_FOR
    return tripped_at <= release.at


def ask(
    breaker: Breaker,
    channel: str,
    release: Stamped[BreakerRelease] | None,
    limit: int,
    now: datetime,
) -> Answer:
    """Whether one more action may pass. One on a channel that is counted already does so again."""
    if release is not None and now < release.at:
        release = None  # a clock is ahead; it is in force in a moment
    recent = {each.channel: each for each in breaker.passed if now - each.at < WINDOW}
    room, begins = _room(recent.values(), release, limit, now)
    if room is None:
        return Answer(True, Breaker(passed=tuple(recent.values())))
    tripped_at, counted = breaker.tripped_at, recent.get(channel)
    if tripped_at is not None and _is_released(tripped_at, release):
        tripped_at = None
    if counted is not None and counted.at >= begins:
        recent[channel] = Passed(channel, now, counted.first_at)
        return Answer(True, Breaker(passed=tuple(recent.values()), tripped_at=tripped_at))
    if tripped_at is not None or room <= 0:
        tripped_at = tripped_at or now
        return Answer(False, Breaker(passed=tuple(recent.values()), tripped_at=tripped_at))
    recent[channel] = Passed(channel, now)
    return Answer(True, Breaker(passed=tuple(recent.values())))


def _room(
    recent: Iterable[Passed],
    release: Stamped[BreakerRelease] | None,
    limit: int,
    now: datetime,
) -> tuple[int | None, datetime]:
    """How many more channels may pass, None for all, and since when those that did are counted.

    What passed during a release counts for nothing when that is over.
    """
    begins = now - WINDOW
    if release is not None and now < release.at + RELEASED_FOR:
        number = release.value.number
        if number is None:
            return None, begins
        return number - sum(each.first_at >= release.at for each in recent), begins
    if release is not None:
        begins = max(begins, release.at + RELEASED_FOR)
    return limit - sum(each.at >= begins for each in recent), begins
