"""Recordings in moto's S3: code under test finds them where IVS would have put them."""

from collections.abc import Callable

from ivs_simulator.mirror.moto_accounts import MotoClients, is_mocking
from ivs_simulator.recording.s3 import S3Storage
from ivs_simulator.recording.storage import BottomlessStorage, Bucket, Place, Storage, StoredObject


class MotoStorage:
    """moto's S3 while `mock_aws` is active; otherwise nothing is stored."""

    def __init__(self, clients: MotoClients) -> None:
        self._of_moto = S3Storage(lambda account, region: clients.client("s3", account, region))
        self._elsewhere = BottomlessStorage()

    def inspect(self, place: Place) -> Bucket | None:
        return self._now().inspect(place)

    def put(self, place: Place, key: str, stored: StoredObject) -> None:
        self._now().put(place, key, stored)

    def when_stored(self, act: Callable[[], None]) -> None:
        self._now().when_stored(act)

    def _now(self) -> Storage:
        return self._of_moto if is_mocking() else self._elsewhere
