"""Signatures after Standard Webhooks (v1: HMAC with SHA-256), which show who has sent a message."""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

_PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def signing_keys(secret: str) -> tuple[bytes, ...]:
    """The keys of a secret. Two, with a space between, are what a rotation needs.

    Raises ValueError for what is no `whsec_` secret of 24 to 64 bytes.
    """
    keys = tuple(map(_key, secret.split()))
    if not keys:
        raise ValueError("there is no signing secret")
    return keys


def headers_of(
    message_id: str, body: bytes, keys: Iterable[bytes], moment: datetime
) -> Mapping[str, str]:
    """What goes with a body. A message that is sent again has its id, and a new time."""
    seconds = str(int(moment.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signatures = [b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys]
    headers = {"webhook-id": message_id, "webhook-timestamp": seconds}
    if signatures:
        headers["webhook-signature"] = " ".join(f"v1,{each}" for each in signatures)
    return headers


def _key(text: str) -> bytes:
    try:
        key = b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not text.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(
            f"a signing secret is `{_PREFIX}` and {_SHORTEST} to {_LONGEST} bytes in Base64"
        )
    return key
