"""Learn the tags of stream keys, channel by channel: no listing of all keys exists.

ListStreamKeys may be called five times a second (IVS quotas), by everybody in the account.
Therefore it is asked only where the policy needs it, a few times a sweep, and no more of a key
whose tags are known: from then on CloudTrail tells of its changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.inputs import KeyObserved
from streamwarden.domain.state.stream_keys import minted_at_of
from streamwarden.services.errors import NotFound, TemporaryError
from streamwarden.services.ports import KeyLookup
from streamwarden.services.records import FleetEntry

_CALLS_A_SWEEP: Final = 20


def observed_keys(
    keys: KeyLookup,
    channels: Iterable[str],
    entries: Mapping[str, FleetEntry],
    now: datetime,
) -> Iterator[KeyObserved]:
    """Observations of keys whose tags are not known yet; the rest has time. Raises PermanentError.

    A channel that has no entry yet is asked about by a later sweep.
    """
    listed = ((arn, entries.get(arn)) for arn in sorted(channels))
    unknown = (arn for arn, entry in listed if entry and not entry.are_key_tags_known)
    for channel_arn in islice(unknown, _CALLS_A_SWEEP):
        try:
            key = keys.find(channel_arn)
        except NotFound:
            continue  # deleted since the channels were listed
        except TemporaryError:
            return
        yield key_observed(channel_arn, key, now)


def key_observed(
    channel_arn: str, key: ListedKey | None, asked_at: datetime, *, is_exact: bool = False
) -> KeyObserved:
    """What a listing says of a channel's key that was asked for at `asked_at`, or later.

    CloudTrail knows whole seconds: a change within that second must count as made after it, unless
    what is said is of that moment exactly.
    """
    tags = dict(key.tags) if key else None
    return KeyObserved(
        resource_arn=channel_arn,
        time=asked_at if is_exact else asked_at.replace(microsecond=0),
        key_arn=key.arn if key else None,
        minted_at=minted_at_of(tags) if tags else None,
        tags=tags,
    )
