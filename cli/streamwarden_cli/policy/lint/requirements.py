"""What must hold of a channel wherever a rule kind finds a breach, as an expression.

A rule whose conditions exclude it is never breached. A test holds each against the kind itself.
Kinds that are not listed have no such thing, or none that expressions see.
"""

from collections.abc import Mapping
from typing import Final

# In JMESPath, `!` binds tighter than a dot: without parentheses, this would be null.
_PUBLIC: Final = "!(channel.authorized)"
_ON_AIR: Final = "session.on_air"
_RECORDS: Final = "channel.recordingConfigurationArn"

BREACHED_ONLY_WHERE: Final[Mapping[str, str]] = {
    "allowed_hours": _ON_AIR,
    "concurrent_streams": _ON_AIR,
    "ingest_ceiling": _ON_AIR,
    "insecure_ingest": "channel.insecureIngest",
    "max_duration": _ON_AIR,
    "no_viewers": _ON_AIR,
    "not_recording": f"{_ON_AIR} && {_RECORDS}",
    "playback_restriction": _PUBLIC,
    "private_required": _PUBLIC,
    "recording_forbidden": _RECORDS,
    "starvation": f"{_ON_AIR} && session.stalled",
    "takeover": _ON_AIR,
    "viewer_ceiling": _ON_AIR,
}
