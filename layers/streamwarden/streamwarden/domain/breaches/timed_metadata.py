"""What is put into a stream: a small JSON document that every player of the stream receives.

PutMetadata takes at most 1 KB (API Reference), and what it inserts stays in the recording.
"""

from datetime import datetime
from typing import Final

import msgspec

from streamwarden.domain.redaction import without_stream_keys

MOST_BYTES: Final = 1_024
_LONGEST_RULE: Final = 128
_ELLIPSIS: Final = "…"


def warning_payload(rule_id: str, text: str, at: datetime) -> str:
    """`{"streamwarden": {"rule": …, "text": …, "at": …}}`, at most 1,024 bytes in UTF-8.

    A longer text is cut after a whole character. `at` is ISO 8601 in UTC.
    """
    said = without_stream_keys(text)
    payload = _encoded(rule_id, said, at)
    if len(payload) > MOST_BYTES:
        room = MOST_BYTES - len(_encoded(rule_id, _ELLIPSIS, at))
        payload = _encoded(rule_id, f"{_beginning(said, room)}{_ELLIPSIS}", at)
    return payload.decode()


def _encoded(rule_id: str, text: str, at: datetime) -> bytes:
    warning = {"rule": rule_id[:_LONGEST_RULE], "text": text, "at": at}
    return msgspec.json.encode({"streamwarden": warning})


def _beginning(text: str, room: int) -> str:
    """As many whole characters as fit, as JSON writes them, into so many bytes."""
    quotes = len(msgspec.json.encode(""))
    for length, character in enumerate(text):
        room -= len(msgspec.json.encode(character)) - quotes
        if room < 0:
            return text[:length]
    return text
