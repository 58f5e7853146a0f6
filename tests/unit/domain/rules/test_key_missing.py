"""A channel may be without a key only while it is replaced."""

from datetime import timedelta

from streamwarden.domain.rules.keys.key_missing import KeyMissing
from tests.unit.domain.builders import (
    CHANNEL,
    NEW_KEY,
    api_call,
    at,
    channel_created,
    channel_listed,
    key_created,
    key_deleted,
    key_observed,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
    pending,
)

CHECK = KeyMissing()
UNKNOWN = not_applicable("nothing is known of the channel's stream key")
HAS_KEY = compliant("the channel has a stream key")

CASES = (
    Case(title="nothing is known", check=CHECK, now=at(), found=UNKNOWN),
    Case(
        title="a channel that was only listed",
        check=CHECK,
        given=(channel_listed(at()),),
        now=at(1),
        found=UNKNOWN,
    ),
    Case(
        title="a channel with its first key",
        check=CHECK,
        given=(channel_created(at()),),
        now=at(1),
        found=HAS_KEY,
    ),
    Case(
        title="just deleted",
        check=CHECK,
        given=(channel_created(at()), key_deleted(at(1))),
        now=at(1),
        found=pending("without a stream key for 0s of 10m allowed", at(1, minutes=10)),
    ),
    Case(
        title="a second before the limit",
        check=CHECK,
        given=(key_deleted(at()),),
        now=at(minutes=10, seconds=-1),
        found=pending("without a stream key for 9m 59s of 10m allowed", at(minutes=10)),
    ),
    Case(
        title="exactly at the limit",
        check=CHECK,
        given=(key_deleted(at()),),
        now=at(minutes=10),
        found=breach(
            "without a stream key for 10m; 10m is allowed; nobody can stream to the channel",
            at(minutes=10),
        ),
    ),
    Case(
        title="another limit",
        check=KeyMissing(limit=timedelta(hours=1)),
        given=(key_deleted(at()),),
        now=at(2),
        found=breach(
            "without a stream key for 2h; 1h is allowed; nobody can stream to the channel", at(1)
        ),
    ),
    Case(
        title="replaced",
        check=CHECK,
        given=(key_deleted(at()), key_created(at(1), key_arn=NEW_KEY)),
        now=at(2),
        found=HAS_KEY,
    ),
    Case(
        title="replaced within the second of its deletion",
        check=CHECK,
        given=(key_deleted(at()), key_created(at(), key_arn=NEW_KEY)),
        now=at(2),
        found=HAS_KEY,
    ),
    Case(
        title="replaced by a key that the record does not name",
        check=CHECK,
        given=(key_deleted(at()), api_call("CreateStreamKey", at(1), {"channelArn": CHANNEL})),
        now=at(2),
        found=HAS_KEY,
    ),
    Case(
        title="replaced by Streamwarden",
        check=CHECK,
        given=(key_deleted(at()), key_observed(at(1), NEW_KEY, at(1))),
        now=at(2),
        found=HAS_KEY,
    ),
)


@each(CASES)
def test_key_missing_finds(case: Case) -> None:
    assert_found(case)
