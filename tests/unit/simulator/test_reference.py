"""The reference in docs/simulator.md is the one that would be written now."""

from pathlib import Path

import pytest

from ivs_simulator import reference
from ivs_simulator.operations.table import OPERATIONS
from ivs_simulator.state.options import Latencies, Quotas

PAGE = reference.PAGE.read_text()


def rows(text: str, first: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"| `{first}")]


def test_the_page_is_not_stale() -> None:
    assert reference.with_reference(PAGE) == PAGE, "run `python -m ivs_simulator.reference`"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_a_row(operation: str) -> None:
    (row,) = rows(PAGE, f"{operation}`")

    assert row.count("|") == 8


def test_rows_say_what_a_caller_has_to_know() -> None:
    (insert,) = rows(reference.rendered(), "InsertAdBreak")

    assert "`channelArn` `durationSeconds`" in insert
    assert "`ChannelNotBroadcasting` 404, `ConflictException` 409" in insert
    assert "| 1 | `channel` of `channelArn` |" in insert


@pytest.mark.parametrize(
    "switch",
    [
        *(f"latencies.{name}" for name in Latencies.__dataclass_fields__),
        *(f"quotas.{name}" for name in Quotas.__dataclass_fields__),
        "deleted_key_ends_stream",
    ],
)
def test_every_switch_has_a_row(switch: str) -> None:
    assert len(rows(reference.rendered(), f"{switch}`")) == 1


def test_a_switch_is_listed_with_both_values_and_its_comment() -> None:
    (row,) = rows(reference.rendered(), "latencies.view_gone")

    assert "| 0 s | 60 s | When the viewer count shows a view" in row


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "simulator.md"
    monkeypatch.setattr(reference, "PAGE", made)
    made.write_text(f"before\n{reference.BEGIN}\nold\n{reference.END}\nafter\n")
    return made


def test_checking_changes_nothing_and_fails_when_stale(page: Path) -> None:
    stale = page.read_text()

    with pytest.raises(SystemExit, match="stale"):
        reference.main(["--check"])

    assert page.read_text() == stale


def test_writing_keeps_what_is_written_by_hand(page: Path) -> None:
    reference.main([])

    given = page.read_text()
    assert given.startswith("before\n")
    assert given.endswith("\nafter\n")
    assert "old" not in given.splitlines()
    reference.main(["--check"])


def test_a_page_without_markers_is_left_alone(page: Path) -> None:
    page.write_text("nothing here")

    with pytest.raises(ValueError, match="markers"):
        reference.main([])

    assert page.read_text() == "nothing here"
