"""The tables of a report as CSV files, one a table, complete: for spreadsheets and programs."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, assert_never

from streamwarden_cli.report.model import Report
from streamwarden_cli.report.table import Bar, Cell, Note, Table, Word

# What a spreadsheet takes for a formula (OWASP, CSV Injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv_files(report: Report, folder: Path) -> list[Path]:
    """The files that were written, over those of an earlier report. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(table, folder / f"{table.key}.csv") for table in report.tables]


def _write(table: Table, path: Path) -> Path:
    kept = [number for number, each in enumerate(table.columns) if each.key]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([table.columns[number].key for number in kept])
        writer.writerows([_value(row[number]) for number in kept] for row in table.rows)
    return path


def _value(cell: Cell) -> str | int:
    """Moments in ISO 8601, in UTC; spans in whole seconds."""
    match cell:
        case None:
            return ""
        case int():
            return cell
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case timedelta():
            return round(cell.total_seconds())
        case Word() | Note() | Bar():
            return _harmless(cell.text)
        case str():
            return _harmless(cell)
        case _:
            assert_never(cell)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
