"""Playback keys: the public half is imported and verifies tokens, the private half signs them.

IVS takes ECDSA keys on the curve P-384 (secp384r1) and nothing else; the private half stays with
the customer and is read here only to sign tokens as a customer would.
"""

import base64
import hashlib
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

type PublicKey = ec.EllipticCurvePublicKey
type PrivateKey = ec.EllipticCurvePrivateKey

# One block and nothing around it: AWS publishes this shape for the public keys of its real-time
# API and none for playback keys, so the stricter reading is taken. It also keeps a private key
# that was pasted along from being accepted in silence.
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PUBLIC KEY-----")


class PlaybackKeyRefused(Exception):
    """This key material is of no use for playback tokens; the text never repeats it."""


def parse(public_key_material: str) -> PublicKey:
    """Reads `publicKeyMaterial`: one PEM block `PUBLIC KEY` holding an ECDSA P-384 key.

    Indentation, blank lines and either kind of line ending are of no account.

    Raises PlaybackKeyRefused.
    """
    block = _PEM.fullmatch(_without_layout(public_key_material))
    if block is None:
        raise PlaybackKeyRefused("publicKeyMaterial is not one PEM block of type PUBLIC KEY")
    try:
        der = base64.b64decode(block[1].replace("\n", ""), validate=True)
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PlaybackKeyRefused("publicKeyMaterial does not hold a public key") from error
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1)):
        raise PlaybackKeyRefused("publicKeyMaterial is not an ECDSA key on the curve secp384r1")
    return key


def fingerprint(key: PublicKey) -> str:
    """The MD5 of the key's DER form (SubjectPublicKeyInfo): 16 bytes, `98:0d:1a:…`.

    Source: AWS shows the shape only; the Terraform provider's acceptance tests, which run against
    the real service, compute it this way.
    """
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.md5(der, usedforsecurity=False).digest().hex(":")


def parse_private(private_key_pem: str) -> PrivateKey:
    """Reads an unencrypted private key, PKCS #8 or as `openssl ecparam -genkey -noout` writes it.

    Raises PlaybackKeyRefused.
    """
    try:
        key = load_pem_private_key(private_key_pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PlaybackKeyRefused("this is not an unencrypted private key in PEM") from error
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1)):
        raise PlaybackKeyRefused("the private key is not an ECDSA key on the curve secp384r1")
    return key


def _without_layout(pem: str) -> str:
    return "\n".join(line.strip() for line in pem.splitlines() if line.strip())
