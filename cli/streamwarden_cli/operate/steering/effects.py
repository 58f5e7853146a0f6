"""The parts of the controls that orders set: read from the table, and in words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from streamwarden.domain.breaker import RELEASED_FOR
from streamwarden.domain.commands import AnyCommand
from streamwarden.domain.duration import format_duration
from streamwarden.domain.levels import Mode, Severity
from streamwarden.domain.notifications.silences import silenced_in_words
from streamwarden.domain.orders.outcomes import OUTCOMES
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
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Outcome as ActionOutcome
from streamwarden_cli.operate.reading import loader, read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.outcomes import OF_ACTIONS, Outcome, Result, ordered
from streamwarden_cli.operate.wording import format_ago, format_moment

_OBSERVES: Final = "the stack does not enforce (parameter Mode), and carries out none"

type Part[T] = Stamped[T] | None
type InWords[T] = Callable[[T, datetime], str]


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """The channel that an order is carried out on, and what became of the order of a moment."""

    channel: str
    became: Callable[[datetime], ActionOutcome | None]

    def result(self, at: datetime, text: str) -> Result:
        """`text` says what is so once it is done."""
        became = self.became(at)
        if became is None:
            return ordered(self.channel)
        outcome = OF_ACTIONS[became.status]
        about = text if outcome is Outcome.DONE else self.channel
        between = "; " if outcome is Outcome.DONE else ": "
        return Result(outcome, f"{about}{between}{became.reason}")


@dataclass(frozen=True, slots=True)
class Effect:
    """Reads a part of the controls, and says what it is now, and what came of it.

    `look` answers None where nobody has ever set it. What only sets something is not carried out.
    """

    look: Callable[[], Part[Any]]
    in_words: InWords[Any]
    carried_out: CarriedOut | None = None

    def read(self) -> tuple[Part[Any]]:
        """Something to compare. Raises PermanentError, TemporaryError."""
        return (self.look(),)

    def result(self, before: object, now: datetime) -> Result | None:
        """What came of the order by now; None while all is as `read` found it before.

        Raises PermanentError, TemporaryError.
        """
        found = self.look()
        if (found,) == before or found is None:
            return None
        text = self.in_words(found.value, now)
        if self.carried_out is None:
            return Result(Outcome.IN_FORCE, text)
        return self.carried_out.result(found.at, text)


def on_channel[T](
    stack: DeployedStack,
    arn: str,
    part: Callable[[ChannelControls], Part[T]],
    in_words: InWords[T],
) -> Effect:
    load = loader(stack)
    return Effect(lambda: part(load(arn).state.controls or ChannelControls()), in_words)


def by_order[T](
    stack: DeployedStack,
    arn: str,
    kind: type[AnyCommand],
    part: Callable[[ChannelControls], Part[T]],
    in_words: InWords[T],
    channel: str,
) -> Effect:
    """Of an order that is carried out on a channel. `in_words` says what is so once it is."""

    def became(at: datetime) -> ActionOutcome | None:
        record = loader(stack)(arn)
        orders = record.standing.orders
        return OUTCOMES[kind](orders, Facts(record.state, orders), at)

    return replace(on_channel(stack, arn, part, in_words), carried_out=CarriedOut(channel, became))


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
        passes = "all passes" if given.number is None else f"{given.number} actions pass"
        text = f"what {held_by} is decided again, and {passes} for {format_duration(RELEASED_FOR)}"
        return f"{text}{_why(given.reason, given.author)}"

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
