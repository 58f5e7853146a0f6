"""Stores recordings in S3, real or imitated, through a botocore client."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ivs_simulator.recording.storage import Bucket, Place, StorageError, StoredObject

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_NO_ENCRYPTION = "ServerSideEncryptionConfigurationNotFoundError"


class S3Storage:
    """S3 as each account sees it from a region: `client_of(account, region)` is its client."""

    def __init__(self, client_of: "Callable[[str, str], S3Client]") -> None:
        self._client_of = client_of

    def inspect(self, place: Place) -> Bucket | None:
        client = self._client_of(place.account, place.region)
        try:
            head = client.head_bucket(Bucket=place.bucket)
        except ClientError as error:
            return _unseen(place, error)
        return Bucket(
            name=place.bucket,
            region=head.get("BucketRegion", place.region),
            owner_account=place.account if _is_owned(client, place.bucket) else None,
            is_kms_encrypted=_is_kms_encrypted(client, place.bucket),
        )

    def put(self, place: Place, key: str, stored: StoredObject) -> None:
        client = self._client_of(place.account, place.region)
        try:
            client.put_object(
                Bucket=place.bucket,
                Key=key,
                Body=stored.body,
                ContentType=stored.content_type,
                ExpectedBucketOwner=place.account,
            )
        except ClientError as error:
            raise StorageError(f"s3://{place.bucket}/{key}: {error}") from error

    def when_stored(self, act: Callable[[], None]) -> None:
        act()


def _unseen(place: Place, error: ClientError) -> Bucket | None:
    """What a refused HeadBucket means: nothing there, or another account's."""
    response = error.response["ResponseMetadata"]
    match response["HTTPStatusCode"]:
        case HTTPStatus.NOT_FOUND:
            return None
        case HTTPStatus.FORBIDDEN:
            region = response["HTTPHeaders"].get("x-amz-bucket-region", place.region)
            return Bucket(place.bucket, region, owner_account=None, is_kms_encrypted=False)
        case _:
            raise error


def _is_owned(client: "S3Client", bucket: str) -> bool:
    # ListBuckets shows an account its own; a bucket policy may let it see others by name.
    pages = client.get_paginator("list_buckets").paginate(Prefix=bucket)
    return any(each["Name"] == bucket for page in pages for each in page.get("Buckets", []))


def _is_kms_encrypted(client: "S3Client", bucket: str) -> bool:
    try:
        encryption = client.get_bucket_encryption(Bucket=bucket)
    except ClientError as error:
        # Real S3 has answered with SSE-S3 since 2023; imitations may still say there is none.
        if error.response["Error"]["Code"] == _NO_ENCRYPTION:
            return False
        raise
    rules = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    return any(
        rule.get("ApplyServerSideEncryptionByDefault", {})
        .get("SSEAlgorithm", "")
        .startswith("aws:kms")
        for rule in rules
    )
