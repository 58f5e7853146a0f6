"""The signed envelope of a playback token: a compact JWT with an ES384 signature.

PyJWT signs it, takes it apart and verifies it. The algorithm is a constant and never taken from the
token, so there is nothing to confuse. `claims` and `tokens` judge what is inside.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

import jwt

from ivs_simulator.playback.keys import PrivateKey, PublicKey
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal

MAXIMUM_BYTES = 2048  # Source: service quotas, "playback token (whole JWT)": 2 KB

_ALGORITHM: Final = "ES384"
_HEADER: Final = {"alg": _ALGORITHM, "typ": "JWT"}
# PyJWT also takes padding and an empty signature; a token of IVS has neither.
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ENVELOPE: Final = jwt.PyJWS()


def sign(claims: Mapping[str, object], key: PrivateKey) -> str:
    """The token for these claims, whatever they are."""
    payload = json.dumps(dict(claims), separators=(",", ":")).encode()
    return _ENVELOPE.encode(payload, key, algorithm=_ALGORITHM)


def verify(token: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """The claims, once any of the keys has verified the signature; they are not judged here.

    Every key is tried: the header names none. Source: facts §3.6 (inferred from AWS's text).

    Raises PlaybackRefused.
    """
    if len(token) > MAXIMUM_BYTES:
        _refuse(Refusal.TOO_LONG, f"the token is longer than {MAXIMUM_BYTES} bytes")
    if _COMPACT.fullmatch(token) is None:
        _refuse(Refusal.MALFORMED, "the token is not header.payload.signature")
    _check_header(token)
    for key in keys:
        try:
            return _object(_ENVELOPE.decode(token, key, algorithms=[_ALGORITHM]))
        except jwt.InvalidSignatureError:
            continue
    text = "no playback key of this region verifies the signature"
    raise PlaybackRefused(Refusal.SIGNATURE_UNKNOWN, text)


def _check_header(token: str) -> None:
    """AWS documents both members; whether it insists on `typ` it does not say, so we do.

    Extensions that are marked critical and not understood must not be passed over (RFC 7515
    §4.1.11). PyJWT understands one; IVS documents none.
    """
    try:
        header = _ENVELOPE.get_unverified_header(token)
    except (jwt.DecodeError, RecursionError) as error:
        text = "the header, the payload or the signature is not base64url, or the header no JSON"
        raise PlaybackRefused(Refusal.MALFORMED, text) from error
    except jwt.InvalidTokenError as error:
        text = "the header asks for what is not supported"
        raise PlaybackRefused(Refusal.HEADER_UNSUPPORTED, text) from error
    for name, expected in _HEADER.items():
        if header.get(name) != expected:
            _refuse(Refusal.HEADER_UNSUPPORTED, f"the header's {name} is not {expected}")
    if "crit" in header:
        _refuse(Refusal.HEADER_UNSUPPORTED, "the header marks extensions as critical")


def _object(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise PlaybackRefused(Refusal.MALFORMED, "the payload is not JSON") from error
    if not isinstance(claims, dict):
        _refuse(Refusal.MALFORMED, "the payload is not a JSON object")
    return claims


def _refuse(reason: Refusal, text: str) -> NoReturn:
    raise PlaybackRefused(reason, text)
