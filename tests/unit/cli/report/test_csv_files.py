"""The CSV files have every row of every table, as values for programs."""

import csv
from pathlib import Path
from typing import Final

import pytest

from streamwarden_cli.report.csv_files import write_csv_files
from streamwarden_cli.report.model import Report
from streamwarden_cli.report.page import MOST_ROWS
from testbed import builders as build
from testbed.builders import at
from tests.unit.cli.report.stacks import ReportedStack, busy_stack, hostile_stack, large_stack

NOW: Final = at(5)


def written(report: Report, folder: Path) -> dict[str, list[dict[str, str]]]:
    files = write_csv_files(report, folder / "tables")
    return {each.stem: [*csv.DictReader(each.read_text().splitlines())] for each in files}


def test_each_table_is_a_file_with_all_of_its_rows(tmp_path: Path) -> None:
    count = 2 * MOST_ROWS
    files = written(large_stack(count).report(NOW), tmp_path)

    assert {len(files[name]) for name in ("live", "incidents", "keys")} == {count}
    assert len(files["incident-steps"]) >= count


def test_moments_are_in_iso_8601_and_spans_in_seconds(tmp_path: Path) -> None:
    files = written(busy_stack().report(NOW), tmp_path)

    assert files["live"][0]["since"] == "2026-03-14T12:00:00Z"
    assert files["live"][0]["lasted_seconds"] == "18000"
    assert files["quotas"][2]["in_use"] == ""


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_text_is_a_formula(sign: str, tmp_path: Path) -> None:
    stack = ReportedStack()
    stack.observe(build.channel_listed(at(), name=f"{sign}1"))

    assert [each["resource"] for each in written(stack.report(NOW), tmp_path)["keys"]] == [
        f"'{sign}1"
    ]


def test_hostile_texts_stay_in_their_cells(tmp_path: Path) -> None:
    report = hostile_stack().report(NOW)
    files = written(report, tmp_path)

    for table in report.tables:
        assert len(files[table.key]) == len(table.rows)
        assert all(None not in row and None not in row.values() for row in files[table.key])


def test_an_earlier_report_is_written_over(tmp_path: Path) -> None:
    written(busy_stack().report(NOW), tmp_path)

    assert written(ReportedStack().report(NOW), tmp_path)["live"] == []
