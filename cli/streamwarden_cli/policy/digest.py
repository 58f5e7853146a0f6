"""A short name for a policy and the code that decides by it: when either changes, so does the name.

It is made when a policy is compiled, which every build does, so that no cold start reads the code.
"""

from collections.abc import Iterable
from copy import replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

import streamwarden
from streamwarden.domain.policy import CompiledRule

# What the layer brings that decides too: conditions, values and time zones.
_DECIDING_LIBRARIES: Final = ("jmespath", "msgspec", "tzdata")
_LENGTH: Final = 12


def digest_of(rules: Iterable[CompiledRule]) -> str:
    (package,) = map(Path, streamwarden.__path__)
    # What people say to people decides nothing: no record is decided again for a new runbook.
    given = msgspec.json.encode([replace(each, notes=None) for each in rules], order="sorted")
    return sha256(_own_code(package) + given).hexdigest()[:_LENGTH]


@cache
def _own_code(package: Path) -> bytes:
    return code_digest(package)


def code_digest(root: Path) -> bytes:
    """Of every module below, by its path, and of the libraries that it decides with."""
    digest = sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    for library in _DECIDING_LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.digest()
