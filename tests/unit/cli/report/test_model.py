"""A report says what the views of the command say, of the whole stack at once."""

from datetime import timedelta
from typing import Any, Final

import pytest

from streamwarden.domain.inputs import ResourceNotListed
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.report.model import Report, report_of
from streamwarden_cli.report.table import Bar, Note, Table, Word
from testbed.builders import at
from tests.unit.cli.report.stacks import ReportedStack, busy_stack, channel

NOW: Final = at(5)


@pytest.fixture(scope="module")
def report() -> Report:
    return busy_stack().report(NOW)


def rows(report: Report, key: str) -> list[dict[str, Any]]:
    """The rows of a table, by the names of its CSV file."""
    return [
        {
            column.key: cell.text if isinstance(cell, Word | Note | Bar) else cell
            for column, cell in zip(table_of(report, key).columns, row, strict=True)
            if column.key
        }
        for row in table_of(report, key).rows
    ]


def table_of(report: Report, key: str) -> Table:
    (found,) = [each for each in report.tables if each.key == key]
    return found


def test_posture_counts_what_exists_by_rule_and_verdict(report: Report) -> None:
    counts = {
        each["rule"]: tuple(each[name] for name in ("compliant", "breach", "pending", "exempt"))
        for each in rows(report, "posture-by-rule")
    }

    assert counts == {
        "quotas": (0, 1, 0, 0),
        "no-marathons": (0, 1, 1, 1),
        "fresh-keys": (0, 3, 3, 0),
        "owned": (5, 1, 0, 0),
        "old-pairs": (0, 1, 0, 0),
    }


def test_the_rules_of_an_owner_are_counted_together(report: Report) -> None:
    owners = {each["owner"]: each for each in rows(report, "posture-by-owner")}

    assert [*owners] == ["nobody is named", "platform", "video"]
    assert (owners["nobody is named"]["rules"], owners["nobody is named"]["breach"]) == (3, 5)


def test_what_a_bar_shows_stands_in_words_beside_it(report: Report) -> None:
    bars = {row[0]: row[-2] for row in table_of(report, "posture-by-rule").rows}
    (bar,) = [
        bar for rule, bar in bars.items() if isinstance(rule, Note) and rule.text == "no-marathons"
    ]

    assert isinstance(bar, Bar)
    assert bar.text == "of 3: 1 breach, 1 pending, 1 exempt"


def test_live_streams_come_with_the_rules_that_are_open_on_them(report: Report) -> None:
    live = rows(report, "live")

    assert [(each["channel"], each["lasted_seconds"], each["open"]) for each in live] == [
        ("late-night", timedelta(hours=5), "no-marathons"),
        ("long-run", timedelta(hours=4), ""),
        ("arena", timedelta(hours=2), "fresh-keys"),
    ]


def test_an_incident_has_what_was_done_and_a_time_line(report: Report) -> None:
    incidents = {each["rule"]: each for each in rows(report, "incidents")}
    (line,) = [
        line
        for part in report.parts
        for line in part.time_lines
        if line.title == "no-marathons on late-night"
    ]

    assert [*incidents] == ["quotas", "no-marathons", "fresh-keys"]
    assert incidents["no-marathons"]["done"].endswith("stopped stream st-late-night")
    assert [(each.at, each.what) for each in line.steps] == [
        (at(4), "opened"),
        (at(4), "requested"),
        (at(4, 1), "finished"),
    ]


def test_what_is_only_observed_is_no_incident() -> None:
    stack = ReportedStack(max_mode=Mode.OBSERVE)
    stack.list("studio")

    report = stack.report(at(1))

    assert rows(report, "incidents") == []
    assert [(each["rule"], each["would_do"]) for each in rows(report, "review")] == [
        ("owned", "tag 1")
    ]


def test_a_stop_says_why_it_was_asked_for_and_what_came_of_it(report: Report) -> None:
    quarantine, stop = rows(report, "stops")

    assert stop["reason"] == "on the air for 4h, which is the limit"
    assert stop["answer"] == "stopped stream st-late-night"
    assert (quarantine["action"], quarantine["reason"]) == ("quarantine", "its key is on a forum")


def test_stops_of_before_are_left_out_of_the_list() -> None:
    inventory = busy_stack().inventory(NOW, since=timedelta(minutes=58, seconds=30))

    assert [each["channel"] for each in rows(report_of(inventory), "stops")] == ["leaked"]


def test_who_is_in_quarantine_is_listed_with_order_and_reason(report: Report) -> None:
    (quarantined,) = rows(report, "quarantines")

    assert quarantined["channel"] == "leaked"
    assert quarantined["ordered_by"] == "user/ann (AIDAANN)"
    assert quarantined["until"] == "it is released"


