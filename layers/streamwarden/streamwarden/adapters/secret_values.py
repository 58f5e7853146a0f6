"""What the secret of a destination holds: a value alone, or JSON as the console makes it.

What is found is never quoted: it may be a part of the secret.
"""

import json
from collections.abc import Mapping
from typing import Final

from streamwarden.adapters.http_posts import is_https_or_loopback
from streamwarden.services.errors import PermanentError

_ADDRESS: Final = "an address (https://…)"


def only_value(text: str, secret: str, wanted: str) -> str:
    """The text itself, or the value of a JSON object with one: the console makes such secrets.

    `wanted` says what it should be. Raises PermanentError.
    """
    document = members_of(text)
    if document is None:
        return text.strip()
    if len(document) != 1:
        raise _refused(secret, wanted, f"JSON with {len(document)} values")
    (value,) = document.values()
    if not isinstance(value, str):
        raise _refused(secret, wanted, "JSON whose value is no text")
    return value.strip()


def only_address(text: str, secret: str) -> str:
    """As `only_value`, for the address of a service."""
    return checked_address(only_value(text, secret, _ADDRESS), secret)


def checked_address(address: str, secret: str) -> str:
    """The address. Raises PermanentError for what is none, or is not safe for a secret."""
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


def _refused(secret: str, wanted: str, found: str) -> PermanentError:
    return PermanentError(
        f"the secret {secret!r} must hold {wanted}, alone or as the one value of a JSON object;"
        f" it holds {found}"
    )
