"""Put a warning into the stream: a small JSON document that every player of the stream receives.

PutMetadata takes at most 1 KB (API Reference), and what it inserts stays in the recording.
"""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from streamwarden.domain.actions.base.calls import Call
from streamwarden.domain.actions.base.kind import Form
from streamwarden.domain.actions.base.on_stream import OFF_THE_AIR, OnStream
from streamwarden.domain.redaction import without_stream_keys
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Action, PlannedAction

MOST_BYTES: Final = 1_024
_LONGEST_RULE: Final = 128
_ELLIPSIS: Final = "…"


class Warn(OnStream):
    word: ClassVar = "warn"
    meaning: ClassVar = (
        "Puts a warning into the stream as timed metadata, at most a kilobyte of JSON: "
        '`{"streamwarden": {"rule": …, "text": …, "at": …}}`. The text is the reason of the breach '
        "unless `{warn: {text: …}}` says another. Every viewer's player gets it, and it stays in "
        "the recording. `GetStream` is read first, as for a stop; once done, it is not repeated "
        "for the same stream and step."
    )
    forms: ClassVar = (Form.WORD, Form.TEXT)
    needs: ClassVar = (Trait.ON_AIR, Trait.DELIVERED)
    own_text_for: ClassVar = {
        Trait.CALLERS: "its reasons name who made a call, and every viewer's player would get them",
        Trait.EVIDENCE: "its reasons lead to evidence, and every viewer's player would get them",
    }
    is_per_step: ClassVar = True
    is_done_once: ClassVar = True
    follows_early_warnings: ClassVar = True
    permissions: ClassVar = frozenset({"ivs:GetStream", "ivs:PutMetadata"})

    def describe(self, planned: PlannedAction) -> str:
        return "puts a warning into the stream"

    def call(self, action: Action) -> Call:
        payload = warning_payload(action.rule_id, action.text, action.decided_at)
        return Call(
            operation="PutMetadata",
            parameters={"channelArn": action.resource_arn, "metadata": payload},
            done=f"put a warning into stream {action.stream_id}",
            pointless_after=OFF_THE_AIR,
        )


def warning_payload(rule_id: str, text: str, at: datetime) -> str:
    """`{"streamwarden": {"rule": …, "text": …, "at": …}}`, at most 1,024 bytes in UTF-8.

    A longer text is cut after a whole character. `at` is ISO 8601 in UTC.
    """
    redacted = without_stream_keys(text)
    payload = _encoded(rule_id, redacted, at)
    if len(payload) > MOST_BYTES:
        room = MOST_BYTES - len(_encoded(rule_id, _ELLIPSIS, at))
        payload = _encoded(rule_id, f"{_beginning(redacted, room)}{_ELLIPSIS}", at)
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
