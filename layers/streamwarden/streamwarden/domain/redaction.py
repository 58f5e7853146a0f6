"""The one redactor: no text that leaves Streamwarden holds the value of a stream key."""

import re
from typing import Final

# Key values look like sk_<region>_<id> (API Reference, StreamKey).
_STREAM_KEY: Final = re.compile(r"sk_[a-z0-9-]+_[^\s\"'\\,;]+", re.IGNORECASE)
REDACTED: Final = "sk_***"


def without_stream_keys(text: str) -> str:
    """The text with every stream key's value replaced."""
    return _STREAM_KEY.sub(REDACTED, text)
