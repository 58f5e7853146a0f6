"""Which Origin headers a list of origins lets through."""

import pytest

from ivs_simulator.playback import origins
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal


def is_allowed(origin: str | None, allowed: list[str], *, strict: bool = False) -> bool:
    try:
        origins.check(origin, allowed, strict=strict)
    except PlaybackRefused as refused:
        return refused.reason is not Refusal.ORIGIN_NOT_ALLOWED
    return True


@pytest.mark.parametrize(
    ("origin", "pattern", "expected"),
    [
        ("https://example.com", "https://example.com", True),
        ("https://example.com", "HTTPS://Example.com", True),
        ("http://example.com", "https://example.com", False),
        ("https://example.com:8443", "https://example.com", False),
        ("https://example.com:8443", "https://example.com:8443", True),
        ("https://example.com.evil.test", "https://example.com", False),
        ("https://example.com", "https://example.com/", False),
        ("https://example.com", "https://example.com/player", False),
        ("https://example.com", "example.com", False),
        ("https://a.example.com", "https://*.example.com", True),
        ("https://a.b.example.com", "https://*.example.com", True),
        ("https://example.com", "https://*.example.com", False),
        ("https://.example.com", "https://*.example.com", False),
        ("https://evilexample.com", "https://*.example.com", False),
        ("https://a.example.com.evil.test", "https://*.example.com", False),
        ("https://evil.test/.example.com", "https://*.example.com", False),
        ("https://evil.test?.example.com", "https://*.example.com", False),
        ("http://a.example.com", "https://*.example.com", False),
        ("http://player.example.com", "https://*.example.com", False),
        ("https://a.example.com:8443", "https://*.example.com", False),
        ("https://a.example.com:8443", "https://*.example.com:8443", True),
        ("https://a.example.com", "https://a.*.com", False),
        ("https://anyone.test", "*", True),
        ("null", "null", True),
        ("null", "https://example.com", False),
        ("", "https://example.com", False),
    ],
)
def test_one_origin_against_one_entry(origin: str, pattern: str, expected: bool) -> None:
    assert is_allowed(origin, [pattern]) is expected


def test_any_entry_will_do() -> None:
    assert is_allowed("https://b.test", ["https://a.test", "https://b.test"])


@pytest.mark.parametrize(
    ("allowed", "strict", "expected"),
    [
        ([], False, True),
        ([], True, True),
        (["https://a.test"], False, True),
        (["https://a.test"], True, False),
        (["*"], True, False),
    ],
)
def test_a_client_without_the_header_needs_leniency(
    allowed: list[str], strict: bool, expected: bool
) -> None:
    assert is_allowed(None, allowed, strict=strict) is expected
