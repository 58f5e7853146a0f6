"""Tags that a resource must carry, and their values."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import Texts, is_glob, matcher
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import (
    Check,
    Judge,
    Pattern,
    breach,
    compliant,
    not_applicable,
)
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.rules.tags.requirement import (
    FaultsOf,
    TagRequirement,
    TagsInOrder,
    faults_finder,
    order_finder,
    tags_like,
)
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.verdicts import Finding

__all__ = ["RequiredTags", "TagRequirement", "Tagged"]


class Tagged(StrEnum):
    """The types of resources on which a rule can require tags."""

    CHANNEL = "channel"
    STREAM_KEY = "stream_key"
    PLAYBACK_KEY_PAIR = "playback_key_pair"
    RECORDING_CONFIGURATION = "recording_configuration"
    PLAYBACK_RESTRICTION_POLICY = "playback_restriction_policy"


class RequiredTags(Check, frozen=True):
    """A channel, or each resource that `on` names, must carry `tags`, each with an allowed value.

    Without `on`, the rule judges only channels. A key may be a glob, such as `cost*`: then at least
    one tag is like it, and each tag that is like it is judged. `values` are globs of the allowed
    values, or `pattern` is a regular expression for the whole value, and `case` is `upper` or
    `lower`. A blank value is as bad as no tag. Tag keys and values are case-sensitive in AWS:
    `Team` is not `team`. If only the case of a key differs, the reason says so. A stream key is
    judged with its channel: `match` and `when` refer to the channel, and keys are no globs. A `tag`
    action sets nothing on the stream key, but `inherited_tags` does.
    Data: tags in listings, CloudTrail calls that create or tag. Costs one call per 100 resources
    for each further type in `on`, `GetPlaybackKeyPair` for each key pair (at most three), and for
    stream keys one `ListStreamKeys` per channel, once.
    """

    needs_settings: ClassVar = True
    demands_tags: ClassVar = True

    tags: Mapping[str, TagRequirement]
    on: tuple[Tagged, ...] = (Tagged.CHANNEL,)

    def __post_init__(self) -> None:
        if not self.tags:
            raise ValueError("name at least one tag")
        if not self.on:
            raise ValueError(f"`on`: name at least one of {', '.join(Tagged)}")
        glob = next(filter(is_glob, self.tags), "")
        # Of a stream key, only tags that a rule asks for by name are sure to be known in full.
        if glob and Tagged.STREAM_KEY in self.on:
            raise ValueError(
                f"`tags`: expected the keys that a stream key must have, found {glob!r}"
            )

    @property
    def judges(self) -> frozenset[ResourceType]:
        own = (ResourceType(each) for each in self.on if each is not Tagged.STREAM_KEY)
        of_keys = {ResourceType.CHANNEL} if Tagged.STREAM_KEY in self.on else frozenset()
        return frozenset(own) | of_keys

    @property
    def needs(self) -> Needs:
        listed = self.judges - {ResourceType.CHANNEL}
        return Needs(resources=listed, stream_keys=Tagged.STREAM_KEY in self.on)

    @property
    def interests(self) -> Interests:
        is_of_keys = Tagged.STREAM_KEY in self.on
        return Interests(key_tags=frozenset(self.tags)) if is_of_keys else Interests()

    @property
    def patterns(self) -> Mapping[tuple[str, ...], Pattern]:
        return {
            ("tags", key): Pattern(each.pattern, each.case.accepts if each.case else None)
            for key, each in self.tags.items()
            if each.pattern
        }

    @property
    def tag_keys(self) -> Texts:
        return tuple(self.tags)

    @property
    def tag_values(self) -> Iterable[tuple[tuple[str, ...], str]]:
        requirements = self.tags.items()
        return [(("tags", key, "values"), each) for key, one in requirements for each in one.values]

    def fault_of_tag(self, key: str, value: str) -> str:
        if self.on == (Tagged.STREAM_KEY,):
            return ""  # Actions tag the channel.
        required = {name: each for name, each in self.tags.items() if matcher((name,))(key)}
        return "; ".join(faults_finder(required)({key: value}).values())

    def prepare(self) -> Judge:
        faults_of = faults_finder(self.tags)
        judge_own = _own_tags(faults_of, order_finder(self.tags))
        if Tagged.STREAM_KEY not in self.on:
            return judge_own
        is_judged = Tagged.CHANNEL in self.on
        required = frozenset(self.tags)
        judge_channel = _tags_of_channel_and_key(faults_of, required, is_channel_judged=is_judged)

        def judge(facts: Facts, now: datetime) -> Finding:
            is_channel = facts.resource_type is ResourceType.CHANNEL
            return judge_channel(facts, now) if is_channel else judge_own(facts, now)

        return judge


_IN_ORDER: Final = compliant("all required tags are in order")
_CHANNEL_IN_ORDER: Final = compliant(
    "all required tags of the channel are in order; those of its stream key are not known yet"
)
_NO_KEY: Final = not_applicable("the channel has no stream key")
_KEY_UNKNOWN: Final = not_applicable("the tags of the stream key are not known yet")


def _own_tags(faults_of: FaultsOf, tags_in_order: TagsInOrder) -> Judge:
    def judge(facts: Facts, now: datetime) -> Finding:
        faults = faults_of(facts.tags)
        if not faults:
            return _IN_ORDER
        return breach(
            "; ".join(faults.values()),
            about=RESOURCE,
            since=min(facts.tags_known_at or now, now),
            compared={
                "tags": tags_like(faults, facts.tags),
                "tags_known_at": facts.tags_known_at,
            },
            settled_tags=tags_in_order(facts.tags, faults),
        )

    return judge


def _tags_of_channel_and_key(
    faults_of: FaultsOf, required: frozenset[str], *, is_channel_judged: bool
) -> Judge:
    """No action may change required tags of the channel, even if the channel is not judged."""
    without_key = _IN_ORDER if is_channel_judged else _NO_KEY
    key_unknown = _CHANNEL_IN_ORDER if is_channel_judged else _KEY_UNKNOWN

    def judge(facts: Facts, now: datetime) -> Finding:
        key_tags = facts.stream_key_tags
        of_channel = faults_of(facts.tags) if is_channel_judged else {}
        of_key = faults_of(key_tags) if key_tags is not None else {}
        if of_channel or of_key:
            return breach(
                _describe(of_channel, of_key),
                about=RESOURCE,
                since=_since(facts, now, is_channel=bool(of_channel), is_key=bool(of_key)),
                compared={
                    "tags": tags_like(of_channel, facts.tags),
                    "stream_key_tags": tags_like(of_key, key_tags or {}),
                },
                settled_tags=required.difference(of_channel),
            )
        if key_tags is not None:
            return _IN_ORDER
        return without_key if facts.has_no_key else key_unknown

    return judge


def _describe(of_channel: Mapping[str, str], of_key: Mapping[str, str]) -> str:
    reason = list(of_channel.values())
    if of_key:
        reason.append(f"stream key: {'; '.join(of_key.values())}")
    return "; ".join(reason)


def _since(facts: Facts, now: datetime, *, is_channel: bool, is_key: bool) -> datetime:
    """The earliest moment from which one of the faults is known."""
    moments = (
        facts.tags_known_at if is_channel else None,
        facts.stream_key_tags_known_at if is_key else None,
    )
    return min(now, *(at for at in moments if at is not None))
