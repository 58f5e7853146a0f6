"""What a good signature is worth: channel, time, origin and the bounds of each claim."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ivs_simulator.playback import tokens
from ivs_simulator.playback.claims import MaximumResolution, PlaybackToken
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal
from tests.unit.simulator.playback.conftest import KeyPair

CHANNEL = "arn:aws:ivs:eu-central-1:444455556666:channel/Zqumpm08hsE8"
OTHER_CHANNEL = "arn:aws:ivs:eu-central-1:444455556666:channel/uhfJXqIEnome"
NOW = datetime(2026, 3, 14, 18, 2, 11, tzinfo=UTC)
EXP = int(NOW.timestamp()) + 300
TOO_FAR = int(NOW.timestamp()) + 601
UUID_TEXT = "1e760ed4-29c0-4ee3-987d-a5dc60734b58"
GRANT: dict[str, Any] = {"aws:channel-arn": CHANNEL, "exp": EXP}
FIVE = ",".join(f"https://{name}.example" for name in "abcde")


def granted(
    pair: KeyPair, claims: dict[str, Any], *, origin: str | None = None, at: datetime = NOW
) -> PlaybackToken:
    token = tokens.sign(pair.private_pem, claims)
    return tokens.verify(token, [pair.public_key], channel_arn=CHANNEL, origin=origin, at=at)


def refusal(
    pair: KeyPair, claims: dict[str, Any], *, origin: str | None = None, at: datetime = NOW
) -> PlaybackRefused:
    with pytest.raises(PlaybackRefused) as refused:
        granted(pair, claims, origin=origin, at=at)
    return refused.value


def test_a_plain_token_grants_the_defaults(pair: KeyPair) -> None:
    assert granted(pair, GRANT) == PlaybackToken(CHANNEL, EXP)


def test_every_claim_comes_typed(pair: KeyPair) -> None:
    claims = GRANT | {
        "aws:access-control-allow-origin": "https://a.example, https://*.b.example",
        "aws:strict-origin-enforcement": True,
        "aws:single-use-uuid": UUID_TEXT.upper(),
        "aws:viewer-id": "viewer-1",
        "aws:viewer-session-version": 7,
        "aws:maximum-resolution": "FULL_HD",
    }

    assert granted(pair, claims, origin="https://a.example") == PlaybackToken(
        channel_arn=CHANNEL,
        expires_at_seconds=EXP,
        allowed_origins=("https://a.example", "https://*.b.example"),
        strict_origin_enforcement=True,
        single_use_uuid=UUID(UUID_TEXT),
        viewer_id="viewer-1",
        viewer_session_version=7,
        maximum_resolution=MaximumResolution.FULL_HD,
    )


@pytest.mark.parametrize("token", [None, ""])
def test_a_missing_token_differs_from_a_bad_one(pair: KeyPair, token: str | None) -> None:
    with pytest.raises(PlaybackRefused) as refused:
        tokens.verify(token, [pair.public_key], channel_arn=CHANNEL, origin=None, at=NOW)

    assert refused.value.reason is Refusal.MISSING


def test_the_signature_counts_before_anything_it_covers(pair: KeyPair, other_pair: KeyPair) -> None:
    token = tokens.sign(other_pair.private_pem, {"exp": 0})

    with pytest.raises(PlaybackRefused) as refused:
        tokens.verify(token, [pair.public_key], channel_arn=CHANNEL, origin=None, at=NOW)

    assert refused.value.reason is Refusal.SIGNATURE_UNKNOWN


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({}, id="plain"),
        pytest.param({"exp": int(NOW.timestamp() * 1000) + 60_000}, id="milliseconds"),
        pytest.param({"exp": 10**400}, id="beyond any float"),
        pytest.param({"exp": int(NOW.timestamp()) + 1}, id="the last second"),
        pytest.param({"exp": EXP + 10**6}, id="days ahead without a viewer"),
        pytest.param({"aws:viewer-id": "v", "exp": TOO_FAR - 1}, id="viewer, ten minutes"),
        pytest.param({"aws:viewer-id": "v" * 40}, id="viewer id of 40 characters"),
        pytest.param(
            {"aws:single-use-uuid": UUID_TEXT, "exp": TOO_FAR - 1}, id="uuid, ten minutes"
        ),
        pytest.param({"aws:viewer-session-version": 2**63 - 1}, id="greatest Int64"),
        pytest.param({"aws:viewer-session-version": -(2**63)}, id="least Int64"),
        pytest.param({"aws:maximum-resolution": "SD"}, id="SD"),
        pytest.param({"aws:maximum-resolution": "HD"}, id="HD"),
        pytest.param({"aws:access-control-allow-origin": FIVE + ",https://f.example"}, id="six"),
        pytest.param({"aws:ads-opt-out": True, "sub": 5, "aws:later": None}, id="unknown claims"),
    ],
)
def test_what_is_granted(pair: KeyPair, claims: dict[str, Any]) -> None:
    assert granted(pair, GRANT | claims).channel_arn == CHANNEL


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aws:channel-arn": OTHER_CHANNEL}, Refusal.OTHER_CHANNEL),
        ({"aws:channel-arn": "*"}, Refusal.OTHER_CHANNEL),
        ({"aws:channel-arn": [CHANNEL]}, Refusal.CLAIM_INVALID),
        ({"exp": int(NOW.timestamp())}, Refusal.EXPIRED),
        ({"exp": int(NOW.timestamp()) - 1}, Refusal.EXPIRED),
        ({"exp": -1}, Refusal.EXPIRED),
        ({"exp": str(EXP)}, Refusal.CLAIM_INVALID),
        ({"exp": EXP + 0.5}, Refusal.CLAIM_INVALID),
        ({"exp": True}, Refusal.CLAIM_INVALID),
        ({"exp": None}, Refusal.CLAIM_INVALID),
        ({"exp": float("inf")}, Refusal.CLAIM_INVALID),
        ({"aws:viewer-id": "v", "exp": TOO_FAR}, Refusal.EXPIRES_TOO_LATE),
        ({"aws:viewer-id": "v", "exp": EXP * 1000}, Refusal.EXPIRES_TOO_LATE),
        ({"aws:viewer-id": "v", "exp": 10**400}, Refusal.EXPIRES_TOO_LATE),
        ({"aws:single-use-uuid": UUID_TEXT, "exp": TOO_FAR}, Refusal.EXPIRES_TOO_LATE),
        ({"aws:viewer-id": "v" * 41}, Refusal.CLAIM_INVALID),
        ({"aws:viewer-id": ""}, Refusal.CLAIM_INVALID),
        ({"aws:viewer-id": 5}, Refusal.CLAIM_INVALID),
        ({"aws:single-use-uuid": "once"}, Refusal.CLAIM_INVALID),
        ({"aws:single-use-uuid": f"{{{UUID_TEXT}}}"}, Refusal.CLAIM_INVALID),
        ({"aws:viewer-session-version": 2**63}, Refusal.CLAIM_INVALID),
        ({"aws:viewer-session-version": -(2**63) - 1}, Refusal.CLAIM_INVALID),
        ({"aws:viewer-session-version": "1"}, Refusal.CLAIM_INVALID),
        ({"aws:viewer-session-version": True}, Refusal.CLAIM_INVALID),
        ({"aws:maximum-resolution": "4K"}, Refusal.CLAIM_INVALID),
        ({"aws:maximum-resolution": "hd"}, Refusal.CLAIM_INVALID),
        ({"aws:strict-origin-enforcement": "true"}, Refusal.CLAIM_INVALID),
        ({"aws:strict-origin-enforcement": 1}, Refusal.CLAIM_INVALID),
        ({"aws:access-control-allow-origin": ""}, Refusal.CLAIM_INVALID),
        ({"aws:access-control-allow-origin": "https://a.example,"}, Refusal.CLAIM_INVALID),
        ({"aws:access-control-allow-origin": ["https://a.example"]}, Refusal.CLAIM_INVALID),
        (
            {
                "aws:access-control-allow-origin": FIVE + ",https://f.example",
                "aws:strict-origin-enforcement": True,
            },
            Refusal.CLAIM_INVALID,
        ),
    ],
    ids=str,
)
def test_what_is_not(pair: KeyPair, claims: dict[str, Any], reason: Refusal) -> None:
    assert refusal(pair, GRANT | claims).reason is reason


@pytest.mark.parametrize("name", GRANT)
def test_channel_and_expiry_are_needed(pair: KeyPair, name: str) -> None:
    refused = refusal(pair, {key: value for key, value in GRANT.items() if key != name})

    assert refused.reason is Refusal.CLAIM_INVALID
    assert name in refused.text


def test_a_token_is_good_until_its_expiry_and_no_longer(pair: KeyPair) -> None:
    expiry = NOW + timedelta(seconds=300)

    assert granted(pair, GRANT, at=expiry - timedelta(microseconds=1)).channel_arn == CHANNEL
    assert refusal(pair, GRANT, at=expiry).reason is Refusal.EXPIRED


def test_a_viewers_token_signed_too_early_becomes_good_later(pair: KeyPair) -> None:
    claims = GRANT | {"aws:viewer-id": "v", "exp": TOO_FAR}

    assert refusal(pair, claims).reason is Refusal.EXPIRES_TOO_LATE
    assert granted(pair, claims, at=NOW + timedelta(seconds=1)).viewer_id == "v"


@pytest.mark.parametrize(
    ("origin", "strict", "is_granted"),
    [
        ("https://e.example", False, True),
        ("https://e.example", True, True),
        ("https://f.example", False, False),
        ("https://f.example", True, False),
        (None, False, True),
        (None, True, False),
    ],
)
def test_the_origin_must_be_one_of_the_tokens(
    pair: KeyPair, origin: str | None, strict: bool, is_granted: bool
) -> None:
    claims = GRANT | {
        "aws:access-control-allow-origin": FIVE,
        "aws:strict-origin-enforcement": strict,
    }

    if is_granted:
        assert granted(pair, claims, origin=origin).strict_origin_enforcement is strict
    else:
        assert refusal(pair, claims, origin=origin).reason is Refusal.ORIGIN_NOT_ALLOWED


def test_a_refusal_says_why_but_not_who(pair: KeyPair) -> None:
    refused = refusal(pair, GRANT | {"aws:viewer-id": "jane.doe", "exp": TOO_FAR})

    assert "600 seconds" in refused.text
    assert "jane.doe" not in f"{refused!r} {refused}"
