"""Ends of time, as `--until` of an order takes them."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta

import pytest

from streamwarden_cli.replay.until import Until
from streamwarden_cli.times import read_end, read_moment

TEN: datetime = datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("4h", timedelta(hours=4)),
        ("2026-12-01T10:00", TEN),
        ("2026-12-01T10:00Z", TEN),
        ("2026-12-01T11:00+01:00", TEN),
        ("2026-12-01", TEN.replace(hour=0)),
    ],
)
def test_an_end_is_a_span_or_a_moment_of_utc(text: str, end: Until) -> None:
    assert read_end(text) == end


@pytest.mark.parametrize("text", ["0001-01-01T00:00Z", "9999-12-31T23:59:59Z"])
def test_a_moment_leaves_room_for_what_is_added_to_it(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="in the years from 2015 to 8999"):
        read_moment(text)


@pytest.mark.parametrize("text", ["tomorrow", "", "0001-01-01T00:00+10:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        read_end(text)
