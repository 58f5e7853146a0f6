"""What a stream key says of itself by its tags."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from streamwarden.domain.events.bounds import EARLIEST, LATEST

# The tag that a rotated key carries, and that a policy of one's own may set on others.
MINTED_AT_TAG: Final = "streamwarden:minted-at"

# Short enough that fifty tags take little, and long enough for people to distinguish them.
_LONGEST: Final = 16
_BEGINNING: Final = 5
_DIGEST: Final = 8


def minted_at_of(tags: Mapping[str, str]) -> datetime | None:
    """The moment that a key's minted-at tag names; None when it has none or a senseless one."""
    try:
        moment = datetime.fromisoformat(tags.get(MINTED_AT_TAG, ""))
        if moment.tzinfo is None or not EARLIEST < moment < LATEST:
            return None
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # a date that does not exist in UTC; anybody may set tags
        return None


def shortened(text: str) -> str:
    """A long key or value of a tag by its beginning and a digest, where there are too many."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_BEGINNING]}…{sha256(text.encode()).hexdigest()[:_DIGEST]}"


def carries(tags: Mapping[str, str], key: str, value: str) -> bool:
    """Whether a stream key has a tag, of which what is known may be shortened."""
    return tags[key] == value if key in tags else tags.get(shortened(key)) == shortened(value)
