"""Why a service cannot go on: what may pass, and what will not."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamwarden.services.records import Record


class TemporaryError(Exception):
    """Something outside is busy or changing; the same request may succeed later."""


class PermanentError(Exception):
    """Something outside said no, and will say no again (permissions, a missing resource)."""


class NotFound(PermanentError):
    """What the request is about is not there, or not any more."""


class TokenRefused(PermanentError):
    """A listing cannot be continued from this token; it can be read from its start."""


class VersionConflict(Exception):
    """Somebody else saved first. `found` is the record as it is now, where the refusal says it."""

    def __init__(self, name: str, found: "Record | None" = None) -> None:
        super().__init__(name)
        self.found = found
