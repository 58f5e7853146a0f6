"""What a first look finds of what may be older is marked, and nothing else is."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from streamwarden.domain.inputs import Input, Recheck, ResourceListed
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.baseline import with_baseline
from streamwarden.domain.verdicts import NotificationStatus
from testbed.builders import CHANNEL, at, stream_start
from testbed.notified_world import news

LISTED = ResourceListed(resource_arn=CHANNEL, time=at(), settings={}, tags={})
RECHECK = Recheck(resource_arn=CHANNEL, time=at())


@pytest.mark.parametrize(
    ("inputs", "is_first_decision", "is_marked"),
    [
        ([LISTED], True, True),
        ([RECHECK], True, True),
        ([RECHECK], False, False),
        ([LISTED, stream_start(at())], True, False),
    ],
)
def test_only_a_first_look_makes_a_baseline(
    inputs: list[Input], is_first_decision: bool, is_marked: bool
) -> None:
    (marked,) = with_baseline([news(1)], inputs, {}, is_first_decision=is_first_decision)

    assert marked == replace(news(1), is_baseline=is_marked)


@pytest.mark.parametrize(
    ("given", "began", "is_marked"),
    [(RECHECK, at(-1), True), (RECHECK, at(), False), (LISTED, at(), True)],
)
def test_what_begins_when_its_timer_fires_is_no_baseline(
    given: Input, began: datetime, is_marked: bool
) -> None:
    """What a listing shows is known since the listing, however old it is."""
    rule_id = news(1).rule_id

    (marked,) = with_baseline([news(1)], [given], {rule_id: began}, is_first_decision=True)

    assert marked.is_baseline == is_marked


@pytest.mark.parametrize(
    "given", [news(1, severity=Severity.CRITICAL), news(1, NotificationStatus.RESOLVED)]
)
def test_what_is_critical_or_over_waits_for_no_digest(given: object) -> None:
    assert with_baseline([given], [RECHECK], {}, is_first_decision=True) == (given,)  # type: ignore[list-item]
