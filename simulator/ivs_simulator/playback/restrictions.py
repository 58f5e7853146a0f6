"""Playback restriction policies: who may watch a public channel, by country and by website."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ivs_simulator.playback import origins
from ivs_simulator.playback.refusals import PlaybackRefused, Refusal


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What a policy restricts: ISO 3166-1 alpha-2 codes, origins. Empty allows everything."""

    allowed_countries: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    enable_strict_origin_enforcement: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From the policy's members by their API names, each with its default when absent."""
        return cls(
            tuple(settings.get("allowedCountries") or ()),
            tuple(settings.get("allowedOrigins") or ()),
            bool(settings.get("enableStrictOriginEnforcement")),
        )


@dataclass(frozen=True, slots=True)
class Viewer:
    """A client that asks for the playlist: the country IVS finds (None: unknown), the Origin
    header (None: the client sends none, as players outside of browsers do)."""

    country: str | None = None
    origin: str | None = None


def check(restrictions: Restrictions | None, viewer: Viewer, *, is_private: bool) -> None:
    """Refuses a viewer that the channel's policy, if it has one, does not let in.

    A private channel ignores its policy. Source: enabling playback authorization.

    Raises PlaybackRefused.
    """
    if restrictions is None or is_private:
        return
    _check_country(restrictions, viewer)
    origins.check(
        viewer.origin,
        restrictions.allowed_origins,
        strict=restrictions.enable_strict_origin_enforcement,
    )


def _check_country(restrictions: Restrictions, viewer: Viewer) -> None:
    """Who cannot be located is served. Source: undesired content, on addresses and countries."""
    allowed = restrictions.allowed_countries
    if allowed and viewer.country is not None and viewer.country not in allowed:
        text = f"{viewer.country} is not one of the allowed countries"
        raise PlaybackRefused(Refusal.COUNTRY_NOT_ALLOWED, text)
