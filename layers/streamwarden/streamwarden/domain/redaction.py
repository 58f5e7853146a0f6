"""The one redactor: no text that leaves Streamwarden holds the value of a stream key."""

import re
from typing import Final

# Key values look like sk_<region>_<id> (API Reference, StreamKey). The whole form is asked for,
# since names and tags hold much that is only like it: risk_level_eu, task_force_event.
_STREAM_KEY: Final = re.compile(
    r"(?<![A-Za-z0-9])sk_[a-z]{2}(?:-[a-z]+)+-\d+_[^\s\"'\\,;]+", re.IGNORECASE
)
REDACTED: Final = "sk_***"


def without_stream_keys(text: str) -> str:
    """The text with every stream key's value replaced."""
    return _STREAM_KEY.sub(REDACTED, text)
