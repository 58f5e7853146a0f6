"""What is in force once an order is taken in, in words."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from streamwarden.domain.brakes import Held
from streamwarden.domain.breaker import RELEASED_FOR
from streamwarden.domain.duration import format_duration
from streamwarden.domain.levels import Mode, Severity
from streamwarden.domain.notifications.silences import silenced_in_words
from streamwarden.domain.state.controls import (
    Acknowledgement,
    BreakerRelease,
    Exemption,
    ModeSetting,
    Pause,
    Protection,
    QuarantineOrder,
    ReleaseOrder,
    Sender,
    Silence,
    SilenceEnd,
    StopOrder,
)
from streamwarden_cli.operate.wording import format_ago, format_moment

_OBSERVES: Final = "the stack does not enforce (parameter Mode), and carries out none"

type InWords[T] = Callable[[T, datetime], str]


def exemption_in_words(rule_id: str, channel: str) -> InWords[Exemption | None]:
    def in_words(given: Exemption | None, now: datetime) -> str:
        if given is None:
            return f"rule {rule_id} applies to {channel} again"
        text = f"rule {rule_id} does not apply to {channel}"
        return f"{text}{until(given.until, now)}{_why(given.reason, given.author)}"

    return in_words


def protection_in_words(channel: str) -> InWords[Protection | None]:
    def in_words(given: Protection | None, now: datetime) -> str:
        if given is None:
            return f"{channel} is not protected by command; its tag may still protect it"
        text = f"{channel} is protected: nothing destructive is done to it"
        return f"{text}{until(given.until, now)}{_why(given.reason, given.author)}"

    return in_words


def quarantine_in_words(channel: str) -> InWords[QuarantineOrder]:
    def in_words(given: QuarantineOrder, now: datetime) -> str:
        text = f"{channel} is in quarantine{until(given.until, now)}"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def released_in_words(channel: str) -> InWords[ReleaseOrder]:
    def in_words(given: ReleaseOrder, now: datetime) -> str:
        return f"{channel} is released{_why(given.reason, given.author)}"

    return in_words


def stop_in_words(channel: str) -> InWords[StopOrder]:
    def in_words(given: StopOrder, now: datetime) -> str:
        return f"the stream of {channel} is stopped{_why(given.reason, given.author)}"

    return in_words


def acknowledgement_in_words(rule_id: str, channel: str) -> InWords[Acknowledgement]:
    def in_words(given: Acknowledgement, now: datetime) -> str:
        text = f"the incident of rule {rule_id} on {channel} is acknowledged, without reminders"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def pause_in_words(max_mode: Mode) -> InWords[Pause | None]:
    def in_words(given: Pause | None, now: datetime) -> str:
        if given is not None:
            return f"actions are paused{until(given.until, now)}{_why(given.reason, given.author)}"
        if max_mode is not Mode.ENFORCE:
            return f"actions are not paused; {_OBSERVES}"
        return "actions are carried out, and what was held is decided again"

    return in_words


def limit_in_words(rule_id: str) -> InWords[ModeSetting]:
    def in_words(given: ModeSetting, now: datetime) -> str:
        text = f"rule {rule_id} goes no further than {given.mode}"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def mode_in_words(rule_id: str, max_mode: Mode) -> InWords[ModeSetting]:
    def in_words(given: ModeSetting, now: datetime) -> str:
        mode = f"mode {given.mode}" if given.mode else "the mode of the policy again"
        text = f"rule {rule_id} has {mode}{_why(given.reason, given.author)}"
        is_lower = given.mode is not None and given.mode.at_most(max_mode) is not given.mode
        return f"{text}; {_OBSERVES}" if is_lower else text

    return in_words


def release_in_words(rule_id: str) -> InWords[BreakerRelease]:
    def in_words(given: BreakerRelease, now: datetime) -> str:
        held_by = f"the breaker of rule {rule_id} holds" if rule_id else "breakers hold"
        passes = _passes(given.number)
        text = f"what {held_by} is decided again, and {passes} for {format_duration(RELEASED_FOR)}"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def _passes(number: int | None) -> str:
    if number is None:
        return "all passes"
    return f"{number} actions pass" if number > 1 else "1 action passes"


def silence_in_words(given: Silence, now: datetime) -> str:
    critical = (
        "" if given.severity is Severity.CRITICAL else "; critical incidents are told all the same"
    )
    text = f"silence {given.id}: nothing is told of {silenced_in_words(given)}"
    return f"{text}{until(given.until, now)}{_why(given.reason, given.author)}{critical}"


def silence_end_in_words(silence_id: str) -> InWords[SilenceEnd]:
    def in_words(given: SilenceEnd, now: datetime) -> str:
        text = f"silence {silence_id} has ended: what it held back is told now"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def lasts_longer(held: Held | None, end: datetime | None, now: datetime, ends_it: str) -> str:
    """Why a brake that would end at `end` changes nothing; empty where it lasts longer."""
    if held is None or end is None or (held.until is not None and held.until < end):
        return ""
    lasts = until(held.until, now) or ", without an end"
    return f"{held.reason}{lasts}, which is longer; `streamwarden {ends_it}` ends that"


def until(moment: datetime | None, now: datetime) -> str:
    return f" until {format_moment(moment)} UTC ({format_ago(moment, now)})" if moment else ""


def _why(reason: str, author: Sender) -> str:
    return f": {reason} ({author})"
