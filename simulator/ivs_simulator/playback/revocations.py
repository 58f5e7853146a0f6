"""Revoked viewer sessions: the memory behind StartViewerSessionRevocation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Revocations:
    """Per channel and viewer, the highest version revoked so far; this one and all below are dead.

    AWS does not say that a revocation ever ends, so here it never does: a viewer who may come back
    needs tokens of a higher version, and one revoked without a version is let in from 1 on.
    """

    _highest: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def with_revocation(self, channel_arn: str, viewer_id: str, version: int = 0) -> Self:
        """One more revocation; `version` is `viewerSessionVersionsLessThanOrEqualTo`.

        A lower number than one given before changes nothing.
        """
        viewer = (channel_arn, viewer_id)
        highest = max(version, self._highest.get(viewer, version))
        return type(self)({**self._highest, viewer: highest})

    def is_revoked(self, channel_arn: str, viewer_id: str | None, version: int) -> bool:
        """Whether a token of this viewer and version is dead; without a viewer id none ever is.

        Source: the token schema, "required to enable the ability to revoke".
        """
        if viewer_id is None:
            return False
        highest = self._highest.get((channel_arn, viewer_id))
        return highest is not None and version <= highest
