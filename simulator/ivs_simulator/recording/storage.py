"""Where recordings are put: what the simulator needs of Amazon S3."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class StorageError(Exception):
    """An object was not stored; the message says where and why."""


class StoredObject(NamedTuple):
    """An object's content and its media type."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, as an account means it that works in a region."""

    account: str
    region: str
    bucket: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket as it is. `owner_account` is None if the storage only knows: not the asker's."""

    name: str
    region: str
    owner_account: str | None
    is_kms_encrypted: bool


class Storage(Protocol):
    """S3 as a recording uses it."""

    def inspect(self, place: Place) -> Bucket | None:
        """The bucket of this name in whatever account and region; None if there is none."""

    def put(self, place: Place, key: str, stored: StoredObject) -> None:
        """Stores an object, replacing one of the same key.

        Raises StorageError if it cannot, unless the storage works in the background: then it
        logs, and keeps the order in which objects were put.
        """

    def when_stored(self, act: Callable[[], None]) -> None:
        """Does something once all that was put before is there: `Recording End` may be sent."""


class BottomlessStorage:
    """Every bucket is valid, takes everything and keeps nothing: for worlds without S3."""

    def inspect(self, place: Place) -> Bucket | None:
        return Bucket(place.bucket, place.region, place.account, is_kms_encrypted=False)

    def put(self, place: Place, key: str, stored: StoredObject) -> None:
        """Forgets it."""

    def when_stored(self, act: Callable[[], None]) -> None:
        act()


class MemoryStorage:
    """Buckets in this process, for simulations without S3."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._objects: dict[str, dict[str, StoredObject]] = {}

    def add_bucket(self, bucket: Bucket) -> None:
        """Makes a bucket, or changes the one of this name and keeps its objects."""
        self._buckets[bucket.name] = bucket
        self._objects.setdefault(bucket.name, {})

    def remove_bucket(self, name: str) -> None:
        """Deletes a bucket with all it holds."""
        del self._buckets[name], self._objects[name]

    def objects(self, bucket: str) -> dict[str, StoredObject]:
        """What a bucket holds, by key, in the order of first writing."""
        return dict(self._objects[bucket])

    def inspect(self, place: Place) -> Bucket | None:
        return self._buckets.get(place.bucket)

    def put(self, place: Place, key: str, stored: StoredObject) -> None:
        bucket = self._buckets.get(place.bucket)
        if bucket is None:
            raise StorageError(f"there is no bucket {place.bucket}")
        if bucket.owner_account != place.account:
            raise StorageError(f"bucket {place.bucket} belongs to another account")
        self._objects[place.bucket][key] = stored

    def when_stored(self, act: Callable[[], None]) -> None:
        act()
