"""What keeps Amazon IVS from recording to a bucket.

Sources: Auto-Record to Amazon S3 (the bucket is the account's own, in the channel's region), the
FAQ (no encryption with KMS keys).
"""

from enum import StrEnum

from ivs_simulator.recording.storage import Bucket, Place


class Flaw(StrEnum):
    MISSING = "missing"
    NOT_OWNED = "not_owned"
    OTHER_REGION = "other_region"
    KMS_ENCRYPTED = "kms_encrypted"


def flaw(bucket: Bucket | None, place: Place) -> Flaw | None:
    """The first thing that is wrong with a bucket as the destination of recordings."""
    if bucket is None:
        return Flaw.MISSING
    # Before the region: an account that may not see a bucket does not learn where it is.
    if bucket.owner_account != place.account:
        return Flaw.NOT_OWNED
    if bucket.region != place.region:
        return Flaw.OTHER_REGION
    return Flaw.KMS_ENCRYPTED if bucket.is_kms_encrypted else None
