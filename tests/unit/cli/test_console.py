"""What people see on a terminal, and what stands in a file instead: the same words, and no more."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta

import pytest
from rich.text import Text

from streamwarden.domain.redaction import REDACTED
from streamwarden_cli.console import (
    COLUMNS,
    Cell,
    Columns,
    Terminal,
    aligned,
    counted,
    passing,
    print_line,
    print_table,
    timed,
)
from streamwarden_cli.output import without_keys
from testbed.key_wrappings import KEY, holds_secret

FROM_PEOPLE = "[bold]loud[/bold] :smile: {x} 'quoted' 12.5 \N{SNOWMAN}"
LONG = "word " * 100 + "end"
LOADED = """
import contextlib, sys
from streamwarden_cli.main import main
with contextlib.suppress(SystemExit):
    main(sys.argv[1:])
libraries = {"argcomplete", "rich", "pydantic", "yaml", "boto3", "botocore", "jwt"}
print(*sorted(libraries & sys.modules.keys()), file=sys.stderr)
"""


class Screen(io.StringIO):
    """A terminal that remembers all that was written to it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small terminal, and whatever may talk a program into treating a file as one."""
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "40", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)


def shown(show: Callable[[], object], on: io.StringIO) -> str:
    """What stands there afterwards."""
    with redirect_stdout(on):
        show()
    return on.getvalue()


def test_elsewhere_than_on_a_terminal_there_is_plain_text_of_any_length() -> None:
    def show() -> None:
        Columns(4, 6, indent=2).print(("ok", "green"), "longer than six", LONG)
        print_line((LONG, "bold"))

    assert shown(show, io.StringIO()) == f"  ok    longe…  {LONG}\n{LONG}\n"


def test_on_a_terminal_there_is_colour_and_a_line_goes_on_below_itself() -> None:
    message = shown(lambda: Columns(4).print(("ok", "green"), f"{'word ' * 8}end"), Screen())

    assert message == f"\x1b[32mok  \x1b[0m  {'word ' * 6}word\n      word end\n"


def test_a_line_goes_on_below_itself_in_whole_words() -> None:
    message = shown(lambda: print_line(f"  {'word ' * 8}{'i' * 39} end"), Screen())

    assert message.splitlines() == [f"  {'word ' * 6}word", "  word", f" {'i' * 39}", "  end"]


def test_what_has_little_room_beside_the_other_columns_stands_below_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    sentence = "on the air for 4h, which is the limit; still open"

    def show() -> None:
        columns = Columns(8, 16, 18)
        columns.print("12:00:00", "harbour-cam", "no-marathons-today", sentence)
        columns.print("", "", "", "runbook: https://wiki.example.com/marathons")
        columns.print("12:00:01", "arena", "tls", "x")

    assert shown(show, Screen()).splitlines() == [
        "12:00:00  harbour-cam     no-marathons-…",
        "    on the air for 4h, which is the",
        "    limit; still open",
        "    runbook:",
        "    https://wiki.example.com/marathons",
        "12:00:01  arena           tls",
        "    x",
    ]


@pytest.mark.parametrize("kind", [Screen, io.StringIO])
def test_columns_may_have_a_width_everywhere(kind: type[io.StringIO]) -> None:
    message = shown(lambda: Columns(4, most=30).print("ok", "word " * 5 + "end"), kind())

    assert message.splitlines() == ["ok    word word word word word", "      end"]


def test_there_is_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert shown(lambda: print_line(("text", "bold red")), Screen()) == "text\n"


@pytest.mark.parametrize("kind", [Screen, io.StringIO])
def test_what_people_wrote_is_shown_as_they_wrote_it(
    kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert shown(lambda: print_line(FROM_PEOPLE), kind()).split() == FROM_PEOPLE.split()

    message = shown(lambda: Columns(60).print(FROM_PEOPLE, FROM_PEOPLE), kind())
    assert message == f"{FROM_PEOPLE:60}  {FROM_PEOPLE}\n"


@pytest.mark.parametrize("kind", [Screen, io.StringIO])
def test_no_control_sequence_passes(kind: type[io.StringIO]) -> None:
    message = shown(lambda: print_line("red \x1b[31m\nnext\ttab"), kind())

    assert message == "red \\x1b[31m\\nnext\\ttab\n"


def test_columns_are_as_wide_as_a_terminal_shows_their_texts() -> None:
    rows = [("name", "a", "x"), ("\u65e5\u672c", "bcd", "yy")]

    assert list(aligned(rows, indent=1)) == [" name  a    x", " \u65e5\u672c  bcd  yy"]
    assert list(aligned([])) == []


ROWS: list[tuple[Cell, ...]] = [
    (("high", "red"), "arena", "on the air for 5h; 4h is allowed, and no more"),
    ("low", "b", "x"),
]


def test_a_table_in_a_file_has_whole_lines_of_plain_text() -> None:
    shown_in_file = shown(lambda: print_table(ROWS, ("how", "who", "why")), io.StringIO())

    assert shown_in_file.splitlines() == [
        "  how   who    why",
        "  high  arena  on the air for 5h; 4h is allowed, and no more",
        "  low   b      x",
    ]


def test_a_table_fits_a_terminal_and_its_last_column_goes_on_below_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert shown(lambda: print_table(ROWS), Screen()).splitlines() == [
        "  high  arena  on the air for 5h; 4h is",
        "               allowed, and no more",
        "  low   b      x",
    ]


@pytest.mark.parametrize(("asked", "lines"), [("30", 4), ("", 2), ("wide", 2)])
def test_a_file_has_lines_of_the_width_that_is_asked_for(
    asked: str, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COLUMNS, asked)

    message = shown(lambda: print_table(ROWS), io.StringIO()).splitlines()

    assert len(message) == lines
    assert (max(map(len, message)) <= 30) is (asked == "30")


def test_what_is_wider_than_a_terminal_is_cut_before_the_last_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    rows = [("a-channel-with-a-long-name-indeed-1", "some words about it")]

    assert shown(lambda: print_table(rows), Screen()) == (
        "  a-channel-with-a…  some words about it\n"
    )


def test_what_is_counted_passes_as_it_is() -> None:
    assert list(counted(iter("abc"), "letters")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("screen", "said"), [(Screen(), "1,000 looks"), (io.StringIO(), "")], ids=["terminal", "file"]
)
def test_a_long_run_says_on_a_terminal_how_far_it_is(
    screen: io.StringIO, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", screen)

    with passing(timedelta(hours=2)) as passed:
        for _ in range(1_000):
            passed(timedelta(hours=1))

    assert said in screen.getvalue()
    assert ("50%" in screen.getvalue()) is bool(said)


def test_a_short_run_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", screen := Screen())

    with passing(timedelta(hours=2)) as passed:
        passed(timedelta(hours=1))

    assert screen.getvalue() == ""


@pytest.mark.parametrize(
    "show",
    [
        lambda: print_table([(KEY, "a"), ("b", KEY)], (KEY, "c")),
        lambda: print_line((f"the key {KEY} and more", "bold red on blue")),
        lambda: Columns(len(KEY) - 3).print((KEY, "red"), f"{'x' * 30} {KEY}"),
        lambda: sys.stdout.writelines(aligned([(KEY, KEY), ("a", "b")])),
        # Past what this module does to a text, the way out still finds it.
        lambda: Terminal().print(Text(f"{'x ' * 15}{KEY}", "bold"), width=20),
        lambda: Terminal().print(Text.assemble("a ", (KEY, "bold red"), " b")),
    ],
    ids=["table", "styled", "cut", "aligned", "wider than the terminal", "styled by rich alone"],
)
@pytest.mark.parametrize("kind", [Screen, io.StringIO])
def test_a_key_that_rich_lays_out_is_taken_out(
    kind: type[io.StringIO], show: Callable[[], object]
) -> None:
    def show_without_keys() -> None:
        with without_keys():
            show()

    message = shown(show_without_keys, kind())

    assert REDACTED in message
    assert not holds_secret(message)
    assert KEY[:12] not in message


def test_progress_is_one_line_in_a_file() -> None:
    file = io.StringIO()
    with redirect_stdout(file), timed("building"):
        assert file.getvalue() == "building …\n"

    assert file.getvalue() == "building …\n"


def test_progress_says_on_a_terminal_how_long_it_took() -> None:
    screen = Screen()
    with redirect_stdout(screen), without_keys(), timed("building"):
        pass

    assert re.search(r"building … \d+\.\d s\n$", screen.getvalue())


def test_a_reader_that_goes_away_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> int:
        raise BrokenPipeError

    screen = Screen()
    monkeypatch.setattr(screen, "write", fail)

    with redirect_stdout(screen), pytest.raises(BrokenPipeError):
        print_line("text")


@pytest.mark.parametrize(
    ("words", "libraries"),
    [
        ("--version", ""),
        ("--help", ""),
        ("policy --help", ""),
        ("policy check --help", "pydantic yaml"),
    ],
)
def test_a_command_loads_the_libraries_that_it_uses_and_no_other(
    words: str, libraries: str
) -> None:
    command = [sys.executable, "-c", LOADED, *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # ours

    assert done.stdout
    assert done.stderr.strip() == libraries
