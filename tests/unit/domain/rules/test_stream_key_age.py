"""How old a stream key may be, and where its age is not known."""

from datetime import timedelta

from streamwarden.domain.rules.keys.stream_key_age import StreamKeyAge
from tests.unit.domain.builders import (
    at,
    channel_listed,
    key_created,
    key_deleted,
    stream_start,
)
from tests.unit.domain.rules.cases import Case, assert_found, breach, each, not_applicable, pending

KEY_30D = StreamKeyAge(limit=timedelta(days=30))

CASES = (
    Case(
        title="nothing is known",
        check=KEY_30D,
        given=(),
        now=at(),
        found=not_applicable("nothing is known of the channel's stream key"),
    ),
    Case(
        title="the channel has no key",
        check=KEY_30D,
        given=(key_created(at()), key_deleted(at(1))),
        now=at(2),
        found=not_applicable("the channel has no stream key"),
    ),
    Case(
        title="a second before the limit",
        check=KEY_30D,
        given=(key_created(at()),),
        now=at(30 * 24, seconds=-1),
        found=pending("the stream key is 29d 23h old; 30d is allowed", at(30 * 24)),
    ),
    Case(
        title="exactly at the limit",
        check=KEY_30D,
        given=(key_created(at()),),
        now=at(30 * 24),
        found=breach("the stream key is 30d old, which is the limit", at(30 * 24)),
    ),
    Case(
        title="unknown counts from first seen",
        check=KEY_30D,
        given=(channel_listed(at()),),
        now=at(30 * 24),
        found=breach("the stream key is 30d old, which is the limit", at(30 * 24)),
    ),
    Case(
        title="a key in use is replaced later",
        check=KEY_30D,
        given=(key_created(at()), stream_start(at(30 * 24))),
        now=at(31 * 24),
        found=breach(
            "the stream key is 31d old; 30d is allowed; it is replaced when the stream has ended",
            at(30 * 24),
        ),
    ),
)


@each(CASES)
def test_stream_key_age_finds(case: Case) -> None:
    assert_found(case)
