"""A template is filled value by value: it stays JSON whatever a value holds."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from streamwarden.adapters.webhook_templates import (
    PLACEHOLDERS,
    filled,
    filled_path,
    in_words,
    unknown_placeholders,
    values_of,
)
from tests.unit.adapters.posting import message


def values(**changes: Any) -> dict[str, Any]:
    return {**values_of(message()), **changes}


def test_every_placeholder_has_a_value_and_a_meaning() -> None:
    assert values().keys() == PLACEHOLDERS.keys()


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{severity}", "high"),
        ("[{severity}] {title}", "[high] Studio Zwölf: no-marathons breach"),
        ("{title:6}", "Studi…"),
        ("{title:999}", "Studio Zwölf: no-marathons breach"),
        ("{tags}", {"team": "sports"}),
        ("tags {tags}", 'tags {"team":"sports"}'),
        ({"a": ["{rule}", 1, None, True]}, {"a": ["no-marathons", 1, None, True]}),
        ("{ severity } {} {", "{ severity } {} {"),
        ({"{severity}": "x"}, {"{severity}": "x"}),
    ],
)
def test_texts_are_filled_and_the_rest_stays(template: object, found: object) -> None:
    assert filled(template, values()) == found


def test_what_has_no_value_is_left_out() -> None:
    template = {"a": "{runbook}", "b": ["{runbook}", "{rule}"], "c": "runbook: {runbook}"}

    assert filled(template, values(runbook="", rule="r")) == {"b": ["r"], "c": "runbook: "}


@given(text=st.text())
def test_a_value_is_no_markup(text: str) -> None:
    body = json.encode(filled({"a": "{text}", "b": "x {text}"}, values(text=text)))

    assert json.decode(body).get("a", "") == text
    assert json.decode(body)["b"] == f"x {text}"


def test_a_value_that_looks_like_a_placeholder_is_not_filled() -> None:
    assert filled("{text}: {rule}", values(text="{rule}", rule="r")) == "{rule}: r"


def test_no_value_changes_a_path() -> None:
    assert filled_path("/{rule}/close?by={rule}", values(rule="../a?b&c#")) == (
        "/..%2Fa%3Fb%26c%23/close?by=..%2Fa%3Fb%26c%23"
    )


def test_a_service_has_words_of_its_own() -> None:
    known = {"severity": {"high": "P2"}, "status": {"resolved": "closed"}}

    translated = in_words(values(), known)

    assert (translated["severity"], translated["status"]) == ("P2", "opened")


def test_what_is_no_text_has_no_other_words() -> None:
    known = {"tags": {"a": "b"}, "undo": {"a": "b"}}

    assert in_words(values(), known) == values()


def test_what_stands_for_nothing_is_named() -> None:
    template = {"a": ["{severty}", {"b": "{rule} {owner:5} {oner:5}"}]}

    assert sorted(unknown_placeholders(template)) == ["oner", "severty"]


def test_the_page_says_what_each_placeholder_stands_for() -> None:
    page = (Path(__file__).parents[3] / "docs" / "destinations.md").read_text()

    table = page.partition("| placeholder | stands for |\n| --- | --- |\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [f"| `{name}` | {what} |" for name, what in PLACEHOLDERS.items()]
