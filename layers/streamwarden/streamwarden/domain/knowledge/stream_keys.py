"""What a stream key says of itself, and which keys of a channel are still worth knowing.

A channel has one key at a time, and rotations replace it for years. Of those before it only the
last few are kept, for the events about them that come late.
"""

from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime
from typing import Final

from streamwarden.domain.knowledge.resource import Resource, StreamKey

# The tag that a rotated key carries, and that a policy of one's own may set on others.
MINTED_AT_TAG: Final = "streamwarden:minted-at"

_KEPT: Final = 4
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def minted_at_of(tags: Mapping[str, str]) -> datetime | None:
    """The moment that a key's minted-at tag names; None when it has none or a senseless one."""
    try:
        moment = datetime.fromisoformat(tags.get(MINTED_AT_TAG, ""))
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):  # a date that does not exist in UTC; anybody may set tags
        return None


def without_old_keys(known: Resource) -> Resource:
    """The channel with its key and the last few that were heard of."""
    if len(known.stream_keys) <= _KEPT:
        return known
    newest = sorted(known.stream_keys.values(), key=_order)[-_KEPT:]
    kept = {each.arn for each in newest} | {known.key_arn.value if known.key_arn else None}
    keys = {arn: key for arn, key in known.stream_keys.items() if arn in kept}
    return replace(known, stream_keys=keys) if len(keys) < len(known.stream_keys) else known


def _order(key: StreamKey) -> tuple[datetime, str]:
    changes = (change.at for change in key.tag_changes.values())
    listed = key.listed_tags.at if key.listed_tags else _LONG_AGO
    return max(key.minted_at or _LONG_AGO, listed, *changes), key.arn
