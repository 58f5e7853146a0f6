"""Why a viewer is not served: one closed set of reasons.

AWS does not document what a refused viewer gets to know; a simulator can say why.
"""

from enum import StrEnum


class Refusal(StrEnum):
    OFFLINE = "offline"
    MISSING = "missing"
    TOO_LONG = "too_long"
    MALFORMED = "malformed"
    HEADER_UNSUPPORTED = "header_unsupported"
    SIGNATURE_UNKNOWN = "signature_unknown"
    CLAIM_INVALID = "claim_invalid"
    OTHER_CHANNEL = "other_channel"
    EXPIRED = "expired"
    EXPIRES_TOO_LATE = "expires_too_late"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    COUNTRY_NOT_ALLOWED = "country_not_allowed"
    REVOKED = "revoked"
    USED_BEFORE = "used_before"
    TOO_MANY_VIEWERS = "too_many_viewers"


class PlaybackRefused(Exception):
    """Playback does not start; the text never repeats the token or a viewer's id."""

    def __init__(self, reason: Refusal, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text
