"""`streamwarden why` decides again, and says how rules stood from what was decided by then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from streamwarden.domain.ledger.entry import Grounds
from streamwarden.domain.verdicts import Mode, Status
from streamwarden_cli.operate.record_history import HistoryItem, What, record_history
from streamwarden_cli.operate.why import (
    done_section,
    first_decision,
    stands_at,
    stands_section,
    verdicts_of,
)
from testbed import builders as build
from testbed.builders import at
from tests.unit.cli.operate.records import RULES, recheck, record_after

LIVE = (
    build.channel_listed(at(), name="studio", tags={"team": "news"}),
    build.stream_start(at()),
)
HISTORY = [
    HistoryItem(at=at(1), what=What.OPENED, text="opened", rule_id="no-marathons"),
    HistoryItem(at=at(1), what=What.REQUESTED, text="stop requested", rule_id="no-marathons"),
    HistoryItem(at=at(2), what=What.FINISHED, text="stop done", rule_id="no-marathons"),
    HistoryItem(at=at(3), what=What.RESOLVED, text="resolved", rule_id="no-marathons"),
    HistoryItem(at=at(1), what=What.SESSION, text="on the air"),
]


def test_verdicts_are_those_of_now_whatever_the_record_was_decided_under() -> None:
    record = record_after(*LIVE)

    verdicts = verdicts_of(record, build.policy_of(*RULES), at(5), Mode.ENFORCE)

    assert [(each.status, each.rule_id) for each in verdicts] == [
        (Status.BREACH, "no-marathons"),
        (Status.PENDING, "fresh-keys"),
        (Status.COMPLIANT, "owned"),
    ]


def test_what_was_done_is_what_was_decided_and_not_what_happened_beside() -> None:
    done = done_section(record_history(record_after(*LIVE, recheck(4))))

    assert [(each["what"], each["text"]) for each in done.values] == [
        ("opened", "breach opened, high"),
        ("requested", "stop requested"),
    ]


def test_what_was_done_says_the_facts_that_it_rests_on_once() -> None:
    opened, requested, *_ = HISTORY
    grounds = Grounds(facts={"lasted": "PT14400S"}, parameters={"limit": "PT4H"})
    pair = [replace(each, grounds=grounds) for each in (opened, requested)]

    done = done_section(pair)

    assert [row[-1] for row in done.rows] == ["opened (facts: lasted 4h)", "stop requested"]
    assert [each["grounds"]["parameters"] for each in done.values] == [{"limit": "PT4H"}] * 2


def test_a_day_that_all_of_it_shares_is_said_once() -> None:
    first = HISTORY[0]

    one_day = done_section([first])
    two_days = done_section([first, replace(first, at=first.at + timedelta(days=1))])

    day, time = f"{first.at:%Y-%m-%d}", f"{first.at:%H:%M:%S}"
    assert (day in one_day.title, [row[0] for row in one_day.rows]) == (True, [time])
    assert (day in two_days.title, two_days.rows[0][0]) == (False, f"{day} {time}")


def test_a_rule_that_all_of_it_shares_is_said_once() -> None:
    one_rule, two_rules = (
        done_section(HISTORY),
        done_section([*HISTORY, replace(HISTORY[0], rule_id="owned")]),
    )

    assert "for no-marathons on" in one_rule.title
    assert "rule" not in one_rule.headings
    assert "no-marathons" not in {cell for row in one_rule.rows for cell in row}
    assert "no-marathons" not in two_rules.title
    assert {row[two_rules.headings.index("rule")] for row in two_rules.rows} == {
        "no-marathons",
        "owned",
    }


@pytest.mark.parametrize(
    ("hours", "stood"),
    [
        (0.5, []),
        (1, [("no-marathons", True, "stop requested")]),
        (2.5, [("no-marathons", True, "stop done")]),
        (3, [("no-marathons", False, "resolved")]),
    ],
)
def test_a_rule_stood_as_it_was_last_decided(
    hours: float, stood: list[tuple[str, bool, str]]
) -> None:
    stands = stands_at(HISTORY, at(hours))
    section = stands_section(stands, at(hours), "the ledger", first_decision(HISTORY))

    assert [
        (each["rule"], each["in_breach"], each["last"]["text"]) for each in section.values
    ] == stood
    assert section.empty.endswith("by then; the first decision is of 2026-03-14 13:00:00 UTC")
