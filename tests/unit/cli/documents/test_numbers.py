"""Numbers are decimal or nothing, in every document, whatever YAML 1.1 makes of them."""

from pathlib import Path

import pytest

from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.scenario.reading import read_fleet


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("10", 10), ("-5", -5), ("1_000", 1000), ("0.5", 0.5), ("1.5e+3", 1500.0)],
)
def test_decimal_numbers_are_read(text: str, value: float) -> None:
    source = read_source(f"a: {text}\n", "x.yaml")

    assert source.data == {"a": value}
    assert source.with_numbers(()) == []


@pytest.mark.parametrize("text", ["010", "0x1F", "0b11", "1:30", "-1:30", "1:30.5", ".inf", ".nan"])
def test_other_numbers_are_quoted_as_they_stand(text: str) -> None:
    source = read_source(f"a: [{text}]\n", "x.yaml")

    [problem] = source.with_numbers(())
    assert str(problem).startswith(f"x.yaml:1:5: a[0]: expected a decimal number, found {text}; ")


@pytest.mark.parametrize("text", ["'010'", "08:00", "018", "2026-01-01", "1.2.3.4", "012345678901"])
def test_text_stays_text(text: str) -> None:
    source = read_source(f"a: {text}\n", "x.yaml")

    assert source.data == {"a": text.strip("'")}
    assert source.with_numbers(()) == []


def test_a_time_of_day_is_text_in_a_file_of_times() -> None:
    assert read_source("a: 17:30\n", "x.yaml", clock_times=True).data == {"a": "17:30"}


def test_a_fleet_says_it_too(tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text("channels:\n  - {name: one, tags: {cost: 010}}\n")

    with pytest.raises(DocumentErrors) as raised:
        read_fleet(file)

    assert "cost: expected a decimal number, found 010; write 10, or put" in str(raised.value)
