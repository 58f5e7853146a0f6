"""Resources that are out of use."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import breach, compliant, not_applicable
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding


class Usable(StrEnum):
    """The types of resources that can be out of use."""

    CHANNEL = "channel"
    PLAYBACK_KEY_PAIR = "playback_key_pair"
    RECORDING_CONFIGURATION = "recording_configuration"
    PLAYBACK_RESTRICTION_POLICY = "playback_restriction_policy"


class Orphans(DeadlineCheck, frozen=True):
    """A channel may be off the air for `unused`, and another resource out of use for as long.

    `on` names the types of resources that the rule judges, by default all of them. Every resource
    counts against a quota. A forgotten channel still has a key that works. The time of a channel
    that was never seen on the air counts from when the channel was first seen. The time of a
    configuration or policy counts from the sweep that found no channel with it. A playback key pair
    is out of use while no channel is private. IVS does not say whether a token was signed with a
    certain key pair. `warnings` says how long before the end of that time people get an early
    warning, each once per time out of use.
    Data: events of streams, `ListStreams`, `ListChannels`, and the listings of what is in `on`.
    Costs one call per 100 resources a sweep for each other type in `on`, and one call for each key
    pair.
    """

    traits: ClassVar = frozenset({Trait.TAGS})

    on: tuple[Usable, ...] = tuple(Usable)
    unused: Duration = timedelta(days=90)

    def __post_init__(self) -> None:
        if not self.on:
            raise ValueError(f"`on`: name at least one of {', '.join(Usable)}")
        self.refuse_warnings_from(self.unused, "`unused`")

    @property
    def coming(self) -> str:
        return f"it will have been out of use for {format_duration(self.unused)}"

    @property
    def judges(self) -> frozenset[ResourceType]:
        return frozenset(ResourceType(each) for each in self.on)

    @property
    def needs(self) -> Needs:
        return Needs(resources=self.judges - {ResourceType.CHANNEL})

    @property
    def repeats_after(self) -> timedelta:
        return self.unused

    def judge(self, facts: Facts, now: datetime) -> Finding:
        is_channel = facts.resource_type is ResourceType.CHANNEL
        return self._off_air(facts, now) if is_channel else self._unused(facts, now)

    def _off_air(self, facts: Facts, now: datetime) -> Finding:
        if facts.session is not None:
            return _BUSY
        aired_at, seen_at = facts.state.last_on_air_at, facts.state.first_seen_at
        since = aired_at or seen_at
        if since is None:
            return _NEVER_SEEN
        lasted = format_duration(now - since)
        was = "last on the air" if aired_at else "never live and first seen"
        text = f"the channel was {was} {lasted} ago"
        return self._judged(text, since, now, "last_on_air_at" if aired_at else "first_seen_at")

    def _unused(self, facts: Facts, now: datetime) -> Finding:
        since = facts.unused_since
        if since is None:
            return _USED if facts.state.used_at else _UNCOUNTED
        noun, lasted = facts.resource_type.noun, format_duration(now - since)
        text = f"no channel has used the {noun} for {lasted}"
        if facts.resource_type is ResourceType.PLAYBACK_KEY_PAIR:
            text = f"the {noun} has no use: no channel has been private for {lasted}"
        return self._judged(text, since, now, "unused_since")

    def _judged(self, text: str, since: datetime, now: datetime, fact: str) -> Finding:
        """`fact` is what `since` is."""
        deadline = since + self.unused
        reason = f"{text}{describe_limit(now - since, self.unused)}"
        if now < deadline:
            return self.ahead(reason, about=RESOURCE, deadline=deadline, now=now)
        return breach(
            reason, about=RESOURCE, since=deadline, compared={fact: since, "unused": now - since}
        )


_BUSY: Final = compliant("the channel is in use")
_USED: Final = compliant("channels use it")
_NEVER_SEEN: Final = not_applicable("nothing is known of the channel yet")
_UNCOUNTED: Final = not_applicable("how many channels use it is not known yet")
