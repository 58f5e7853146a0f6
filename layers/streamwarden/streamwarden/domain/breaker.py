"""The breaker: on how many channels a rule may act destructively in ten minutes.

One wrong condition would otherwise stop every show of an account in a minute. What goes beyond is
held, until an administrator lets it go. A channel counts once, however often its encoder comes
back: one stubborn encoder is no reason to hold what a rule does to others.
"""

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


class Passed(Struct, frozen=True, array_like=True):
    """A channel with an action that passed the breaker, by a short name, and when that was."""

    channel: str
    at: datetime


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
    if at is None or (release is not None and release.at >= at):
        return None
    return at


def ask(
    breaker: Breaker,
    channel: str,
    release: Stamped[BreakerRelease] | None,
    limit: int,
    now: datetime,
) -> Answer:
    """Whether one more action may pass. One on a channel that has passed already does so again."""
    if release is not None and now < release.at:
        release = None  # a clock is ahead; it is in force in a moment
    recent = tuple(each for each in breaker.passed if now - each.at < WINDOW)
    breaker = Breaker(passed=recent, tripped_at=breaker.tripped_at)
    if any(each.channel == channel for each in recent):
        return Answer(True, breaker)
    if release is not None and now < release.at + RELEASED_FOR:
        return _ask_released(breaker, channel, release, now)
    is_released = release is not None and _is_before(breaker.tripped_at, release.at)
    if breaker.tripped_at is not None and not is_released:
        return Answer(False, breaker)
    begins = release.at + RELEASED_FOR if release is not None else now - WINDOW
    if sum(each.at >= begins for each in recent) >= limit:
        return Answer(False, Breaker(passed=recent, tripped_at=now))
    return Answer(True, Breaker(passed=(*recent, Passed(channel, now))))


def _ask_released(
    breaker: Breaker, channel: str, release: Stamped[BreakerRelease], now: datetime
) -> Answer:
    number = release.value.number
    if number is None:
        return Answer(True, Breaker(passed=breaker.passed))
    if not _is_before(breaker.tripped_at, release.at) and breaker.tripped_at is not None:
        return Answer(False, breaker)
    if sum(each.at >= release.at for each in breaker.passed) >= number:
        return Answer(False, Breaker(passed=breaker.passed, tripped_at=now))
    return Answer(True, Breaker(passed=(*breaker.passed, Passed(channel, now))))


def _is_before(moment: datetime | None, other: datetime) -> bool:
    return moment is None or moment <= other
