"""Identifiers from a seed: the same run names the same things, byte for byte.

Each kind draws from a sequence of its own, so that one more event does not rename a channel.
"""

import hashlib
import string
import uuid
from functools import cache
from random import Random

_ALPHANUMERICS = string.ascii_letters + string.digits
_LETTER_OF_BYTE = bytes(ord(_ALPHANUMERICS[byte % len(_ALPHANUMERICS)]) for byte in range(256))


class Identifiers:
    """The seeded source of every identifier in one world."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._sequences: dict[str, Random] = {}

    def resource(self, kind: str) -> str:
        return self._text(kind, 12)

    def stream(self) -> str:
        return f"st-{self._text('stream', 23)}"

    def key_value(self, region: str) -> str:
        secret = self._secret("key-value", 43)
        return f"sk_{region}_{secret[:12]}_{secret[12:]}"

    def ingest_key_value(self, account: str, region: str) -> str:
        """The stream key of an ingest configuration of the API for real-time."""
        secret = self._secret("ingest-key-value", 43)
        return f"rt_{account}_{region}_{secret[:12]}_{secret[12:]}"

    def passphrase(self) -> str:
        return self._secret("passphrase", 44)

    def recording(self) -> str:
        return self._text("recording", 12)

    def recording_session(self) -> str:
        return self._text("recording-session", 16)

    def event(self) -> str:
        return self._uuid("event")

    def request(self) -> str:
        return self._uuid("request")

    def _uuid(self, kind: str) -> str:
        return str(uuid.UUID(int=self._sequence(kind).getrandbits(128)))

    def _text(self, kind: str, length: int) -> str:
        return "".join(self._sequence(kind).choices(_ALPHANUMERICS, k=length))

    def _secret(self, kind: str, length: int) -> str:
        """Nobody reads it, so it need not be drawn letter by letter, which takes long."""
        return self._sequence(kind).randbytes(length).translate(_LETTER_OF_BYTE).decode()

    def _sequence(self, kind: str) -> Random:
        if kind not in self._sequences:
            seeded = Random(f"{self._seed}:{kind}")  # noqa: S311 - reproducible on purpose
            self._sequences[kind] = seeded
        return self._sequences[kind]


@cache
def endpoint_prefix(account: str, region: str) -> str:
    """The part of ingest and playback hosts that an account has to itself in a region."""
    return hashlib.sha256(f"{account}:{region}".encode()).hexdigest()[:12]
