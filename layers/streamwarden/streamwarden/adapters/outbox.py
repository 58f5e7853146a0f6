"""Where a decision's messages go: actions into their queue, notifications to their destinations."""

from msgspec import Struct

from streamwarden import observability
from streamwarden.adapters.sqs import SqsActions
from streamwarden.services.notify import Notifier
from streamwarden.services.records import PendingMessages


class StackOutbox(Struct, frozen=True):
    """Outbox of a stack. A function that decides no actions has no queue for them."""

    actions: SqsActions | None
    notifier: Notifier

    def send(self, pending: PendingMessages) -> None:
        """Actions first: a stop waits for nobody to be told."""
        if pending.actions and self.actions is not None:
            self.actions.put(pending.actions)
        for each in pending.notifications:
            observability.record_taken(each, self.notifier.take(each))
