"""One contract for everything a recording can be stored in."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import pytest
from moto import mock_aws

from ivs_simulator.recording.s3 import S3Storage
from ivs_simulator.recording.storage import (
    Bucket,
    MemoryStorage,
    Place,
    Storage,
    StorageError,
    StoredObject,
)

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

OURS, THEIRS = "123456789012", "210987654321"
HERE, ELSEWHERE = "eu-west-1", "eu-central-1"
JPEG = StoredObject(b"\xff\xd8", "image/jpeg")


class World(Protocol):
    """A storage, and the side of it that the simulator does not use."""

    storage: Storage

    def make(self, name: str, region: str = HERE, kms: str = "", owner: str = OURS) -> None: ...

    def stored(self, bucket: str) -> dict[str, StoredObject]: ...


class Memory:
    def __init__(self) -> None:
        self.storage = MemoryStorage()

    def make(self, name: str, region: str = HERE, kms: str = "", owner: str = OURS) -> None:
        self.storage.add_bucket(
            Bucket(name, region, owner, is_kms_encrypted=kms.startswith("aws:kms"))
        )

    def stored(self, bucket: str) -> dict[str, StoredObject]:
        return self.storage.objects(bucket)


class S3:
    def __init__(self) -> None:
        self.storage = S3Storage(s3_of)

    def make(self, name: str, region: str = HERE, kms: str = "", owner: str = OURS) -> None:
        client: Any = s3_of(owner, region)
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        if kms:
            rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": kms}}
            client.put_bucket_encryption(
                Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]}
            )

    def stored(self, bucket: str) -> dict[str, StoredObject]:
        client = s3_of(OURS, HERE)
        keys = [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
        found = {key: client.get_object(Bucket=bucket, Key=key) for key in keys}
        return {
            key: StoredObject(each["Body"].read(), each["ContentType"])
            for key, each in found.items()
        }


def s3_of(account: str, region: str) -> "S3Client":
    """moto gives each account its own S3, entered by a role."""
    if account == OURS:
        return boto3.client("s3", region_name=region)
    role = f"arn:aws:iam::{account}:role/recorder"
    taken = boto3.client("sts", region_name=region).assume_role(
        RoleArn=role, RoleSessionName="test"
    )["Credentials"]
    return boto3.client(
        "s3",
        region_name=region,
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
    )


@pytest.fixture(params=[Memory, S3])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    make: Callable[[], World] = request.param
    with mock_aws():
        yield make()


def place(bucket: str) -> Place:
    return Place(OURS, HERE, bucket)


def test_no_bucket_is_no_error(world: World) -> None:
    assert world.storage.inspect(place("recordings")) is None


@pytest.mark.parametrize("region", [HERE, ELSEWHERE])
def test_a_bucket_tells_where_it_is(world: World, region: str) -> None:
    world.make("recordings", region)

    found = world.storage.inspect(place("recordings"))

    assert found == Bucket("recordings", region, OURS, is_kms_encrypted=False)


@pytest.mark.parametrize(
    ("algorithm", "is_kms"), [("aws:kms", True), ("aws:kms:dsse", True), ("AES256", False)]
)
def test_a_bucket_tells_of_a_kms_key(world: World, algorithm: str, is_kms: bool) -> None:
    world.make("recordings", kms=algorithm)

    found = world.storage.inspect(place("recordings"))

    assert found is not None
    assert found.is_kms_encrypted is is_kms


def test_a_bucket_of_another_account_is_not_ours(world: World) -> None:
    world.make("foreign", owner=THEIRS)

    found = world.storage.inspect(place("foreign"))

    assert found is not None
    assert found.owner_account != OURS


def test_objects_are_stored_with_their_media_type(world: World) -> None:
    world.make("recordings")

    world.storage.put(place("recordings"), "ivs/v1/a b+c/thumb0.jpg", JPEG)

    assert world.stored("recordings") == {"ivs/v1/a b+c/thumb0.jpg": JPEG}


def test_a_key_holds_what_was_put_last(world: World) -> None:
    world.make("recordings")
    later = StoredObject(b"later", "image/jpeg")

    for each in (JPEG, later):
        world.storage.put(place("recordings"), "latest", each)

    assert world.stored("recordings") == {"latest": later}


def test_nothing_is_stored_without_a_bucket(world: World) -> None:
    with pytest.raises(StorageError, match="recordings"):
        world.storage.put(place("recordings"), "key", JPEG)


def test_something_may_wait_for_all_that_was_put(world: World) -> None:
    world.make("recordings")
    seen: list[dict[str, StoredObject]] = []

    world.storage.put(place("recordings"), "key", JPEG)
    world.storage.when_stored(lambda: seen.append(world.stored("recordings")))

    assert seen == [{"key": JPEG}]


def test_memory_keeps_accounts_apart() -> None:
    """moto lets every account write to every bucket, so this one is not part of the contract."""
    world = Memory()
    world.make("foreign", owner=THEIRS)

    with pytest.raises(StorageError, match="another account"):
        world.storage.put(place("foreign"), "key", JPEG)
