"""The rule kinds, by the word that a policy uses. One new kind is one class and one line here."""

from collections.abc import Mapping
from typing import Final

from streamwarden.domain.rules.channel_settings import InsecureIngest
from streamwarden.domain.rules.check import Check, Judge
from streamwarden.domain.rules.keys import StreamKeyAge
from streamwarden.domain.rules.live_sessions import MaxDuration, Starvation
from streamwarden.domain.rules.recordings import RecordingFailed
from streamwarden.domain.rules.tags import RequiredTags

RULE_KINDS: Final[Mapping[str, type[Check]]] = {
    "max_duration": MaxDuration,
    "starvation": Starvation,
    "insecure_ingest": InsecureIngest,
    "required_tags": RequiredTags,
    "recording_failed": RecordingFailed,
    "stream_key_age": StreamKeyAge,
}

__all__ = ["RULE_KINDS", "Check", "Judge"]
