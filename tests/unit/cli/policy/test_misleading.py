"""What is valid and is not what its author expects is warned of; its neighbour is not."""

import pytest

from streamwarden_cli.documents.suggestion import did_you_mean_zone
from tests.unit.cli.policy.documents import warnings_of

HOURS = '{{id: a, kind: allowed_hours, params: {{zone: "{}", start: "09:00", end: "17:00"}}}}'
WHEN = "{{id: a, kind: takeover, when: \"hour('{}') >= `18`\"}}"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("EST", "the time zone 'EST' has no summer time; write America/New_York"),
        ("GMT", "the time zone 'GMT' has no summer time; write Europe/London, or UTC if "),
        ("Etc/GMT+2", "the sign of 'Etc/GMT+2' is reversed: it is UTC-2, without summer time; "),
        ("Etc/GMT-10", "the sign of 'Etc/GMT-10' is reversed: it is UTC+10, without summer time; "),
    ],
)
@pytest.mark.parametrize(("rule", "key"), [(HOURS, "params"), (WHEN, "when")])
def test_a_zone_without_summer_time_or_with_the_reversed_sign(
    zone: str, expected: str, rule: str, key: str
) -> None:
    (warning,) = warnings_of(rule.format(zone))

    assert warning.partition(f"rules[0].{key}: a: ")[2].startswith(expected)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "CET", "EST5EDT", "Asia/Tokyo", "Etc/GMT"]
)
@pytest.mark.parametrize("rule", [HOURS, WHEN])
def test_a_zone_that_may_be_meant(zone: str, rule: str) -> None:
    assert warnings_of(rule.format(zone)) == []


@pytest.mark.parametrize(
    ("word", "place"),
    [("PST", "America/Los_Angeles"), ("cest", "Europe/Berlin"), ("Berlin", "Europe/Berlin")],
)
def test_no_zone_is_proposed_that_is_hours_away(word: str, place: str) -> None:
    assert did_you_mean_zone(word) == f"; did you mean '{place}'?"
