"""Try one destination: send it a sample of each kind of message, and say what became of each.

It waits for no group and writes nothing down: what waits for the destination is left alone.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from streamwarden.domain.arn import Place
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.samples import Sample, SampleKind, samples
from streamwarden.services.errors import (
    PermanentError,
    SecretUnusable,
    TemporaryError,
    Throttled,
    Unanswered,
)
from streamwarden.services.ports import Clock, Destination, HasTime

# A service that asks for longer is not waited for: the function has half a minute.
_LONGEST_WAIT: Final = timedelta(seconds=5)
_NO_TIME: Final = "no time was left for it; try again"


class Answer(StrEnum):
    """What became of a sample."""

    TAKEN = "taken"
    NOT_TAKEN = "not taken"
    IN_DOUBT = "in doubt"
    NOT_SENT = "not sent"


class Tried(Struct, frozen=True, omit_defaults=True):
    """A sample that was to be sent. `reason` says why it was not taken."""

    sample: SampleKind
    answer: Answer
    reason: str = ""


class Trial(Struct, frozen=True, kw_only=True):
    """What became of all samples. Without one, `reason` says why none could be sent."""

    destination: str
    tried: tuple[Tried, ...] = ()
    reason: str = ""


class DestinationTrial(Struct, frozen=True, kw_only=True):
    """Sends samples about `place`. `pause` waits for some seconds."""

    place: Place
    clock: Clock
    pause: Callable[[float], None]

    def run(self, name: str, destination: Destination, limits: Limits, has_time: HasTime) -> Trial:
        """The destination is left alone between two samples as long as its rate asks for."""
        wanted = samples(name, self.place, limits, self.clock())
        try:
            tried = tuple(self._try_all(wanted, destination, limits.interval, has_time))
        except SecretUnusable as error:
            # The same for every sample.
            return Trial(destination=name, reason=f"destination {name!r}: {error}")
        return Trial(destination=name, tried=tried)

    def _try_all(
        self,
        wanted: Iterable[Sample],
        destination: Destination,
        interval: timedelta,
        has_time: HasTime,
    ) -> Iterable[Tried]:
        wait = timedelta(0)
        for each in wanted:
            self.pause(wait.total_seconds())
            if not has_time():
                yield Tried(each.kind, Answer.NOT_SENT, _NO_TIME)
                continue
            tried, asked = _try(each.kind, each.message, destination)
            wait = max(interval, min(asked, _LONGEST_WAIT))
            yield tried


def _try(kind: SampleKind, message: Message, destination: Destination) -> tuple[Tried, timedelta]:
    """What became of it, and for how long the service asks to be left alone.

    Raises SecretUnusable.
    """
    try:
        destination.deliver(message)
    except Throttled as error:
        return Tried(kind, Answer.NOT_TAKEN, str(error)), error.retry_after
    except SecretUnusable:
        raise
    except Unanswered as error:
        return Tried(kind, Answer.IN_DOUBT, str(error)), timedelta(0)
    except (TemporaryError, PermanentError) as error:
        return Tried(kind, Answer.NOT_TAKEN, str(error)), timedelta(0)
    except Exception as error:  # noqa: BLE001  # its text may hold an address
        reason = f"{type(error).__name__} in our own code"
        return Tried(kind, Answer.NOT_TAKEN, reason), timedelta(0)
    return Tried(kind, Answer.TAKEN), timedelta(0)
