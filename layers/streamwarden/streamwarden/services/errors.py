"""Why a service cannot go on: what may pass, and what will not."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamwarden.services.records import Record


class TemporaryError(Exception):
    """Something outside is busy or changing; the same request may succeed later."""


class Throttled(TemporaryError):
    """Something outside said no for now. `retry_after` is how long it asked to be left alone."""

    def __init__(self, message: str, retry_after: timedelta = timedelta(0)) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OutOfTime(TemporaryError):
    """The function ends before all of something can be read."""


class Unanswered(TemporaryError):
    """A request was sent, and nobody knows whether it was taken, or all of it: it is sent again."""


class SecretUnusable(TemporaryError):
    """The secret of a destination is missing, denied, or holds something else: people mend it."""


class PermanentError(Exception):
    """Something outside said no, and will say no again (permissions, a missing resource)."""


class MessageRefused(PermanentError):
    """A service takes messages, and not this one: what it holds is too long, or not understood."""


class NotFound(PermanentError):
    """What the request is about is not there, or not any more."""


class TokenRefused(PermanentError):
    """A listing cannot be continued from this token; it can be read from its start."""


class VersionConflict(Exception):
    """Somebody else saved first. `found` is the record as it is now, where the refusal says it."""

    def __init__(self, name: str, found: "Record | None" = None) -> None:
        super().__init__(name)
        self.found = found
