"""The parts of the controls that orders set: read from the table, and in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.silences import silenced_in_words
from streamwarden.domain.state.controls import (
    AccountControls,
    Acknowledgement,
    BreakerRelease,
    ChannelControls,
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
from streamwarden.domain.state.merge import Stamped
from streamwarden_cli.operate.reading import loader, read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.wording import format_ago, format_moment

type Part[T] = Stamped[T] | None
type InWords[T] = Callable[[T, datetime], str]


@dataclass(frozen=True, slots=True)
class Effect:
    """Reads a part of the controls, and says in words what it is now.

    `look` answers None where nobody has ever set it.
    """

    look: Callable[[], Part[Any]]
    in_words: InWords[Any]

    def read(self) -> tuple[Part[Any]]:
        """Something to compare. Raises PermanentError, TemporaryError."""
        return (self.look(),)

    def describe(self, now: datetime) -> str:
        found = self.look()
        return self.in_words(found.value if found else None, now)


def on_channel[T](
    stack: DeployedStack,
    arn: str,
    part: Callable[[ChannelControls], Part[T]],
    in_words: InWords[T],
) -> Effect:
    load = loader(stack)
    return Effect(lambda: part(load(arn).state.controls or ChannelControls()), in_words)


def on_account[T](
    stack: DeployedStack, part: Callable[[AccountControls], Part[T]], in_words: InWords[T]
) -> Effect:
    return Effect(lambda: part(read_controls(stack)), in_words)


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
        text = f"{channel} is released, and gets a new stream key"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def stop_in_words(channel: str) -> InWords[StopOrder]:
    """What came of it people are told: it is tried for some minutes."""

    def in_words(given: StopOrder, now: datetime) -> str:
        stream = f"stream {given.stream_id}" if given.stream_id else "the live stream"
        text = f"{stream} of {channel} is to be stopped"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def acknowledgement_in_words(rule_id: str, channel: str) -> InWords[Acknowledgement]:
    def in_words(given: Acknowledgement, now: datetime) -> str:
        text = f"the incident of rule {rule_id} on {channel} is acknowledged, without reminders"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def pause_in_words(given: Pause | None, now: datetime) -> str:
    if given is None:
        return "actions are carried out, and what was held is decided again"
    return f"actions are paused{until(given.until, now)}{_why(given.reason, given.author)}"


def limit_in_words(rule_id: str) -> InWords[ModeSetting]:
    def in_words(given: ModeSetting, now: datetime) -> str:
        text = f"rule {rule_id} goes no further than {given.mode}"
        return f"{text}{_why(given.reason, given.author)}"

    return in_words


def mode_in_words(rule_id: str) -> InWords[ModeSetting]:
    def in_words(given: ModeSetting, now: datetime) -> str:
        mode = f"mode {given.mode}" if given.mode else "the mode of the policy again"
        return f"rule {rule_id} has {mode}{_why(given.reason, given.author)}"

    return in_words


def release_in_words(rule_id: str) -> InWords[BreakerRelease]:
    def in_words(given: BreakerRelease, now: datetime) -> str:
        number = "everything" if given.number is None else f"{given.number} actions"
        of = f"of rule {rule_id} lets" if rule_id else "of every rule lets"
        return f"the breaker {of} {number} go{_why(given.reason, given.author)}"

    return in_words


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


def until(moment: datetime | None, now: datetime) -> str:
    return f" until {format_moment(moment)} UTC ({format_ago(moment, now)})" if moment else ""


def _why(reason: str, author: Sender) -> str:
    return f": {reason} ({author})"
