"""A chat or paging service in memory, which answers as it is told, and keeps what it took."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from streamwarden.domain.notifications.delivery import Sending
from streamwarden.domain.notifications.message import Message

type Answer = Callable[[datetime, Message], None]


def takes_all(now: datetime, message: Message) -> None:
    """A service that takes everything."""


def refusing(error: BaseException) -> Answer:
    """A service that takes nothing."""

    def answer(now: datetime, message: Message) -> None:
        raise error

    return answer


@dataclass
class Service:
    """A chat or paging service. `answer` raises what it does not take. What it took stays.

    `last` is what it was asked to take last. `doubts` are what it took while nobody was to know:
    the id of the message, and how often it had been taken by then.
    """

    clock: Callable[[], datetime]
    answer: Answer = takes_all
    taken: list[tuple[datetime, Message]] = field(default_factory=list)
    asked: int = 0
    last: Message | None = None
    doubts: set[tuple[str, int]] = field(default_factory=set)

    def deliver(self, message: Message) -> None:
        self.asked += 1
        self.last = message
        self.answer(self.clock(), message)
        self.taken.append((self.clock(), message))

    def doubt(self, message_id: str) -> None:
        """Nobody was told whether it was taken, so it may come once more."""
        times = self._times()[message_id]
        if times:
            self.doubts.add((message_id, times))

    def interrupt(self, begun: Sending | None) -> None:
        """The function that told it ended. `begun` is the message that it had written down."""
        if begun is not None and not begun.is_accepted:
            self.doubt(begun.message_id)
        elif begun is None and self.last is not None and self.last.is_reminder:
            # A reminder is not written down before it is sent.
            self.doubt(self.last.id)

    def calm(self) -> None:
        """Everything works from now on."""
        self.answer = takes_all

    @property
    def repeated(self) -> int:
        """How often a message came that had come before."""
        return sum(self._times().values()) - len(self._times())

    @property
    def unexplained(self) -> int:
        """How often it did although its sender was to know that it had been taken."""
        return sum(
            (message_id, before) not in self.doubts
            for message_id, times in self._times().items()
            for before in range(1, times)
        )

    def _times(self) -> Counter[str]:
        return Counter(each.id for each in self.messages)

    @property
    def messages(self) -> list[Message]:
        return [message for _, message in self.taken]

    @property
    def delivered_ids(self) -> list[str]:
        """The ids of the notifications that it took, once for each time."""
        return [each.id for message in self.messages for each in message.notifications]
