"""The grounds of a decision in words."""

import pytest

from streamwarden.domain.ledger.entry import Grounds
from streamwarden_cli.operate.grounds import grounds_lines


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("PT4H", "4h"),
        ("2026-03-14T12:00:00Z", "2026-03-14 12:00:00"),
        # What tags say: a priority, a span that is over, no day of the calendar.
        ("P1", "'P1'"),
        ("-PT4H", "'-PT4H'"),
        ("PT99999999999999H", "'PT99999999999999H'"),
        ("2026-99-99T12:00:00Z", "'2026-99-99T12:00:00Z'"),
    ],
)
def test_a_text_is_a_moment_or_a_duration_only_where_it_is_one(value: str, words: str) -> None:
    (line,) = grounds_lines(Grounds(conditions={"channel.tags.priority": value}))

    assert line == f"conditions read: channel.tags.priority {words}"
