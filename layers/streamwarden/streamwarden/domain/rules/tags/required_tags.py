"""Tags that a resource must carry, and their values."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.rules.check import (
    Judge,
    Pattern,
    breach,
    compliant,
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
from streamwarden.domain.rules.tags.tagged import (
    KEY_UNKNOWN,
    NO_KEY,
    Tagged,
    TaggedCheck,
    known_since,
)
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding

__all__ = ["RequiredTags", "TagRequirement"]


class RequiredTags(TaggedCheck, frozen=True):
    """A channel, or each resource that `on` names, must carry `tags`, each with an allowed value.

    Without `on`, the rule judges only channels. A key may be a glob, such as `cost*`: then at least
    one tag is like it, and each tag that is like it is judged. `values` are globs of the allowed
    values, or `pattern` is a regular expression for the whole value, and `case` is `upper` or
    `lower`. A blank value is as bad as no tag. Tag keys and values are case-sensitive in AWS:
    `Team` is not `team`. If only the case of a key differs, the reason says so. A stream key is
    judged with its channel: `match` and `when` refer to the channel, and keys are no globs. A `tag`
    action sets nothing on the stream key, but `inherited_tags` does.
    Data: tags in listings, CloudTrail calls that create or tag. Costs one call per 100 resources
    for each further type in `on`, `GetPlaybackKeyPair` for each key pair (at most three),
    `ListTagsForResource` for each ingest configuration, and for stream keys one `ListStreamKeys`
    per channel, once.
    """

    needs_settings: ClassVar = True
    demands_tags: ClassVar = True

    tags: Mapping[str, TagRequirement]

    def __post_init__(self) -> None:
        if not self.tags:
            raise ValueError("name at least one tag")
        super().__post_init__()

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
    def asks_of_stream_key(self) -> Texts:
        return self.tag_keys if self.is_about_keys else ()

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
        if not self.is_about_keys:
            return judge_own
        is_judged = self.is_about_channels
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
    without_key = _IN_ORDER if is_channel_judged else NO_KEY
    key_unknown = _CHANNEL_IN_ORDER if is_channel_judged else KEY_UNKNOWN

    def judge(facts: Facts, now: datetime) -> Finding:
        key_tags = facts.stream_key_tags
        of_channel = faults_of(facts.tags) if is_channel_judged else {}
        of_key = faults_of(key_tags) if key_tags is not None else {}
        if of_channel or of_key:
            return breach(
                _describe(of_channel, of_key),
                about=RESOURCE,
                since=known_since(facts, now, is_channel=bool(of_channel), is_key=bool(of_key)),
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
