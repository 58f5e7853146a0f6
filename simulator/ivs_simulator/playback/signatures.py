"""The signed envelope of a playback token: a compact JWT with an ES384 signature.

Written on `cryptography` alone. The algorithm is a constant and never taken from the token, so
there is nothing to confuse: `none`, HS256 and the rest have no code here that could run.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from ivs_simulator.playback.keys import PrivateKey, PublicKey
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal

MAXIMUM_BYTES = 2048  # Source: service quotas, "playback token (whole JWT)": 2 KB

_HEADER = {"alg": "ES384", "typ": "JWT"}
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_HALF = 48  # bytes of r and of s on P-384


def sign(claims: Mapping[str, object], key: PrivateKey) -> str:
    """The token for these claims; the same claims and key give the same token (RFC 6979)."""
    signed = f"{_encoded(_json(_HEADER))}.{_encoded(_json(claims))}"
    algorithm = ec.ECDSA(hashes.SHA384(), deterministic_signing=True)
    r, s = decode_dss_signature(key.sign(signed.encode(), algorithm))
    return f"{signed}.{_encoded(r.to_bytes(_HALF) + s.to_bytes(_HALF))}"


def verify(token: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """The claims, once any of the keys has verified the signature; they are not judged here.

    Every key is tried: the header names none. Source: facts §3.6 (inferred from AWS's text).

    Raises PlaybackRefused.
    """
    if len(token) > MAXIMUM_BYTES:
        _refuse(Refusal.TOO_LONG, f"the token is longer than {MAXIMUM_BYTES} bytes")
    parts = _COMPACT.fullmatch(token)
    if parts is None:
        _refuse(Refusal.MALFORMED, "the token is not header.payload.signature")
    header, payload, signature = parts.groups()
    _check_header(_object(header, "header"))
    signed = f"{header}.{payload}".encode()
    raw = _decoded(signature, "signature")
    if not any(_is_signed(signed, raw, key) for key in keys):
        _refuse(Refusal.SIGNATURE_UNKNOWN, "no playback key of this region verifies the signature")
    return _object(payload, "payload")


def _check_header(header: Mapping[str, object]) -> None:
    """AWS documents both members; whether it insists on `typ` it does not say, so we do."""
    for name, expected in _HEADER.items():
        if header.get(name) != expected:
            _refuse(Refusal.HEADER_UNSUPPORTED, f"the header's {name} is not {expected}")
    if "crit" in header:
        # RFC 7515 §4.1.11: extensions marked critical and not understood must not be passed over.
        _refuse(Refusal.HEADER_UNSUPPORTED, "the header marks extensions as critical")


def _is_signed(signed: bytes, signature: bytes, key: PublicKey) -> bool:
    if len(signature) != 2 * _HALF:  # a DER signature, as OpenSSL writes it, is not one of JWT
        return False
    r, s = (int.from_bytes(half) for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA384()))
    except InvalidSignature:
        return False
    return True


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(_decoded(part, name))
    except ValueError as error:
        raise PlaybackRefused(Refusal.MALFORMED, f"the {name} is not JSON") from error
    if not isinstance(value, dict):
        _refuse(Refusal.MALFORMED, f"the {name} is not a JSON object")
    return value


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(dict(value), separators=(",", ":")).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(part: str, name: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise PlaybackRefused(Refusal.MALFORMED, f"the {name} is not base64url") from error


def _refuse(reason: Refusal, text: str) -> NoReturn:
    raise PlaybackRefused(reason, text)
