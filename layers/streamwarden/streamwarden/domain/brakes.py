"""What holds an action back: the mode of its rule, a protection, a pause, a breaker.

What a brake holds is visible (`Breach.held`) and not lost: it is decided again when the brake is
released. An exemption is no brake: the rule does not apply then.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from streamwarden.domain.breaker import tripped_since
from streamwarden.domain.levels import Authority, Mode
from streamwarden.domain.state.controls import (
    PROTECTED_TAG,
    PROTECTED_VALUE,
    AccountControls,
    ChannelControls,
    Exemption,
    Pause,
    Protection,
)
from streamwarden.domain.state.merge import Stamped


class Brake(StrEnum):
    """What can hold an action back."""

    MODE = "mode"
    PAUSE = "pause"
    PROTECTION = "protection"
    BREAKER = "breaker"


class Held(Struct, frozen=True):
    """By what an action is held, why, as the rest of a sentence, and when that ends by itself."""

    brake: Brake
    reason: str
    until: datetime | None = None


class Brakes(Struct, frozen=True, kw_only=True):
    """All that may hold an action on one resource back at one moment."""

    account: AccountControls
    channel: ChannelControls | None
    tags: Mapping[str, str]
    now: datetime

    def on(
        self, rule_id: str, *, is_destructive: bool, authority: Authority = Authority.RULE
    ) -> Held | None:
        """What holds an action back that is done by the rule, or by another authority."""
        is_ordered = authority is Authority.OPERATOR
        paused = None if is_ordered else pause_on(self.account, self.now)
        if paused is not None or not is_destructive:
            return paused
        protected = protected_by_tag(self.tags) or protected_by_command(self.channel, self.now)
        if protected is not None or authority is not Authority.RULE:
            return protected
        return tripped(self.account, rule_id)


def pause_on(controls: AccountControls, now: datetime) -> Held | None:
    pause = _in_force(controls.longest_pause, now)
    if pause is None:
        return None
    reason = f"actions are paused: {pause.reason} ({pause.author})"
    return Held(Brake.PAUSE, reason, pause.until)


def protected_by_tag(tags: Mapping[str, str]) -> Held | None:
    return _PROTECTED if is_protected_by_tag(tags) else None


def is_protected_by_tag(tags: Mapping[str, str]) -> bool:
    return tags.get(PROTECTED_TAG) == PROTECTED_VALUE


def protection_from(controls: ChannelControls | None, now: datetime) -> Protection | None:
    """The protection by command that is in force."""
    return _in_force(controls.longest_protection, now) if controls else None


def protected_by_command(controls: ChannelControls | None, now: datetime) -> Held | None:
    protection = protection_from(controls, now)
    if protection is None:
        return None
    return Held(
        Brake.PROTECTION,
        f"the channel is protected: {protection.reason} ({protection.author})",
        protection.until,
    )


def tripped(controls: AccountControls, rule_id: str) -> Held | None:
    return _TRIPPED if tripped_since(controls, rule_id) is not None else None


def exemption_from(
    controls: ChannelControls | None, rule_id: str, now: datetime
) -> Stamped[Exemption] | None:
    """The exemption of the channel from the rule that is in force, and since when it is."""
    given = controls.exemptions.get(rule_id) if controls else None
    if given is None or given.value is None or given.value.until <= now:
        return None
    return Stamped(given.value, given.at)


def mode_under(controls: AccountControls, rule_id: str, written: Mode) -> Mode:
    """The mode of a rule: as written, or as an administrator set it, or lower if limited since."""
    setting = controls.modes.get(rule_id)
    mode = written if setting is None or setting.value.mode is None else setting.value.mode
    for limit in (Mode.OBSERVE, Mode.NOTIFY):
        given = controls.mode_limits.get(f"{rule_id}/{limit}")
        if given is not None and (setting is None or given.at > setting.at):
            return mode.at_most(limit)
    return mode


def _in_force[T: (Pause, Protection)](given: Stamped[T | None] | None, now: datetime) -> T | None:
    control = given.value if given else None
    if control is None or (control.until is not None and control.until <= now):
        return None
    return control


_PROTECTED: Final = Held(
    Brake.PROTECTION, f"the channel has the tag {PROTECTED_TAG}={PROTECTED_VALUE}"
)
_TRIPPED: Final = Held(Brake.BREAKER, "the breaker of the rule has tripped")
