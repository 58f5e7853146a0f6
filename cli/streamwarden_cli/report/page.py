"""The report as one HTML page: nothing is loaded from anywhere, and no script runs.

Jinja escapes every text. The page has a policy of its own (CSP), by which a browser loads nothing
and uses only this style sheet, so that even a hole here would have no way out.
"""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from streamwarden import __version__
from streamwarden.domain.duration import format_duration
from streamwarden_cli.operate.wording import format_ago, format_moment
from streamwarden_cli.report.model import Report
from streamwarden_cli.report.table import Bar, Note, Table, Word

# What a page has of each table: the CSV files have all.
MOST_ROWS: Final = 100
MOST_TIME_LINES: Final = 25
MOST_STEPS: Final = 30

_FOLDER: Final = Path(__file__).parent
_STYLE: Final = (_FOLDER / "page.css").read_text(encoding="utf-8")
# How wide a bar is drawn, in units of its own.
_BAR_WIDTH: Final = 100


def render_page(report: Report) -> str:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests |= {
        "bar": lambda cell: isinstance(cell, Bar),
        "moment": lambda cell: isinstance(cell, datetime),
        "note": lambda cell: isinstance(cell, Note),
        "span": lambda cell: isinstance(cell, timedelta),
        "word": lambda cell: isinstance(cell, Word),
    }
    environment.filters |= {
        "ago": lambda at: format_ago(at, report.at),
        "drawn": _drawn,
        "iso": lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "moment": format_moment,
        "shown": _shown_columns,
        "span": format_duration,
        "tone": lambda text: text.replace(" ", "-"),
    }
    template = environment.get_template("page.html.jinja")
    return template.render(
        report=report,
        version=__version__,
        style=_STYLE,
        style_hash=b64encode(sha256(_STYLE.encode()).digest()).decode(),
        most_rows=MOST_ROWS,
        most_time_lines=MOST_TIME_LINES,
        most_steps=MOST_STEPS,
    )


def _shown_columns(table: Table) -> list[tuple[int, str, bool]]:
    """Of each column of the page its place in a row, its heading, and whether it has numbers."""
    return [
        (number, column.heading, _has_numbers(table, number))
        for number, column in enumerate(table.columns)
        if column.heading
    ]


def _has_numbers(table: Table, number: int) -> bool:
    cells = [row[number] for row in table.rows[:MOST_ROWS] if row[number] is not None]
    return bool(cells) and isinstance(cells[0], int)


def _drawn(bar: Bar) -> list[tuple[float, float, str]]:
    """Where each slice begins, how wide it is, and its tone."""
    begin, drawn = 0.0, []
    for each in bar.slices:
        width = round(each.count / bar.whole * _BAR_WIDTH, 2) if bar.whole else 0.0
        drawn.append((round(begin, 2), width, each.tone))
        begin += width
    return drawn
