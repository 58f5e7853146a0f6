"""The envelope of a token: what is let through to be read, and what is not even looked into."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from ivs_simulator.playback import keys, signatures
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal
from tests.unit.simulator.playback.conftest import KeyPair

CLAIMS: dict[str, Any] = {"aws:channel-arn": "arn:fake", "exp": 1773511331}
HEADER: dict[str, Any] = {"alg": "ES384", "typ": "JWT"}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: object) -> str:
    return encoded(json.dumps(value).encode())


def token_of(pair: KeyPair, claims: dict[str, Any] | None = None) -> str:
    return signatures.sign(claims or CLAIMS, keys.parse_private(pair.private_pem))


def signed(pair: KeyPair, header: str, payload: str) -> str:
    """A token with a good signature over whatever its first two parts are."""
    private = keys.parse_private(pair.private_pem)
    der = private.sign(f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA384()))
    return f"{header}.{payload}.{encoded(raw(der))}"


def raw(der: bytes) -> bytes:
    """r and s of a DER signature, read by hand: 30 len 02 len r 02 len s."""
    length = der[3]
    r, s = der[4 : 4 + length], der[6 + length :]
    return int.from_bytes(r).to_bytes(48) + int.from_bytes(s).to_bytes(48)


def reason(token: str, *pairs: KeyPair) -> Refusal:
    with pytest.raises(PlaybackRefused) as refused:
        signatures.verify(token, [pair.public_key for pair in pairs])
    assert token[:30] not in str(refused.value) or not token
    return refused.value.reason


def test_a_signed_token_is_verified(pair: KeyPair) -> None:
    assert signatures.verify(token_of(pair), [pair.public_key]) == CLAIMS


def test_a_signed_token_looks_as_documented(pair: KeyPair) -> None:
    header, payload, signature = token_of(pair).split(".")

    assert json.loads(base64.urlsafe_b64decode(header + "==")) == HEADER
    assert json.loads(base64.urlsafe_b64decode(payload + "==")) == CLAIMS
    assert len(base64.urlsafe_b64decode(signature)) == 96


def test_any_of_the_keys_will_do(pair: KeyPair, other_pair: KeyPair) -> None:
    both = [other_pair.public_key, pair.public_key]

    assert signatures.verify(token_of(pair), both) == CLAIMS
    assert signatures.verify(token_of(other_pair), both) == CLAIMS


def test_further_members_of_the_header_are_tolerated(pair: KeyPair) -> None:
    token = signed(pair, part(HEADER | {"kid": "arn:fake"}), part(CLAIMS))

    assert signatures.verify(token, [pair.public_key]) == CLAIMS


def test_another_key_or_none_at_all_opens_nothing(pair: KeyPair, other_pair: KeyPair) -> None:
    assert reason(token_of(pair), other_pair) is Refusal.SIGNATURE_UNKNOWN
    assert reason(token_of(pair)) is Refusal.SIGNATURE_UNKNOWN


def test_a_tampered_payload_is_found_out(pair: KeyPair) -> None:
    header, _, signature = token_of(pair).split(".")
    token = f"{header}.{part(CLAIMS | {'exp': 9999999999})}.{signature}"

    assert reason(token, pair) is Refusal.SIGNATURE_UNKNOWN


def test_one_tampered_bit_anywhere_in_the_signature_is_found_out(pair: KeyPair) -> None:
    signed_part, _, signature = token_of(pair).rpartition(".")
    good = base64.urlsafe_b64decode(signature)
    for position in range(0, 96, 5):
        bad = bytearray(good)
        bad[position] ^= 1

        assert reason(f"{signed_part}.{encoded(bytes(bad))}", pair) is Refusal.SIGNATURE_UNKNOWN


def test_a_signature_with_the_right_numbers_but_97_bytes_is_none(pair: KeyPair) -> None:
    signed_part, _, signature = token_of(pair).rpartition(".")
    good = base64.urlsafe_b64decode(signature)
    longer = good[:48] + b"\x00" + good[48:]

    assert reason(f"{signed_part}.{encoded(longer)}", pair) is Refusal.SIGNATURE_UNKNOWN


def der_signature(pair: KeyPair) -> bytes:
    private = keys.parse_private(pair.private_pem)
    signed_part = f"{part(HEADER)}.{part(CLAIMS)}"
    return private.sign(signed_part.encode(), ec.ECDSA(hashes.SHA384()))


@pytest.mark.parametrize("size", [0, 1, 95, 97, 192], ids=lambda size: f"{size} bytes")
def test_a_signature_of_another_length_is_none(pair: KeyPair, size: int) -> None:
    token = f"{part(HEADER)}.{part(CLAIMS)}.{encoded(bytes(size))}"
    expected = Refusal.SIGNATURE_UNKNOWN if size else Refusal.MALFORMED

    assert reason(token, pair) is expected


def test_a_der_signature_and_one_of_zeroes_are_none(pair: KeyPair) -> None:
    for signature in (der_signature(pair), bytes(96), b"\xff" * 96):
        token = f"{part(HEADER)}.{part(CLAIMS)}.{encoded(signature)}"

        assert reason(token, pair) is Refusal.SIGNATURE_UNKNOWN


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"alg": "none", "typ": "JWT"}, id="none"),
        pytest.param({"alg": "None", "typ": "JWT"}, id="None"),
        pytest.param({"alg": "HS256", "typ": "JWT"}, id="HS256"),
        pytest.param({"alg": "HS384", "typ": "JWT"}, id="HS384"),
        pytest.param({"alg": "ES256", "typ": "JWT"}, id="ES256"),
        pytest.param({"alg": "es384", "typ": "JWT"}, id="lower case"),
        pytest.param({"alg": ["ES384"], "typ": "JWT"}, id="a list"),
        pytest.param({"typ": "JWT"}, id="no alg"),
        pytest.param({"alg": "ES384"}, id="no typ"),
        pytest.param({"alg": "ES384", "typ": "JWE"}, id="other typ"),
        pytest.param({"alg": "ES384", "typ": "JWT", "crit": ["b64"]}, id="critical extension"),
    ],
)
def test_only_es384_is_spoken(pair: KeyPair, header: dict[str, Any]) -> None:
    assert reason(signed(pair, part(header), part(CLAIMS)), pair) is Refusal.HEADER_UNSUPPORTED


@pytest.mark.parametrize(("alg", "digest"), [("HS256", "sha256"), ("HS384", "sha384")])
def test_the_public_key_is_no_shared_secret(pair: KeyPair, alg: str, digest: str) -> None:
    signed_part = f"{part({'alg': alg, 'typ': 'JWT'})}.{part(CLAIMS)}"
    mac = hmac.new(pair.public_pem.encode(), signed_part.encode(), getattr(hashlib, digest))

    assert reason(f"{signed_part}.{encoded(mac.digest())}", pair) is Refusal.HEADER_UNSUPPORTED


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="nothing"),
        pytest.param("garbage", id="garbage"),
        pytest.param("a.b", id="two parts"),
        pytest.param("a.b.c.d", id="four parts"),
        pytest.param(f"{part(HEADER)}.{part(CLAIMS)}.", id="no signature"),
        pytest.param(f"{part(HEADER)}.{part(CLAIMS)}.AA==", id="padding"),
        pytest.param(f"{part(HEADER)}.{part(CLAIMS)}.A+/A", id="not the url alphabet"),
        pytest.param(f"{part(HEADER)}.{part(CLAIMS)}.AAAA\n", id="newline"),
        pytest.param(f"{part(HEADER)}.{part(CLAIMS)}.AAAAA", id="impossible length"),
        pytest.param(f"é.{part(CLAIMS)}.AAAA", id="not ASCII"),
        pytest.param(f"AAAAA.{part(CLAIMS)}.AAAA", id="header not base64"),
        pytest.param(f"{encoded(b'{')}.{part(CLAIMS)}.AAAA", id="header not JSON"),
        pytest.param(f"{encoded(b'\xff')}.{part(CLAIMS)}.AAAA", id="header not text"),
        pytest.param(f"{part([])}.{part(CLAIMS)}.AAAA", id="header not an object"),
        pytest.param(f"{encoded(b'[' * 1400)}.AAAA.AAAA", id="header nested without end"),
    ],
)
def test_what_is_no_token_is_refused_as_such(pair: KeyPair, token: str) -> None:
    assert reason(token, pair) is Refusal.MALFORMED


@pytest.mark.parametrize("payload", [b"{", b"[]", b'"text"', b"\xff", b"[" * 1300])
def test_a_signed_payload_must_still_be_an_object(pair: KeyPair, payload: bytes) -> None:
    assert reason(signed(pair, part(HEADER), encoded(payload)), pair) is Refusal.MALFORMED


def padded_to(pair: KeyPair, length: int) -> str:
    """A good token of exactly this length; base64 skips every fourth, so the header may help."""
    for header in (part(HEADER), part(HEADER | {"k": ""}), part(HEADER | {"kk": ""})):
        for padding in range(length):
            payload = part(CLAIMS | {"padding": "x" * padding})
            if len(header) + len(payload) + 130 == length:
                return signed(pair, header, payload)
    raise AssertionError(f"no token of {length} characters")


def test_a_token_of_2048_bytes_is_the_longest(pair: KeyPair) -> None:
    longest = padded_to(pair, 2048)

    assert len(longest) == 2048
    assert signatures.verify(longest, [pair.public_key])["exp"] == CLAIMS["exp"]
    assert reason(padded_to(pair, 2049), pair) is Refusal.TOO_LONG
