"""Where a decision's messages go: actions into their queue, notifications to their destinations."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from streamwarden import observability
from streamwarden.adapters.sqs import SqsActions
from streamwarden.services.notify import Notifier
from streamwarden.services.records import PendingMessages

type DeadLetter = Callable[[str, str], None]

_UNREADABLE: Final = (
    "an action or a notification that was not handed over cannot be read: it is damaged, or a newer"
    " version of Streamwarden has stored it"
)


class StackOutbox(Struct, frozen=True):
    """Outbox of a stack. A function that decides no actions has no queue for them.

    `dead_letter` takes a text with the reason; one that loads no outbox has none to give.
    """

    actions: SqsActions | None
    notifier: Notifier
    dead_letter: DeadLetter | None = None

    def send(self, pending: PendingMessages) -> None:
        """Actions first: a stop waits for nobody to be told."""
        if pending.actions and self.actions is not None:
            self.actions.put(pending.actions)
        for each in pending.notifications:
            observability.record_taken(each, self.notifier.take(each))
        for text in pending.unreadable:
            if self.dead_letter is not None:
                self.dead_letter(text, _UNREADABLE)
