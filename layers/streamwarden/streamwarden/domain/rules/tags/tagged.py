"""What rules about tags are about: every type of resource of IVS that takes tags."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import is_glob
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import Check, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests


class Taggable(StrEnum):
    """The types of resources that have tags and a record of their own."""

    CHANNEL = "channel"
    PLAYBACK_KEY_PAIR = "playback_key_pair"
    RECORDING_CONFIGURATION = "recording_configuration"
    PLAYBACK_RESTRICTION_POLICY = "playback_restriction_policy"
    AD_CONFIGURATION = "ad_configuration"
    FAILOVER_SLATE_CONFIGURATION = "failover_slate_configuration"
    STAGE = "stage"
    COMPOSITION = "composition"
    ENCODER_CONFIGURATION = "encoder_configuration"
    INGEST_CONFIGURATION = "ingest_configuration"
    PUBLIC_KEY = "public_key"
    STORAGE_CONFIGURATION = "storage_configuration"


class Tagged(StrEnum):
    """The same with stream keys, which are judged with their channel."""

    CHANNEL = "channel"
    STREAM_KEY = "stream_key"
    PLAYBACK_KEY_PAIR = "playback_key_pair"
    RECORDING_CONFIGURATION = "recording_configuration"
    PLAYBACK_RESTRICTION_POLICY = "playback_restriction_policy"
    AD_CONFIGURATION = "ad_configuration"
    FAILOVER_SLATE_CONFIGURATION = "failover_slate_configuration"
    STAGE = "stage"
    COMPOSITION = "composition"
    ENCODER_CONFIGURATION = "encoder_configuration"
    INGEST_CONFIGURATION = "ingest_configuration"
    PUBLIC_KEY = "public_key"
    STORAGE_CONFIGURATION = "storage_configuration"


class TaggableCheck(Check, frozen=True):
    """A kind about the tags of the types in `on`, a parameter of the kind."""

    @property
    def on(self) -> tuple[Taggable, ...]:
        raise NotImplementedError

    def __post_init__(self) -> None:
        """Raises ValueError."""
        _refuse_nothing(self.on, Taggable)

    @property
    def judges(self) -> frozenset[ResourceType]:
        return frozenset(ResourceType(each) for each in self.on)

    @property
    def needs(self) -> Needs:
        return Needs(resources=self.judges - _CHANNELS)


class TaggedCheck(Check, frozen=True, kw_only=True):
    """A kind about the tags of the types in `on`, stream keys among them."""

    on: tuple[Tagged, ...] = (Tagged.CHANNEL,)

    def __post_init__(self) -> None:
        """Raises ValueError."""
        _refuse_nothing(self.on, Tagged)
        glob = next(filter(is_glob, self.tag_keys), "")
        # Of a stream key, only tags that a rule asks for by name are sure to be known in full.
        if glob and self.is_about_keys:
            raise ValueError(
                f"`tags`: expected keys without `*`, `?` and `[` for stream keys, found {glob!r}"
            )

    @property
    def is_about_keys(self) -> bool:
        return Tagged.STREAM_KEY in self.on

    @property
    def is_about_channels(self) -> bool:
        return Tagged.CHANNEL in self.on

    @property
    def judges(self) -> frozenset[ResourceType]:
        own = frozenset(ResourceType(each) for each in self.on if each is not Tagged.STREAM_KEY)
        return own | _CHANNELS if self.is_about_keys else own

    @property
    def needs(self) -> Needs:
        return Needs(resources=self.judges - _CHANNELS, stream_keys=self.is_about_keys)

    @property
    def interests(self) -> Interests:
        return Interests(key_tags=frozenset(self.tag_keys)) if self.is_about_keys else Interests()


_CHANNELS: Final = frozenset({ResourceType.CHANNEL})


def _refuse_nothing(on: tuple[StrEnum, ...], words: type[StrEnum]) -> None:
    if not on:
        raise ValueError(f"`on`: name at least one of {', '.join(words)}")


NO_KEY: Final = not_applicable("the channel has no stream key")
KEY_UNKNOWN: Final = not_applicable("the tags of the stream key are not known yet")


def known_since(facts: Facts, now: datetime, *, is_channel: bool, is_key: bool) -> datetime:
    """The earliest moment from which one of the faults is known."""
    moments = (
        facts.tags_known_at if is_channel else None,
        facts.stream_key_tags_known_at if is_key else None,
    )
    return min(now, *(at for at in moments if at is not None))
