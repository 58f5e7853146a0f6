"""What expressions can ask of time."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from jmespath.functions import Functions

from streamwarden.domain.expressions.expressions import compile_condition, compile_expression
from streamwarden.domain.expressions.time_functions import FUNCTIONS, TimeFunctions
from testbed.builders import at, channel_listed, facts_from

NOON = at()  # Saturday, 2026-03-14, 12:00 UTC


def value_of(text: str, document: Any = None, now: datetime = NOON) -> Any:
    return compile_expression(text)(document or {}, now)


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("2026-03-14T12:00:00Z", 0),
        ("2026-03-14T11:59:59.5+00:00", 0.5),
        ("2026-03-14T12:00:00+02:00", 7200),
        ("2026-03-14T11:00:00", 3600),
        ("2026-03-14", 43_200),
        ("20260314T110000Z", 3600),
        ("2026-03-14T12:01:00Z", -60),
        ("0001-01-01T00:00:00+14:00", 63_909_136_800),
        ("9999-12-31T23:59:59-14:00", -251_628_861_599),
        (None, None),
        ("", None),
        ("lately", None),
        ("14.03.2026", None),
        ("2026-02-30", None),
    ],
)
def test_age_is_the_seconds_since_a_moment(moment: str | None, seconds: float | None) -> None:
    assert value_of("age(at)", {"at": moment}) == seconds


@pytest.mark.parametrize(
    ("now", "zone", "hour", "weekday", "date"),
    [
        (at(), "UTC", 12, "sat", "2026-03-14"),
        (at(), "Asia/Kathmandu", 17, "sat", "2026-03-14"),
        (at(hours=11, minutes=59), "UTC", 23, "sat", "2026-03-14"),
        (at(hours=12), "UTC", 0, "sun", "2026-03-15"),
        (at(hours=11), "Europe/Berlin", 0, "sun", "2026-03-15"),
        (at(hours=11), "America/Los_Angeles", 16, "sat", "2026-03-14"),
        # On 2026-03-29 the clocks of Europe go from 02:00 to 03:00.
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "Europe/Berlin", 1, "sun", "2026-03-29"),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), "Europe/Berlin", 3, "sun", "2026-03-29"),
        # Whatever zone the moment is given in.
        (NOON.astimezone(timezone(timedelta(hours=-9))), "UTC", 12, "sat", "2026-03-14"),
    ],
)
def test_clocks_are_read_in_a_zone(
    now: datetime, zone: str, hour: int, weekday: str, date: str
) -> None:
    for document, argument in (({}, f"'{zone}'"), ({"zone": zone}, "zone")):
        output = f"[hour({argument}), weekday({argument}), date({argument})]"
        # The second is left to the library.
        for text in (output, f"[{output}][0]"):
            assert value_of(text, document, now) == [hour, weekday, date]


@pytest.mark.parametrize(
    "zone", [None, "", "Mars", "../UTC", "Europe", "x" * 300, "a\0b", "\ud800"]
)
@pytest.mark.parametrize("function", ["hour", "weekday", "date"])
def test_a_zone_that_turns_out_to_be_none_gives_null(function: str, zone: str | None) -> None:
    assert value_of(f"{function}(zone)", {"zone": zone}) is None


def test_every_function_is_described() -> None:
    own = TimeFunctions.FUNCTION_TABLE.keys() - Functions.FUNCTION_TABLE.keys()

    assert own == FUNCTIONS.keys()
    for name, function in FUNCTIONS.items():
        assert function.signature.startswith(f"{name}(")
        assert function.description.endswith(".")


@pytest.mark.parametrize(
    ("name", "holds_at"),
    [
        ("age", at(24)),
        ("hour", at()),
        ("weekday", at()),
        ("date", datetime(2026, 12, 25, tzinfo=UTC)),
    ],
)
def test_every_example_holds_at_some_time_and_at_another_not(name: str, holds_at: datetime) -> None:
    document = facts_from(channel_listed(at(1))).document
    holds = compile_condition(FUNCTIONS[name].example)

    assert holds(document, holds_at)
    assert not holds(document, at(hours=60))
