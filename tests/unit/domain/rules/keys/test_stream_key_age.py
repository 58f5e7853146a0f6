"""How old a stream key may be, and where its age is not known."""

from copy import replace
from datetime import timedelta

import pytest

from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.keys.stream_key_age import StreamKeyAge
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Status
from testbed.builders import (
    at,
    channel_listed,
    key_created,
    key_deleted,
    rotation_observed,
    state_from,
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
        title="a rotation is half-way",
        check=KEY_30D,
        given=(
            key_created(at()),
            rotation_observed(at(1), is_finished=False),
            key_deleted(at(1, seconds=1)),
        ),
        now=at(2),
        found=not_applicable("the old stream key is deleted; the rotation makes the new one"),
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


def due_days_of(channels: int, spread: timedelta) -> list[int]:
    """On which day of its life the key of each channel is due."""
    check, state = replace(KEY_30D, spread=spread), state_from(key_created(at()))
    found = []
    for number in range(channels):
        facts = Facts(replace(state, arn=f"{state.arn}{number}"))
        found.append(
            next(
                day for day in range(32) if check.judge(facts, at(24 * day)).status is Status.BREACH
            )
        )
    return found


def test_keys_that_were_created_together_are_due_on_one_day() -> None:
    assert set(due_days_of(10, timedelta(0))) == {30}


def test_keys_that_are_spread_are_due_on_many_days_and_never_after_their_limit() -> None:
    due = due_days_of(1_000, timedelta(days=10))

    assert set(due) == set(range(21, 31))
    assert all(70 < due.count(day) < 130 for day in set(due))


def test_a_channel_is_told_how_much_earlier_its_key_is_due() -> None:
    facts = Facts(state_from(key_created(at())))

    finding = replace(KEY_30D, spread=timedelta(days=10)).judge(facts, at(1))

    assert finding.recheck_at is not None
    earlier = format_duration(at(30 * 24) - finding.recheck_at)
    assert finding.reason.endswith(f"; 30d is allowed, and {earlier} less on this channel")


def test_a_spread_as_long_as_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="`spread`: expected a duration shorter than `limit`"):
        replace(KEY_30D, spread=timedelta(days=30))
