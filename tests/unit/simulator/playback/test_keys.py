"""What may be imported as a playback key, and how it differs from others."""

import hashlib
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ivs_simulator.playback import keys
from ivs_simulator.playback.keys import PlaybackKeyRefused
from tests.unit.simulator.playback.conftest import KeyPair, pair_of

# The public key of AWS's own CloudFormation example, and the MD5 that `openssl pkey -pubin
# -outform der | md5sum` gives for it.
PUBLISHED = """-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEwOR43ETwEoWif1i14aL8GtDMNkT/kBQm
h4sas9P//bjCU988rmQQXVBfftKT9xngg+W6hzOEpeUlCRlAtz6b6U79naYYRaSk
K/UhYGWkXlbJlc9zn13imYWgVGe/BMFp
-----END PUBLIC KEY-----
"""
PUBLISHED_FINGERPRINT = "ad:7b:32:4a:7b:ab:88:f2:4c:17:36:a2:46:d5:a0:11"


def body(pem: str) -> str:
    return "".join(pem.splitlines()[1:-1])


LAYOUTS = {
    "as it was": PUBLISHED,
    "no newline at the end": PUBLISHED.rstrip(),
    "carriage returns": PUBLISHED.replace("\n", "\r\n"),
    "indented, as in a template": "\n".join(f"    {line}" for line in PUBLISHED.splitlines()),
    "blank lines": PUBLISHED.replace("\n", "\n\n"),
    "one long line": (f"-----BEGIN PUBLIC KEY-----\n{body(PUBLISHED)}\n-----END PUBLIC KEY-----\n"),
}


@pytest.mark.parametrize("material", LAYOUTS.values(), ids=LAYOUTS)
def test_the_fingerprint_is_of_the_key_and_not_of_its_layout(material: str) -> None:
    assert keys.fingerprint(keys.parse(material)) == PUBLISHED_FINGERPRINT


def test_other_keys_have_other_fingerprints(pair: KeyPair, other_pair: KeyPair) -> None:
    fingerprints = {keys.fingerprint(each.public_key) for each in (pair, other_pair)}

    assert len(fingerprints) == 2
    assert all(re.fullmatch(r"([0-9a-f]{2}:){15}[0-9a-f]{2}", each) for each in fingerprints)


def test_the_fingerprint_is_the_md5_of_the_der_form(pair: KeyPair) -> None:
    der = load_pem_public_key(pair.public_pem.encode())
    expected = hashlib.md5(x509_der(der), usedforsecurity=False).hexdigest()

    assert keys.fingerprint(pair.public_key).replace(":", "") == expected


def x509_der(key: object) -> bytes:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    point = key.public_numbers()
    prefix = bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004")
    return prefix + point.x.to_bytes(48) + point.y.to_bytes(48)


def certificate() -> str:
    key = ec.generate_private_key(ec.SECP384R1())
    request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, hashes.SHA384())
    return request.public_bytes(Encoding.PEM).decode()


def off_the_curve() -> str:
    """The published key with its last byte, hence its point, another one."""
    return PUBLISHED.replace("BMFp\n", "BMFq\n")


@pytest.mark.parametrize(
    ("material", "states"),
    [
        pytest.param("", "PEM", id="nothing"),
        pytest.param("not a key", "PEM", id="garbage"),
        pytest.param(body(PUBLISHED), "PEM", id="base64 without its frame"),
        pytest.param(PUBLISHED.replace("\n", "\\n"), "PEM", id="escaped newlines"),
        pytest.param(PUBLISHED.replace("\n", " "), "PEM", id="unquoted in a shell"),
        pytest.param(PUBLISHED + PUBLISHED, "PEM", id="two keys"),
        pytest.param(PUBLISHED + "and more", "PEM", id="something behind it"),
        pytest.param(certificate(), "PEM", id="a certificate request"),
        pytest.param(
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "hold", id="no key inside"
        ),
        pytest.param(
            "-----BEGIN PUBLIC KEY-----\nAAAAA\n-----END PUBLIC KEY-----", "hold", id="not base64"
        ),
        pytest.param(off_the_curve(), "hold", id="a point off the curve"),
        pytest.param(
            pair_of(ec.generate_private_key(ec.SECP256R1())).public_pem, "secp384r1", id="P-256"
        ),
        pytest.param(
            pair_of(ec.generate_private_key(ec.SECP521R1())).public_pem, "secp384r1", id="P-521"
        ),
        pytest.param(
            pair_of(rsa.generate_private_key(65537, 2048)).public_pem, "secp384r1", id="RSA"
        ),
        pytest.param(
            pair_of(ed25519.Ed25519PrivateKey.generate()).public_pem, "secp384r1", id="Ed25519"
        ),
    ],
)
def test_anything_but_a_p384_public_key_is_refused(material: str, states: str) -> None:
    with pytest.raises(PlaybackKeyRefused, match=states):
        keys.parse(material)


def test_a_private_key_is_not_imported_and_not_repeated(pair: KeyPair) -> None:
    for material in (pair.private_pem, pair.public_pem + pair.private_pem):
        with pytest.raises(PlaybackKeyRefused) as refused:
            keys.parse(material)

        assert body(pair.private_pem)[:20] not in repr(refused.value)


def test_a_private_key_is_read_in_both_of_its_usual_forms(pair: KeyPair) -> None:
    loaded = load_pem_private_key(pair.private_pem.encode(), password=None)
    sec1 = loaded.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    for pem in (pair.private_pem, sec1.decode()):
        assert keys.parse_private(pem).public_key() == pair.public_key


def encrypted() -> str:
    key = ec.generate_private_key(ec.SECP384R1())
    secret = BestAvailableEncryption(b"fake")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret).decode()


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param("not a key", id="garbage"),
        pytest.param(PUBLISHED, id="a public key"),
        pytest.param(encrypted(), id="encrypted"),
        pytest.param(pair_of(ec.generate_private_key(ec.SECP256R1())).private_pem, id="P-256"),
    ],
)
def test_other_private_keys_are_refused(pem: str) -> None:
    with pytest.raises(PlaybackKeyRefused):
        keys.parse_private(pem)
