"""A channel may be without a key only while it is replaced."""

from datetime import timedelta

from streamwarden.domain.rules.keys.key_missing import KeyMissing
from testbed.builders import (
    CHANNEL,
    NEW_KEY,
    api_call,
    at,
    channel_created,
    channel_listed,
    key_created,
    key_deleted,
    key_observed,
    rotation_observed,
    session_created,
    session_ended,
    stream_listed,
    stream_start,
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
ANOTHER = compliant("a session began after the stream key was deleted: the channel has another one")
MISSING = breach(
    "without a stream key for 10m, which is the limit; nobody can stream to the channel",
    at(minutes=10),
)
ROTATING = "; a rotation by Streamwarden began at 2026-03-14 11:59:59 UTC and has not finished"

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
        found=MISSING,
    ),
    Case(
        title="while Streamwarden replaces it",
        check=CHECK,
        given=(rotation_observed(at(seconds=-1), is_finished=False), key_deleted(at())),
        now=at(minutes=1),
        found=pending(f"without a stream key for 1m of 10m allowed{ROTATING}", at(minutes=10)),
    ),
    Case(
        title="a replacement by Streamwarden that lasts",
        check=CHECK,
        given=(rotation_observed(at(seconds=-1), is_finished=False), key_deleted(at())),
        now=at(minutes=10),
        found=breach(
            f"without a stream key for 10m, which is the limit{ROTATING}; "
            "nobody can stream to the channel",
            at(minutes=10),
        ),
    ),
    Case(
        title="deleted after a rotation has finished",
        check=CHECK,
        given=(
            rotation_observed(at(-2), is_finished=False),
            rotation_observed(at(-1), is_finished=True),
            key_deleted(at()),
        ),
        now=at(minutes=10),
        found=MISSING,
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
    Case(
        title="a session that began minutes later, with a key nobody told of",
        check=CHECK,
        given=(key_deleted(at()), stream_start(at(minutes=5, seconds=1))),
        now=at(2),
        found=ANOTHER,
    ),
    Case(
        title="such a session that was only created",
        check=CHECK,
        given=(key_deleted(at()), session_created(at(1)), session_ended(at(1, 1))),
        now=at(2),
        found=ANOTHER,
    ),
    Case(
        title="such a session that was only listed",
        check=CHECK,
        given=(key_deleted(at()), stream_listed(at(1), start_time=at(minutes=30))),
        now=at(2),
        found=ANOTHER,
    ),
    Case(
        title="a session that began as the key was deleted, and goes on",
        check=CHECK,
        given=(
            key_deleted(at()),
            stream_start(at(minutes=5)),
            stream_listed(at(1), start_time=at(minutes=5)),
        ),
        now=at(minutes=10),
        found=MISSING,
    ),
    Case(
        title="the key deleted again after a session began",
        check=CHECK,
        given=(key_deleted(at(-2)), stream_start(at(-1)), key_deleted(at())),
        now=at(minutes=10),
        found=MISSING,
    ),
)


@each(CASES)
def test_key_missing_finds(case: Case) -> None:
    assert_found(case)
