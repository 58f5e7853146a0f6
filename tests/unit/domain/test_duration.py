"""Durations as operators write and read them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.duration import EXPECTED, describe_limit, format_duration, parse_duration


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("10m", timedelta(minutes=10)),
        ("4h", timedelta(hours=4)),
        ("30d", timedelta(days=30)),
        ("007d", timedelta(days=7)),
        ("PT4H", timedelta(hours=4)),
        ("P30D", timedelta(days=30)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("PT90S", timedelta(seconds=90)),
    ],
)
def test_a_duration_is_read_in_short_or_iso_form(entry: str, meant: timedelta) -> None:
    assert parse_duration(entry) == meant


@pytest.mark.parametrize(
    "entry",
    ["", "4", "h", "4 h", "4H", "1h30m", "-4h", "4.5h", "4h\n", "P", "PT", "PT4", "pt4h", "P1W"],
)
def test_anything_else_is_refused_saying_what_is_expected(entry: str) -> None:
    with pytest.raises(ValueError, match="expected a duration such as 90s, 10m, 4h") as refused:
        parse_duration(entry)

    assert repr(entry) in str(refused.value)


@pytest.mark.parametrize("entry", ["0s", "0d", "PT0H", "P0DT0S"])
def test_a_duration_is_longer_than_zero(entry: str) -> None:
    with pytest.raises(ValueError, match="longer than zero"):
        parse_duration(entry)


@pytest.mark.parametrize("entry", ["3000000d", "99999999999d", "P99999999999D"])
def test_a_duration_too_long_to_count_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(entry)


@pytest.mark.parametrize(
    ("duration", "output"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=-5), "0s"),
        (timedelta(milliseconds=400), "0s"),
        (timedelta(seconds=12), "12s"),
        (timedelta(seconds=90), "1m 30s"),
        (timedelta(hours=4), "4h"),
        (timedelta(hours=1, minutes=30), "1h 30m"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4), "1d 2h"),
        (timedelta(days=365), "365d"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(duration: timedelta, output: str) -> None:
    assert format_duration(duration) == output


@given(st.integers(min_value=1, max_value=10_000), st.sampled_from("smhd"))
def test_what_is_written_in_one_unit_means_as_much_when_said(count: int, unit: str) -> None:
    duration = parse_duration(f"{count}{unit}")

    assert sum(
        (parse_duration(part) for part in format_duration(duration).split()), timedelta()
    ) <= (duration)


def test_the_expectation_gives_examples_that_are_valid() -> None:
    examples = EXPECTED.removeprefix("a duration such as ").replace(" or ISO 8601 like ", ", ")

    assert all(parse_duration(each) for each in examples.split(", "))


@pytest.mark.parametrize(
    ("lasted", "text"),
    [
        (timedelta(hours=3, minutes=59), "; 4h is allowed"),
        (timedelta(hours=4), ", which is the limit"),
        (timedelta(hours=4, milliseconds=400), ", which is the limit"),
        (timedelta(hours=4, minutes=1), "; 4h is allowed"),
    ],
)
def test_a_limit_that_is_just_reached_is_not_notified_twice(lasted: timedelta, text: str) -> None:
    assert describe_limit(lasted, timedelta(hours=4)) == text
