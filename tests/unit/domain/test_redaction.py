"""The redactor takes stream keys out of any text, and leaves everything else as it is."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.redaction import (
    REDACTED,
    redact_error,
    redacted,
    redacted_json,
    redacted_struct,
    without_stream_keys,
)
from testbed.key_wrappings import INGEST_KEY, KEY, SECRET, WRAPPINGS, Wrapping, holds_secret

# What a name may be put together of, so that it is nearly a key, or one that somebody escaped.
_PIECES = st.sampled_from(
    [
        *(
            "sk_",
            "SK%5F",
            "rt_",
            "123456789012_",
            "eu-west-1",
            "_",
            "%5F",
            "\\u005f",
            "&#95;",
            "aB3dE6gH",
            "a",
            "7",
            "-",
        ),
        *("\\", "\\n", "\n", "%", "25", "&amp;", " ", '"', "é", "\ud83d", REDACTED, KEY),
        INGEST_KEY,
    ]
)
_TEXTS = st.lists(_PIECES, max_size=12).map("".join) | st.text()

_NAMES = [
    *("desk_eu-west-1_main", "desk_eu-west-1_mainframes", "kiosk_eu-west-1_berlin_alexplatz"),
    *("helpdesk_eu-west-1_frontend_production", "helpdesk_eu-west-1_production_Frontends"),
    *("50%desk_eu-west-1_a", "team=desk_eu-west-1_a", "desk_eu-west-1_abcdABCDefgh_", REDACTED),
]
_WRAPPED = st.builds(
    lambda wrap, key: wrap(key), st.sampled_from(list(WRAPPINGS.values())), _PIECES
)
_MIXES = st.lists(
    st.sampled_from(_NAMES)
    | st.sampled_from([wrap(KEY) for wrap in WRAPPINGS.values()])
    | _WRAPPED
    | _PIECES,
    max_size=6,
).map("".join)

# Those who can name a channel can choose what the redactor reads.
_HOSTILE = [
    *("\\", "\\u0073", "\\\\n", "%", "%25", "%73%6b", "&amp;", "&#0", "&#x0", "sk", "sk\\"),
    *("sk_eu", "sk_eu-a", "-a", "sk_eu-west-1", "xsk_eu-west-1_aaaaaaa", "xsk_eu-west-1_aaaaaaa_"),
    *("a", "_", "1", "sk_%25", "sk_&amp;", "s\\\\", "=", "=3d", "=73=6b", "%u00", "%u0073"),
    *("\\u{0", "\\u{73}", "\\U0000", "\\0", "\\163", "&#", "&#115", "&#x73", "&#1"),
    *("xsk_eu-west-1_aaaaaaaaa", "xsk_eu-west-1_aaaaaaaaa_", "xsk_eu-west-1_aaaaaaaaa_aaaaaaaa"),
    *("desk_eu-west-1_main", "desk_eu-west-1_mainframes_frontends"),
    *("rt_", "rt_1", "rt_123456789012", "rt_123456789012_", "rt_123456789012_eu-a", "rt\\"),
]


@pytest.mark.parametrize("key", [KEY, INGEST_KEY])
@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_a_key_is_taken_out_of_every_wrapping(wrap: Wrapping, key: str) -> None:
    text = without_stream_keys(wrap(key))

    assert REDACTED in text
    assert not holds_secret(text)
    assert without_stream_keys(text) is text


@pytest.mark.parametrize(
    "name", sorted(WRAPPINGS.keys() - {"behind an ASCII letter", "behind a digit"})
)
def test_a_short_key_is_taken_out_where_it_is_no_end_of_a_name(name: str) -> None:
    assert "zx9" not in without_stream_keys(WRAPPINGS[name]("sk_eu-west-1_Zx9")).lower()


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_what_stands_before_a_key_stays(wrap: Wrapping) -> None:
    before = wrap(KEY).partition("sk_")[0]

    assert without_stream_keys(wrap(KEY)).startswith(before if "sk_" in wrap(KEY) else "")


def test_the_wrappings_would_show_a_key() -> None:
    assert [name for name, wrap in WRAPPINGS.items() if not holds_secret(wrap(KEY))] == []


@pytest.mark.parametrize(
    "text",
    [
        *("risk_level_eu", "task_force_event", "disk_array_1", "sk_short", "ask_eu-west-1_x"),
        *("start_time", "chart_2_eu-west-1_main", "rt_12345_eu-west-1_a", "rt_123456789012_x"),
        *("chart_123456789012_eu-west-1_daily", "start-cart_123456789012_us-east-1_a-b"),
        *("kiosk_eu-west-1_lobby", "desk_eu-west-1_a", "desk_eu-west-1_12345678", *_NAMES),
        *(
            "sk_eu-west-1_",
            REDACTED,
            "100 % sure of it",
            "this & that",
            "C:\\new\\desk_eu-west-1_a",
        ),
        "arn%3Aaws%3Aivs%3Aeu-west-1%3A123456789012%3Achannel%2Fdesk_eu",
    ],
)
def test_what_is_only_like_a_key_stays(text: str) -> None:
    assert without_stream_keys(text) is text


@given(st.text(alphabet="abks_-19 ", max_size=30))
def test_names_and_tags_survive(text: str) -> None:
    assert without_stream_keys(text) == text or "sk_" in text


@given(_TEXTS | _MIXES)
def test_redacting_again_changes_nothing(text: str) -> None:
    once = without_stream_keys(text)

    assert without_stream_keys(once) is once


@pytest.mark.parametrize("name", _NAMES)
def test_a_name_before_a_key_stays(name: str) -> None:
    once = without_stream_keys(f"{name}{KEY}")

    assert once == f"{name}{REDACTED}"
    assert without_stream_keys(once) is once


@pytest.mark.parametrize(
    "key",
    [
        *("sk_eu-west-1_AbCdEf123_0123456789", "sk_eu-west-1_abcdefghi_5abcdefg"),
        *("sk_eu-west-1_abcdefghijklmnop_abCdefgh", "SK_EU-WEST-1_ABCDEFGHI_ABCDEFGH"),
    ],
)
def test_a_whole_key_is_taken_out_behind_a_letter(key: str) -> None:
    assert without_stream_keys(f"x{key}") == f"x{REDACTED}"


@given(_TEXTS, st.sampled_from([KEY, INGEST_KEY]), _TEXTS)
def test_no_text_around_a_key_hides_it(before: str, key: str, after: str) -> None:
    assert SECRET not in without_stream_keys(f"{before}{key}{after}")


@pytest.mark.parametrize("piece", _HOSTILE)
@pytest.mark.parametrize("begin", ["", "sk_", "xsk_eu-"])
def test_the_time_is_linear_in_the_length(piece: str, begin: str) -> None:
    """Quadratic time would be a minute here, where linear time is milliseconds."""
    assert len(without_stream_keys(begin + piece * 5_000)) > 0


def test_every_text_and_name_of_a_value_is_redacted() -> None:
    value = {KEY: [KEY, 1, None, {"deep": (KEY, 2.5)}], "plain": f"x\n{KEY}"}

    found = redacted(value)

    assert found == {
        REDACTED: [REDACTED, 1, None, {"deep": (REDACTED, 2.5)}],
        "plain": f"x\n{REDACTED}",
    }


@pytest.mark.parametrize(
    "value",
    [
        {"a": ["b", ("c",)], "d": 1},
        {"a": "100 % & more", "b": [("\\",)]},
        *("text", None, 7, object()),
    ],
)
def test_a_value_without_keys_stays_the_same_object(value: Any) -> None:
    assert redacted(value) is value


def test_what_json_cannot_say_is_looked_through_as_well() -> None:
    assert redacted([object, {1, 2}, KEY])[-1] == REDACTED


def test_of_two_names_that_become_one_the_same_one_stays_in_any_order() -> None:
    other = KEY.replace("us", "eu")
    listed = {KEY: "a", other: "b", "team": "c"}
    the_other_way = dict(reversed(listed.items()))

    assert redacted(listed) == redacted(the_other_way) == {REDACTED: "a", "team": "c"}


class Notified(msgspec.Struct, frozen=True):
    at: datetime
    text: str
    tags: dict[str, str]


def test_a_struct_is_redacted_as_a_value() -> None:
    at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    clean = Notified(at, "fine", {})

    assert redacted_struct(clean) is clean
    assert redacted_struct(Notified(at, KEY, {"a": f"é{KEY}"})) == Notified(
        at, REDACTED, {"a": f"é{REDACTED}"}
    )


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_what_json_encodes_is_redacted(wrap: Wrapping) -> None:
    for encode in (json.dumps, lambda value: msgspec.json.encode(value).decode()):
        text = redacted_json(encode({"a": [wrap(KEY)], wrap(KEY): "b", "c": "é"}))

        assert not holds_secret(text)
        assert json.loads(text)["c"] == "é"
        assert json.loads(text)["a"] == [without_stream_keys(wrap(KEY))]


@pytest.mark.parametrize("text", ['{"a": "100 % \\n"}', "not \\ json", '["sk_short"]', "[" * 9_999])
def test_text_without_a_key_stays_as_it_is(text: str) -> None:
    assert redacted_json(text) is text


@pytest.mark.parametrize("before", ['{"broken', '"\\ud800', "[" * 9_999 + '"', "plain"])
def test_what_is_no_json_is_redacted_as_text(before: str) -> None:
    assert not holds_secret(redacted_json(f"{before}\\n{KEY}"))


def test_an_error_and_what_led_to_it_say_no_key() -> None:
    with pytest.raises(ValueError, match="outer") as caught:
        _fail()

    redact_error(caught.value)

    assert str(caught.value) == f"outer {REDACTED}"
    assert str(caught.value.__cause__) == str(KeyError(f"inner {REDACTED}"))


def _fail() -> None:
    try:
        raise KeyError(f"inner {KEY}")
    except KeyError as error:
        raise ValueError(f"outer {KEY}") from error
