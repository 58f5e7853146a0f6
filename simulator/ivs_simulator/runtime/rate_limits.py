"""Rate limits: automation meets the same throttling here as on AWS.

Source: "Service quotas", API call rate quotas: per account and region, not adjustable. AWS states
calls per second only; a bucket that holds one second's worth and fills up all the time is the
strictest reading that still lets the stated rate through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from ivs_simulator.wire.errors import ErrorCode, IvsError

# PutMetadata has two limits: this one for the account, and its own for each channel.
PUT_METADATA_PER_CHANNEL: Final = 5

# "Service quotas" of the API for real-time, whose operations of tags are those below.
_REAL_TIME: Final[Mapping[str, int]] = {
    "CreateEncoderConfiguration": 5,
    "CreateIngestConfiguration": 5,
    "CreateStage": 5,
    "CreateStorageConfiguration": 5,
    "DeleteEncoderConfiguration": 5,
    "DeleteIngestConfiguration": 5,
    "DeletePublicKey": 3,
    "DeleteStage": 5,
    "DeleteStorageConfiguration": 5,
    "GetComposition": 5,
    "GetEncoderConfiguration": 5,
    "GetIngestConfiguration": 5,
    "GetPublicKey": 3,
    "GetStage": 5,
    "GetStorageConfiguration": 5,
    "ImportPublicKey": 3,
    "ListCompositions": 5,
    "ListEncoderConfigurations": 5,
    "ListIngestConfigurations": 5,
    "ListPublicKeys": 3,
    "ListStages": 5,
    "ListStorageConfigurations": 5,
    "StartComposition": 5,
    "StopComposition": 5,
    "UpdateIngestConfiguration": 5,
    "UpdateStage": 5,
}

CALLS_PER_SECOND: Final[Mapping[str, int]] = MappingProxyType(
    {
        **_REAL_TIME,
        "BatchGetChannel": 5,
        "BatchGetStreamKey": 5,
        "BatchStartViewerSessionRevocation": 2,
        "CreateAdConfiguration": 3,
        "CreateChannel": 5,
        "CreateFailoverSlateConfiguration": 3,  # not documented: as CreateAdConfiguration
        "CreatePlaybackRestrictionPolicy": 5,
        "CreateRecordingConfiguration": 3,
        "CreateStreamKey": 5,
        "DeleteAdConfiguration": 3,
        "DeleteChannel": 5,
        "DeleteFailoverSlateConfiguration": 3,  # not documented: as DeleteAdConfiguration
        "DeletePlaybackKeyPair": 3,
        "DeletePlaybackRestrictionPolicy": 5,
        "DeleteRecordingConfiguration": 3,
        "DeleteStreamKey": 5,
        "GetAdConfiguration": 3,
        "GetChannel": 5,
        "GetFailoverSlateConfiguration": 3,  # not documented: as GetAdConfiguration
        "GetPlaybackKeyPair": 3,
        "GetPlaybackRestrictionPolicy": 5,
        "GetRecordingConfiguration": 3,
        "GetStream": 5,
        "GetStreamKey": 5,
        "GetStreamSession": 5,
        "ImportPlaybackKeyPair": 3,
        "InsertAdBreak": 1,
        "ListAdConfigurations": 3,
        "ListChannels": 5,
        "ListFailoverSlateConfigurations": 3,  # not documented: as ListAdConfigurations
        "ListPlaybackKeyPairs": 3,
        "ListPlaybackRestrictionPolicies": 5,
        "ListRecordingConfigurations": 3,
        "ListStreamKeys": 5,
        "ListStreamSessions": 5,
        "ListStreams": 5,
        "ListTagsForResource": 10,
        "PutMetadata": 155,
        "StartViewerSessionRevocation": 10,
        "StopStream": 5,
        "TagResource": 10,
        "UntagResource": 10,
        "UpdateAdConfiguration": 3,  # not documented: as its neighbours
        "UpdateChannel": 5,
        "UpdateFailoverSlateConfiguration": 3,  # not documented: as UpdateAdConfiguration
        "UpdatePlaybackRestrictionPolicy": 5,
    }
)

_NONE: Final = timedelta(0)
_SECOND: Final = timedelta(seconds=1)
# The finest step of a datetime, and how many of them make a second.
_MICROSECOND: Final = timedelta(microseconds=1)
_MICROSECONDS: Final = _SECOND // _MICROSECOND


@dataclass(slots=True)
class _Bucket:
    """Counts in millionths of a call, so that no sum of fractions ever loses or gains a call."""

    calls_per_second: int
    filled_at: datetime
    content: int = field(init=False)

    def __post_init__(self) -> None:
        self.content = self._capacity

    @property
    def _capacity(self) -> int:
        return self.calls_per_second * _MICROSECONDS

    def fill(self, at: datetime) -> None:
        passed = at - self.filled_at
        if -_SECOND < passed < _NONE:
            return  # Calls made at once come in any order; the time between counts once.
        # A clock that was set back adds nothing and takes nothing; time counts on from there.
        brought = max(passed // _MICROSECOND, 0) * self.calls_per_second
        self.content = min(self.content + brought, self._capacity)
        self.filled_at = at

    def holds_a_call(self) -> bool:
        return self.content >= _MICROSECONDS

    def take(self) -> None:
        self.content -= _MICROSECONDS


class RateLimits:
    """The calls each account may still make, per region and operation."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def take(
        self, account: str, region: str, operation: str, params: Mapping[str, Any], at: datetime
    ) -> None:
        """Counts one call made at an aware time; raises IvsError (429) when there is none left.

        A call that is refused takes nothing, of any limit. An operation that IVS does not have
        is not limited.
        """
        buckets = [
            self._bucket((account, region, operation, *part), rate, at)
            for part, rate in _limits(operation, params)
        ]
        if not all(bucket.holds_a_call() for bucket in buckets):
            raise IvsError(ErrorCode.THROTTLING, "Rate exceeded")
        for bucket in buckets:
            bucket.take()

    def clear(self) -> None:
        """Forgets every call."""
        self._buckets.clear()

    def _bucket(self, key: tuple[str, ...], calls_per_second: int, at: datetime) -> _Bucket:
        if key not in self._buckets:
            self._buckets[key] = _Bucket(calls_per_second, at)
        self._buckets[key].fill(at)
        return self._buckets[key]


def _limits(operation: str, params: Mapping[str, Any]) -> list[tuple[tuple[str, ...], int]]:
    """What is counted apart within an account and region, and its calls per second."""
    match operation, params:
        case "PutMetadata", {"channelArn": str(arn)}:
            return [((), CALLS_PER_SECOND[operation]), ((arn,), PUT_METADATA_PER_CHANNEL)]
        case str(), _ if operation in CALLS_PER_SECOND:
            return [((), CALLS_PER_SECOND[operation])]
        case _:
            return []
