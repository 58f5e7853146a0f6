"""What orders set or have carried out: read from the table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from streamwarden.domain.commands import AnyCommand
from streamwarden.domain.orders.outcomes import outcome_of
from streamwarden.domain.state.controls import (
    AccountControls,
    ChannelControls,
)
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Outcome as ActionOutcome
from streamwarden_cli.operate.reading import loader, read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.in_words import InWords
from streamwarden_cli.operate.steering.outcomes import OF_ACTIONS, Outcome, Result, ordered

type Part[T] = Stamped[T] | None


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
        return outcome_of(kind, orders, Facts(record.state, orders), at)

    return replace(on_channel(stack, arn, part, in_words), carried_out=CarriedOut(channel, became))


def on_account[T](
    stack: DeployedStack, part: Callable[[AccountControls], Part[T]], in_words: InWords[T]
) -> Effect:
    return Effect(lambda: part(read_controls(stack)), in_words)
