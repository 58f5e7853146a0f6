"""The redactor takes stream keys out of any text, and leaves everything else as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.redaction import REDACTED, without_stream_keys

KEY = "sk_eu-west-1_AbCdEfGh1234_secret5678"


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"key {KEY}",
        f'{{"value":"{KEY}","arn":"x"}}',
        f"rtmps://host:443/app/{KEY}",
        KEY.upper(),
    ],
)
def test_a_key_is_taken_out_wherever_it_stands(text: str) -> None:
    redacted = without_stream_keys(text)

    assert REDACTED in redacted
    assert "secret5678" not in redacted.lower()


@pytest.mark.parametrize(
    "text", ["risk_level_eu", "task_force_event", "disk_array_1", "sk_short", "ask_eu-west-1_x"]
)
def test_what_is_only_like_a_key_stays(text: str) -> None:
    assert without_stream_keys(text) == text


@given(st.text(alphabet="abks_-19 ", max_size=30))
def test_names_and_tags_survive(text: str) -> None:
    assert without_stream_keys(text) == text or "sk_" in text
