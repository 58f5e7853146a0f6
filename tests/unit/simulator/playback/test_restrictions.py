"""Which viewers a playback restriction policy lets watch a channel."""

import pytest

from ivs_simulator.playback import restrictions
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal
from ivs_simulator.playback.restrictions import Restrictions, Viewer

SITE = "https://www.example.com"
EVERYONE = Restrictions()
COUNTRIES = Restrictions(allowed_countries=("DE", "JP"))
ORIGINS = Restrictions(allowed_origins=(SITE, "https://*.example.org"))
STRICT = Restrictions(allowed_origins=(SITE,), enable_strict_origin_enforcement=True)
BOTH = Restrictions(("DE",), (SITE,))


def refusal(policy: Restrictions | None, viewer: Viewer, *, is_private: bool) -> Refusal | None:
    try:
        restrictions.check(policy, viewer, is_private=is_private)
    except PlaybackRefused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    ("policy", "country", "origin", "expected"),
    [
        (None, "US", "https://evil.test", None),
        (EVERYONE, "US", "https://evil.test", None),
        (EVERYONE, None, None, None),
        (Restrictions(enable_strict_origin_enforcement=True), None, None, None),
        (COUNTRIES, "DE", None, None),
        (COUNTRIES, "JP", "https://evil.test", None),
        (COUNTRIES, "US", None, Refusal.COUNTRY_NOT_ALLOWED),
        (COUNTRIES, None, None, None),
        (ORIGINS, "US", SITE, None),
        (ORIGINS, None, "https://live.example.org", None),
        (ORIGINS, None, "https://evil.test", Refusal.ORIGIN_NOT_ALLOWED),
        (ORIGINS, None, None, None),
        (STRICT, None, SITE, None),
        (STRICT, None, "https://evil.test", Refusal.ORIGIN_NOT_ALLOWED),
        (STRICT, None, None, Refusal.ORIGIN_NOT_ALLOWED),
        (BOTH, "DE", SITE, None),
        (BOTH, "US", SITE, Refusal.COUNTRY_NOT_ALLOWED),
        (BOTH, "DE", "https://evil.test", Refusal.ORIGIN_NOT_ALLOWED),
        (BOTH, None, "https://evil.test", Refusal.ORIGIN_NOT_ALLOWED),
    ],
)
def test_a_public_channel_and_its_policy(
    policy: Restrictions | None, country: str | None, origin: str | None, expected: Refusal | None
) -> None:
    assert refusal(policy, Viewer(country, origin), is_private=False) is expected


@pytest.mark.parametrize("policy", [COUNTRIES, ORIGINS, STRICT, BOTH])
def test_a_private_channel_ignores_its_policy(policy: Restrictions) -> None:
    assert refusal(policy, Viewer("US", "https://evil.test"), is_private=True) is None
    assert refusal(policy, Viewer("US"), is_private=True) is None


def test_a_policy_is_read_by_its_api_names() -> None:
    settings = {
        "name": "eu",
        "allowedCountries": ["DE"],
        "allowedOrigins": [SITE],
        "enableStrictOriginEnforcement": True,
    }

    assert Restrictions.of(settings) == Restrictions(("DE",), (SITE,), True)
    assert Restrictions.of({"name": "empty"}) == EVERYONE
