"""The local AWS's buckets, seen through a stand-in for MiniStack's S3."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock, get_ident
from types import ModuleType
from typing import Any

import pytest

from ivs_simulator.local_aws.buckets import Buckets
from ivs_simulator.recording.storage import Bucket, Place, StoredObject

OURS, THEIRS = "123456789012", "210987654321"
JPEG = StoredObject(b"\xff\xd8", "image/jpeg")
RULE = (
    "<{root}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>{algorithm}</SSEAlgorithm>"
    "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
)
PLAIN = "ServerSideEncryptionConfiguration"
NAMESPACED = f'{PLAIN} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
NO_BUCKET = b"<Error><Code>NoSuchBucket</Code><Message>does not exist</Message></Error>"


class Accounts:
    """MiniStack's buckets by account and name, and the scope a call is made in."""

    def __init__(self) -> None:
        self._data: dict[tuple[str, str], str] = {}
        self.encryption = RULE.format(root=PLAIN, algorithm="AES256")
        self.scope = ("", "")
        self.requests: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self.handlers: dict[str, Any] = {"s3": self.answer}
        self.threads: set[int] = set()

    async def answer(self, *_: Any) -> int:
        """Any request for S3, as MiniStack's event loop makes it."""
        return 200

    @contextmanager
    def request_scope(self, account: str, region: str) -> Iterator[None]:
        self.scope = (account, region)
        yield
        self.scope = ("", "")

    def add(self, account: str, name: str, region: str) -> None:
        self._data[account, name] = region

    def region(self, name: str) -> str | None:
        return self._data.get((self.scope[0], name))

    def read_encryption(self, name: str) -> tuple[int, dict[str, str], str]:
        return 200, {}, self.encryption

    async def handle(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, list[str]],
        *,
        internal: bool,
    ) -> tuple[int, dict[str, str], bytes]:
        assert internal
        self.threads.add(get_ident())
        if self.region(path.split("/")[1]) is None:
            return 404, {}, NO_BUCKET
        self.requests.put((self.scope, method, path, headers["content-type"], body, query))
        return 200, {}, b""


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    held = Accounts()
    s3, responses = ModuleType("ministack.services.s3"), ModuleType("ministack.core.responses")
    vars(s3).update(
        _buckets=held,
        bucket_region=held.region,
        _get_bucket_encryption=held.read_encryption,
        handle_request=held.handle,
    )
    vars(responses).update(request_scope=held.request_scope)
    app = ModuleType("ministack.app")
    vars(app).update(SERVICE_HANDLERS=held.handlers)
    for module in (s3, responses, app):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    for package in ("ministack", "ministack.services", "ministack.core"):
        monkeypatch.setitem(sys.modules, package, ModuleType(package))
    return held


def place(bucket: str = "recordings") -> Place:
    return Place(OURS, "eu-west-1", bucket)


@pytest.mark.parametrize("owner", [OURS, THEIRS])
def test_a_bucket_is_found_whoever_has_it(accounts: Accounts, owner: str) -> None:
    accounts.add(owner, "recordings", "eu-central-1")

    found = Buckets().inspect(place())

    assert found == Bucket("recordings", "eu-central-1", owner, is_kms_encrypted=False)


def test_no_bucket_is_no_error(accounts: Accounts) -> None:
    assert Buckets().inspect(place()) is None


@pytest.mark.parametrize("root", [PLAIN, NAMESPACED])
@pytest.mark.parametrize(
    ("algorithm", "is_kms"), [("aws:kms", True), ("aws:kms:dsse", True), ("AES256", False)]
)
def test_a_bucket_tells_of_a_kms_key(
    accounts: Accounts, root: str, algorithm: str, is_kms: bool
) -> None:
    accounts.add(OURS, "recordings", "eu-west-1")
    accounts.encryption = RULE.format(root=root, algorithm=algorithm)

    found = Buckets().inspect(place())

    assert found is not None
    assert found.is_kms_encrypted is is_kms


def test_objects_are_stored_in_their_order_even_past_a_failure(
    accounts: Accounts, caplog: pytest.LogCaptureFixture
) -> None:
    accounts.add(OURS, "recordings", "eu-west-1")
    buckets, done = Buckets(), SimpleQueue[str]()

    buckets.put(place(), "a b", JPEG)
    buckets.put(place("gone"), "lost", JPEG)
    buckets.when_stored(_fail)
    buckets.put(place(), "c", JPEG)
    buckets.when_stored(lambda: done.put("done"))

    assert done.get(timeout=5) == "done"
    scope = (OURS, "eu-west-1")
    stored = [accounts.requests.get_nowait() for _ in range(2)]
    assert stored == [
        (scope, "PUT", "/recordings/a b", "image/jpeg", JPEG.body, {}),
        (scope, "PUT", "/recordings/c", "image/jpeg", JPEG.body, {}),
    ]
    assert "s3://gone/lost was not stored: does not exist" in caplog.text
    assert "nobody listens" in caplog.text


def test_what_follows_a_store_happens_under_the_lock(accounts: Accounts) -> None:
    accounts.add(OURS, "recordings", "eu-west-1")
    lock, done = Lock(), SimpleQueue[bool]()
    buckets = Buckets(lock)

    with lock:
        buckets.put(place(), "a", JPEG)
        buckets.when_stored(lambda: done.put(lock.locked()))
        assert accounts.requests.get(timeout=5)[2] == "/recordings/a", "stored without the lock"
        assert done.empty()

    assert done.get(timeout=5) is True


def test_objects_are_stored_on_the_loop_that_lists_them(accounts: Accounts) -> None:
    """Once it is known: MiniStack's S3 walks through its objects there without a lock."""
    accounts.add(OURS, "recordings", "eu-west-1")
    buckets, done = Buckets(), SimpleQueue[str]()

    async def serve() -> int:
        assert await accounts.handlers["s3"]("GET", "/recordings") == 200
        buckets.put(place(), "a", JPEG)
        buckets.when_stored(lambda: done.put("done"))
        await asyncio.to_thread(done.get, timeout=5)
        return get_ident()

    assert accounts.threads == set()
    loop_thread = asyncio.run(serve())
    assert accounts.threads == {loop_thread}


def _fail() -> None:
    raise RuntimeError("nobody listens")
