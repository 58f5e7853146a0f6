"""The right spelling is named where it is clear, and none where it is not."""

import pytest

from streamwarden.domain.duration import parse_duration
from streamwarden_cli.documents.spellings import (
    spell_duration,
    spell_number,
    spell_share,
    spell_time,
    spell_weekdays,
)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("1h30m", "90m"),
        ("1.5h", "90m"),
        ("PT1.5H", "90m"),
        ("4 h", "4h"),
        ("4H", "4h"),
        ("4 hours", "4h"),
        ("90min", "90m"),
        ("1w", "7d"),
        ("P1W", "7d"),
        ("4_000s", "4000s"),
        ("1:30:00", "90m"),
    ],
)
def test_durations(text: str, spelled: str) -> None:
    assert spell_duration(text) == spelled
    assert parse_duration(spelled)


def test_durations_that_may_mean_several() -> None:
    assert spell_duration("90") == "90s, 90m or 90h"
    assert spell_duration("1:30") == "90m, or 90s for minutes and seconds"


@pytest.mark.parametrize("text", ["four hours", "-1h", "12e3", "٤h", "P1M", "0:00", "", "h"])
def test_durations_that_are_not_clear(text: str) -> None:
    assert spell_duration(text) == ""


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("0.8", "80%"),
        (".8", "80%"),
        ("0.05", "5%"),
        ("80", "80%"),
        ("80 %", "80%"),
        ("80 percent", "80%"),
        ("0", ""),
        ("1.5", ""),
        ("100", ""),
        ("10m", ""),
        ("most", ""),
    ],
)
def test_shares(text: str, spelled: str) -> None:
    assert spell_share(text) == spelled


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("24:00", '"00:00"'),
        ("9:30", '"09:30"'),
        ("9am", '"09:00"'),
        ("12am", '"00:00"'),
        ("5.30 PM", '"17:30"'),
        ("24:30", ""),
        ("25:00", ""),
        ("13pm", ""),
        ("9", ""),
        ("noon", ""),
    ],
)
def test_times_of_day(text: str, spelled: str) -> None:
    assert spell_time(text) == spelled


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("8.5M", "8500000"),
        ("6 Mbps", "6000000"),
        ("1080p", "1080"),
        ("1e3", "1000"),
        ("010", "10"),
        ("0x1F", ""),
        ("many", ""),
        ("1:30", ""),
    ],
)
def test_numbers(text: str, spelled: str) -> None:
    assert spell_number(text) == spelled


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("mon-fri", "mon tue wed thu fri"),
        ("Saturday to Monday", "sat sun mon"),
        ("weekdays", "mon tue wed thu fri"),
        ("Thursday", "thu"),
        ("Mon", "mon"),
        ("month", ""),
        ("fri-day", ""),
    ],
)
def test_weekdays(text: str, spelled: str) -> None:
    assert " ".join(spell_weekdays(text)) == spelled