def test_keys_are_listed_from_the_oldest_on_with_what_a_rule_says(report: Report) -> None:
    keys = rows(report, "keys")

    assert [each["resource"] for each in keys[:2]] == ["signing", "arena"]
    assert (keys[0]["key"], keys[0]["rule"]) == ("playback key pair", "old-pairs: breach")
    assert (keys[1]["age_seconds"], keys[1]["rule"]) == (NOW - at(-24 * 45), "fresh-keys: breach")
    assert {each["is_at_least"] for each in keys} == {"yes"}


@pytest.mark.parametrize(
    ("days", "age"),
    [(29, "under 30 days"), (30, "30 to 90 days"), (365, "365 days and more")],
)
def test_keys_are_counted_by_age(days: int, age: str) -> None:
    stack = ReportedStack()
    stack.list("studio")

    ages = rows(stack.report(at(24 * days)), "keys-by-age")

    assert [each["age"] for each in ages if each["stream_keys"]] == [age]


def test_an_exemption_says_when_it_ends_and_who_gave_it(report: Report) -> None:
    (exemption,) = rows(report, "exemptions")

    assert (exemption["about"], exemption["until"]) == ("long-run", at(40))
    assert exemption["left_seconds"] == timedelta(hours=35)
    assert (exemption["by"], exemption["reason"]) == ("user/ann (AIDAANN)", "a telethon")


def test_an_exemption_that_is_over_is_not_listed() -> None:
    assert rows(busy_stack().report(at(40)), "exemptions") == []


def test_protections_are_listed_with_author_reason_and_end(report: Report) -> None:
    (protected,) = rows(report, "protections")

    assert (protected["channel"], protected["until"]) == ("pool", at(30))
    assert (protected["by"], protected["reason"]) == ("user/ann (AIDAANN)", "the finals")
    assert rows(busy_stack().report(at(40)), "protections") == []


def test_quotas_are_those_that_a_rule_knows_or_the_defaults(report: Report) -> None:
    quotas = {each["quota"]: each for each in rows(report, "quotas")}

    assert [quotas["concurrent streams"][name] for name in ("in_use", "allowed", "headroom")] == [
        9,
        10,
        1,
    ]
    assert quotas["concurrent streams"]["allowed_by"] == "rule quotas"
    assert quotas["playback key pairs"]["allowed"] == 3
    assert quotas["recording configurations"]["in_use"] is None


def test_without_a_rule_the_index_counts_channels_and_streams() -> None:
    stack = ReportedStack(rules=())
    stack.go_live(stack.list("studio"), at())
    stack.list("idle")

    quotas = {each["quota"]: each["in_use"] for each in rows(stack.report(at(1)), "quotas")}

    assert quotas == {
        "channels": 2,
        "concurrent streams": 1,
        "concurrent views": None,
        "recording configurations": None,
        "playback key pairs": None,
        "playback restriction policies": None,
    }


def test_what_is_broken_says_what_would_be_done(report: Report) -> None:
    review = {each["rule"]: each for each in rows(report, "review")}
    posture = {each["rule"]: each["breach"] for each in rows(report, "posture-by-rule")}

    assert {rule: each["in_breach"] for rule, each in review.items()} == posture
    assert review["fresh-keys"]["would_do"] == "rotate_key 3"


@pytest.mark.parametrize("table", ["posture-by-rule", "review"])
def test_the_mode_of_a_rule_is_how_far_it_goes_in_this_stack(table: str) -> None:
    stack = ReportedStack(max_mode=Mode.NOTIFY)
    stack.go_live(stack.list("studio"), at())

    modes = {each["rule"]: each["mode"] for each in rows(stack.report(at(5)), table)}

    assert (modes["no-marathons"], modes["owned"]) == ("notify", "observe")


def test_what_holds_actions_back_and_what_is_dead_is_urgent(report: Report) -> None:
    urgent = {each.name: each.text for each in report.facts if each.is_urgent}

    assert urgent["pause"].startswith("actions are paused: the finals")
    assert urgent["dead letters"] == "2"


def test_a_channel_that_is_gone_is_in_no_count() -> None:
    stack = ReportedStack()
    stack.list("studio")
    stack.observe(ResourceNotListed(resource_arn=channel("studio"), time=at(1)))

    assert rows(stack.report(at(2)), "keys") == []
    assert all(each["breach"] == 0 for each in rows(stack.report(at(2)), "posture-by-rule"))
