"""What goes into a stream is small, readable by programs, and holds no secret."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.actions.warn import MOST_BYTES, warning_payload
from testbed.builders import at


def text_of(payload: str) -> str:
    output: str = json.loads(payload)["streamwarden"]["text"]
    return output


def test_a_warning_is_a_small_document() -> None:
    payload = warning_payload("no-marathons", "on the air for 4h, which is the limit", at(4))

    assert json.loads(payload) == {
        "streamwarden": {
            "rule": "no-marathons",
            "text": "on the air for 4h, which is the limit",
            "at": "2026-03-14T16:00:00Z",
        }
    }


@pytest.mark.parametrize("character", ["x", "é", "…", "😀", '"', "\n", "\x01"])
def test_a_long_text_is_cut_after_a_whole_character(character: str) -> None:
    payload = warning_payload("a", character * 2_000, at())

    output = text_of(payload)
    assert MOST_BYTES - 8 < len(payload.encode()) <= MOST_BYTES
    assert output == f"{character * (len(output) - 1)}…"


def test_what_just_fits_is_whole() -> None:
    room = MOST_BYTES - len(warning_payload("a", "", at()).encode())

    assert text_of(warning_payload("a", "x" * room, at())) == "x" * room
    cut = warning_payload("a", "x" * (room + 1), at())
    assert text_of(cut).endswith("x…")
    assert len(cut.encode()) == MOST_BYTES


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=1_500),
    st.text("abc-", max_size=3_000),
)
def test_no_text_and_no_rule_is_too_long(text: str, rule: str) -> None:
    payload = warning_payload(rule, text, at())

    assert len(payload.encode()) <= MOST_BYTES
    assert text.startswith(text_of(payload).removesuffix("…"))


def test_the_value_of_a_stream_key_is_never_part_of_it() -> None:
    payload = warning_payload("a", "says sk_eu-west-1_abcDEF123", at())

    assert "abcDEF123" not in payload
