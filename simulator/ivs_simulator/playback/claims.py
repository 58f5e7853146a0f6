"""The claims of a playback token, read into types; `tokens` decides whether they hold.

AWS documents types and bounds but not what becomes of a token that breaks them. It is refused
here, so that the signer of such a token learns of it before the real service refuses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn, Self
from uuid import UUID

from ivs_simulator.playback.refusals import PlaybackRefused, Refusal

MAXIMUM_VIEWER_ID = 40  # characters
MAXIMUM_STRICT_ORIGINS = 5

_INT64 = range(-(2**63), 2**63)


class MaximumResolution(StrEnum):
    SD = "SD"
    HD = "HD"
    FULL_HD = "FULL_HD"


@dataclass(frozen=True, slots=True)
class PlaybackToken:
    """The claims of a playback token. Source: "Token Schema" of the user guide.

    `expires_at_seconds` stays the number it came as: a customer who signs milliseconds means a
    year that no datetime reaches, and the service takes it for a time far ahead.
    """

    channel_arn: str
    expires_at_seconds: int
    allowed_origins: tuple[str, ...] = ()
    strict_origin_enforcement: bool = False
    single_use_uuid: UUID | None = None
    viewer_id: str | None = None
    viewer_session_version: int = 0
    maximum_resolution: MaximumResolution | None = None

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Self:
        """Reads the claims by their names in the token; those it does not know are passed over.

        Raises PlaybackRefused.
        """
        strict = _strict(claims)
        return cls(
            channel_arn=_required(claims, "aws:channel-arn", str),
            expires_at_seconds=_required(claims, "exp", int),
            allowed_origins=_origins(claims, strict=strict),
            strict_origin_enforcement=strict,
            single_use_uuid=_single_use_uuid(claims),
            viewer_id=_viewer_id(claims),
            viewer_session_version=_viewer_session_version(claims),
            maximum_resolution=_maximum_resolution(claims),
        )


def _strict(claims: Mapping[str, Any]) -> bool:
    return bool(_optional(claims, "aws:strict-origin-enforcement", bool))


def _origins(claims: Mapping[str, Any], *, strict: bool) -> tuple[str, ...]:
    name = "aws:access-control-allow-origin"
    listed = _optional(claims, name, str)
    if listed is None:
        return ()
    origins = tuple(origin.strip() for origin in listed.split(","))
    if not all(origins):  # most likely a forgotten setting; it must not mean "everyone"
        _refuse(name, "has an empty origin")
    if strict and len(origins) > MAXIMUM_STRICT_ORIGINS:
        _refuse(name, f"has more than {MAXIMUM_STRICT_ORIGINS} origins to enforce strictly")
    return origins


def _single_use_uuid(claims: Mapping[str, Any]) -> UUID | None:
    name = "aws:single-use-uuid"
    text = _optional(claims, name, str)
    if text is None:
        return None
    try:
        uuid = UUID(text)
    except ValueError:
        _refuse(name, "is not a UUID")
    if str(uuid) != text.lower():  # UUID() also reads braces, URNs and bare digits
        _refuse(name, "is not a UUID in its usual form")
    return uuid


def _viewer_id(claims: Mapping[str, Any]) -> str | None:
    name = "aws:viewer-id"
    text = _optional(claims, name, str)
    if text is not None and not 1 <= len(text) <= MAXIMUM_VIEWER_ID:
        _refuse(name, f"is not of 1 to {MAXIMUM_VIEWER_ID} characters")
    return text


def _viewer_session_version(claims: Mapping[str, Any]) -> int:
    """AWS's sample quotes its placeholder, AWS's text demands an Int64: text it is not."""
    name = "aws:viewer-session-version"
    version = _optional(claims, name, int)
    if version is None:
        return 0
    if version not in _INT64:
        _refuse(name, "does not fit into 64 bits")
    return version


def _maximum_resolution(claims: Mapping[str, Any]) -> MaximumResolution | None:
    name = "aws:maximum-resolution"
    text = _optional(claims, name, str)
    if text is None:
        return None
    try:
        return MaximumResolution(text)
    except ValueError:
        _refuse(name, f"is not one of {', '.join(MaximumResolution)}")


def _required[T](claims: Mapping[str, Any], name: str, kind: type[T]) -> T:
    value = _optional(claims, name, kind)
    if value is None:
        _refuse(name, "is missing")
    return value


def _optional[T](claims: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """The claim, None when it is absent; `null` and a bool for a number are of the wrong type."""
    if name not in claims:
        return None
    value = claims[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        _refuse(name, f"is not of type {kind.__name__}")
    return value


def _refuse(name: str, text: str) -> NoReturn:
    raise PlaybackRefused(Refusal.CLAIM_INVALID, f"the claim {name} {text}")
