"""What becomes of notifications at a destination, which logs and metrics show."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification


class Sent(Struct, frozen=True):
    """A message that the destination has taken."""

    message: Message


class NotSent(Struct, frozen=True):
    """A notification that the destination is not told of, and why. It is lost if `is_dead`."""

    notification: Notification
    reason: str
    is_dead: bool = False


class Failed(Struct, frozen=True):
    """The destination is away. It is tried again at `again_at`."""

    reason: str
    again_at: datetime


class NotReadable(Struct, frozen=True):
    """Something that is stored for the destination, and why. It is dead-lettered if `is_dead`."""

    key: str
    reason: str
    is_dead: bool = False


class Unreported(Struct, frozen=True):
    """The ledgers do not learn what became of notifications."""

    reason: str


type DeliveryEvent = Sent | NotSent | Failed | NotReadable | Unreported
type Record = Callable[[str, DeliveryEvent], None]
