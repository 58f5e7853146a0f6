"""Key pairs made once per run; P-384 unless a test asks for something else."""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from ivs_simulator.playback import keys
from ivs_simulator.playback.keys import PublicKey


@dataclass(frozen=True)
class KeyPair:
    private_pem: str
    public_pem: str

    @property
    def public_key(self) -> PublicKey:
        return keys.parse(self.public_pem)


def pair_of(private: PrivateKeyTypes) -> KeyPair:
    private_pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public_pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(private_pem.decode(), public_pem.decode())


@pytest.fixture(scope="session")
def pair() -> KeyPair:
    return pair_of(ec.generate_private_key(ec.SECP384R1()))


@pytest.fixture(scope="session")
def other_pair() -> KeyPair:
    return pair_of(ec.generate_private_key(ec.SECP384R1()))
