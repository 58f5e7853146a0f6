"""Playback tokens: they let a viewer into a private channel.

`verify` is the service's side. `sign` is the customer's, for tests and for trying things out.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ivs_simulator.playback import origins, signatures
from ivs_simulator.playback.claims import PlaybackToken
from ivs_simulator.playback.keys import PublicKey, parse_private
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal

MAXIMUM_LIFE_SECONDS = 600


def verify(
    token: str | None,
    keys: Iterable[PublicKey],
    *,
    channel_arn: str,
    origin: str | None,
    at: datetime,
) -> PlaybackToken:
    """What the token grants on this channel to a viewer who starts playback at `at` (aware UTC).

    `token` is the query parameter of that name, `keys` are the region's playback keys, `origin`
    is the Origin header. It is asked once, when playback starts: a token that expires later ends
    nothing. Whether it was used before or its session was revoked takes a memory and is not
    known here.

    Raises PlaybackRefused.
    """
    if not token:
        raise PlaybackRefused(Refusal.MISSING, "a private channel needs a playback token")
    granted = PlaybackToken.of(signatures.verify(token, keys))
    if granted.channel_arn != channel_arn:
        raise PlaybackRefused(Refusal.OTHER_CHANNEL, "the token is for another channel")
    _check_expiry(granted, at)
    origins.check(origin, granted.allowed_origins, strict=granted.strict_origin_enforcement)
    return granted


def sign(private_key_pem: str, claims: Mapping[str, object]) -> str:
    """A token with these claims, named as in the token: `aws:channel-arn`, `exp`, `aws:viewer-id`…

    `exp` is in whole SECONDS since 1970-01-01T00:00:00Z (`int(moment.timestamp())`), at most 600
    ahead of the start of playback when the token has `aws:viewer-id` or `aws:single-use-uuid`.
    JavaScript's `Date.now()` is in milliseconds and makes a token that does not expire.
    `aws:viewer-session-version` is an integer; origins are one text, separated by commas.

    Nothing is checked, so that a wrong token can be had as well. The key is P-384 in PEM.

    Raises PlaybackKeyRefused.
    """
    return signatures.sign(claims, parse_private(private_key_pem))


def _check_expiry(granted: PlaybackToken, at: datetime) -> None:
    """RFC 7519 §4.1.4: at the moment of expiry itself the token is no longer good."""
    now = at.timestamp()
    if granted.expires_at_seconds <= now:
        raise PlaybackRefused(Refusal.EXPIRED, "the token has expired")
    is_short_lived = granted.viewer_id is not None or granted.single_use_uuid is not None
    if is_short_lived and granted.expires_at_seconds > now + MAXIMUM_LIFE_SECONDS:
        text = (
            f"exp is more than {MAXIMUM_LIFE_SECONDS} seconds ahead, too far for a token with "
            "aws:viewer-id or aws:single-use-uuid (is it in milliseconds?)"
        )
        raise PlaybackRefused(Refusal.EXPIRES_TOO_LATE, text)
