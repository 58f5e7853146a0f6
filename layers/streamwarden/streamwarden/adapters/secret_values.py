"""What the secret of a destination holds: a value alone, or JSON as the console makes it.

What is found is never quoted: it may be a part of the secret.
"""

import json
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from streamwarden.adapters.http_posts import is_https_or_loopback
from streamwarden.services.errors import SecretUnusable

_ADDRESS: Final = "an address (https://…)"


class Secret(Struct, frozen=True):
    """A secret by its whole name, which errors say, and its text, which they do not."""

    name: str
    text: str

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"


def only_value(secret: Secret, wanted: str) -> str:
    """The text itself, or the value of a JSON object with one: the console makes such secrets.

    `wanted` says what it should be. Raises SecretUnusable.
    """
    document = members_of(secret.text)
    if document is None:
        return secret.text.strip()
    if len(document) != 1:
        raise _refused(secret, wanted, f"JSON with {len(document)} values")
    (value,) = document.values()
    if not isinstance(value, str):
        raise _refused(secret, wanted, "JSON whose value is no text")
    return value.strip()


def only_address(secret: Secret) -> str:
    """As `only_value`, for the address of a service."""
    return checked_address(only_value(secret, _ADDRESS), secret)


def checked_address(address: str, secret: Secret) -> str:
    """The address. Raises SecretUnusable for what is none, or is not safe for a secret."""
    if not is_https_or_loopback(address):
        raise _refused(secret, _ADDRESS, "a text that is none" if address else "nothing")
    return address


def members_of(text: str) -> Mapping[str, object] | None:
    """The members of a JSON object; None for any other text."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def unusable(secret: Secret, what: str) -> SecretUnusable:
    """`what` goes on behind the name, such as `cannot sign`."""
    return SecretUnusable(f"the secret {secret.name} {what}: {how_to_set(secret.name)}")


def how_to_create(name: str) -> str:
    """The text is in a file: in the command, it would stay in the history of the shell, and version
    1 of the AWS CLI would fetch an address.
    """
    return f"aws secretsmanager create-secret --name {name} --secret-string file://FILE"


def how_to_set(name: str) -> str:
    """As `how_to_create`, for a secret that there is."""
    return f"aws secretsmanager put-secret-value --secret-id {name} --secret-string file://FILE"


def how_to_restore(name: str) -> str:
    """A secret that was deleted can be restored for some days."""
    return f"aws secretsmanager restore-secret --secret-id {name}"


def _refused(secret: Secret, wanted: str, found: str) -> SecretUnusable:
    return unusable(
        secret,
        f"must hold {wanted}, alone or as the one value of a JSON object; it holds {found}",
    )
