"""Stores recordings in the buckets of the local AWS."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import Any
from xml.etree import ElementTree

from ivs_simulator.recording.storage import Bucket, Place, StorageError, StoredObject

_log = logging.getLogger(__name__)


class S3Loop:
    """Where MiniStack's S3 runs: it lists its objects there, so they are stored there too.

    It is known from the first request for S3 on, which is before there is any bucket.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        handlers = import_module("ministack.app").SERVICE_HANDLERS
        answer = handlers["s3"]

        async def answer_and_wait(*request: Any, **options: Any) -> Any:
            self._loop = asyncio.get_running_loop()
            return await answer(*request, **options)

        handlers["s3"] = answer_and_wait

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            return asyncio.run(work)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Buckets:
    """S3 of the local AWS, from inside: over HTTP, its event loop would wait for itself.

    Objects are stored in their order, without making who puts them wait. What is done when they
    are stored is done by another thread, holding the lock if there is one.
    """

    def __init__(self, lock: AbstractContextManager[Any] | None = None) -> None:
        self._lock = lock or nullcontext()
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._s3 = import_module("ministack.services.s3")
        self._scope = import_module("ministack.core.responses").request_scope
        self._loop = S3Loop()
        Thread(target=self._work, name="simulator-recordings", daemon=True).start()

    def inspect(self, place: Place) -> Bucket | None:
        owner = self._owner(place.bucket)
        if owner is None:
            return None
        with self._scope(owner, place.region):
            region = self._s3.bucket_region(place.bucket)
            status, _, encryption = self._s3._get_bucket_encryption(place.bucket)
        if region is None or status != HTTPStatus.OK:
            return None  # deleted while we looked
        return Bucket(place.bucket, region, owner, _names_kms(encryption))

    def put(self, place: Place, key: str, stored: StoredObject) -> None:
        self._waiting.put(lambda: self._store(place, key, stored))

    def when_stored(self, act: Callable[[], None]) -> None:
        self._waiting.put(lambda: self._do(act))

    def _owner(self, bucket: str) -> str | None:
        # A copy of the keys: MiniStack's own search fails if a bucket is made meanwhile.
        held = list(self._s3._buckets._data)
        return next((account for account, name in held if name == bucket), None)

    def _work(self) -> None:
        while True:
            task = self._waiting.get()
            try:
                task()
            except StorageError as error:
                _log.error("%s", error)  # as a bucket deleted meanwhile: nothing of ours to trace
            except Exception:  # noqa: BLE001 - one bad task must not end all recording
                _log.exception("a recording was not stored whole")

    def _do(self, act: Callable[[], None]) -> None:
        # Objects are stored without the lock: S3's own work may need who is holding it.
        with self._lock:
            act()

    def _store(self, place: Place, key: str, stored: StoredObject) -> None:
        with self._scope(place.account, place.region):
            status, answer = self._loop.run(self._request(place, key, stored))
        if status != HTTPStatus.OK:
            message = ElementTree.fromstring(answer).findtext("{*}Message")  # noqa: S314 - its own
            raise StorageError(f"s3://{place.bucket}/{key} was not stored: {message}")

    async def _request(self, place: Place, key: str, stored: StoredObject) -> tuple[int, bytes]:
        headers = {
            "host": "s3.localhost",
            "content-length": str(len(stored.body)),
            "content-type": stored.content_type,
        }
        status, _, answer = await self._s3.handle_request(
            "PUT", f"/{place.bucket}/{key}", headers, stored.body, {}, internal=True
        )
        return status, answer


def _names_kms(encryption: Any) -> bool:
    # MiniStack keeps the document its client sent, with or without a namespace.
    root = ElementTree.fromstring(encryption)  # noqa: S314 - MiniStack parsed it already
    algorithms = root.iterfind(".//{*}SSEAlgorithm")
    return any((each.text or "").startswith("aws:kms") for each in algorithms)
