"""Tags that a resource must not carry."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import Check, Judge, breach, compliant
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import LIVE_CHANNEL, Trait
from streamwarden.domain.verdicts import Finding


class Tagless(StrEnum):
    """The types of resources on which a rule can forbid tags."""

    CHANNEL = "channel"
    PLAYBACK_KEY_PAIR = "playback_key_pair"
    RECORDING_CONFIGURATION = "recording_configuration"
    PLAYBACK_RESTRICTION_POLICY = "playback_restriction_policy"


class ForbiddenTags(Check, frozen=True):
    """A channel, or each resource that `on` names, must not carry the tags `tags`.

    Without `on`, the rule judges only channels. `tags` are keys, or globs of keys. With `values`,
    which are globs, only tags with such a value are forbidden. Tag keys and values are
    case-sensitive in AWS. Tags of AWS (`aws:`) are never forbidden, because nobody can remove them,
    and neither are those of Streamwarden (`streamwarden:`), which protect channels.
    Data: tags in listings, CloudTrail calls that create or tag. Costs one call per 100 resources
    for each further type in `on`, and `GetPlaybackKeyPair` for each key pair (at most three).
    """

    needs_settings: ClassVar = True
    traits: ClassVar = LIVE_CHANNEL | {Trait.FORBIDDEN_TAGS}

    tags: Texts
    values: Texts = ()
    on: tuple[Tagless, ...] = (Tagless.CHANNEL,)

    def __post_init__(self) -> None:
        if not self.tags:
            raise ValueError("name at least one tag")
        if not self.on:
            raise ValueError(f"`on`: name at least one of {', '.join(Tagless)}")
        reserved = next(filter(is_reserved_tag, self.tags), "")
        if reserved:
            raise ValueError(
                f"`tags`: only AWS sets and removes tags with the prefix 'aws:', found {reserved!r}"
            )

    @property
    def judges(self) -> frozenset[ResourceType]:
        return frozenset(ResourceType(each) for each in self.on)

    @property
    def needs(self) -> Needs:
        return Needs(resources=self.judges - {ResourceType.CHANNEL})

    @property
    def tag_keys(self) -> Texts:
        return self.tags

    @property
    def tag_values(self) -> Iterable[tuple[tuple[str, ...], str]]:
        return [(("values",), each) for each in self.values]

    def fault_of_tag(self, key: str, value: str) -> str:
        return _describe(self._forbidden({key: value}))

    def _forbidden(self, tags: Mapping[str, str]) -> dict[str, str]:
        is_meant = matcher(self.tags)
        is_bad = matcher(self.values) if self.values else None
        return {
            key: value
            for key, value in tags.items()
            if is_meant(key) and (is_bad is None or is_bad(value)) and not _is_out_of_reach(key)
        }

    def prepare(self) -> Judge:
        is_meant = matcher(self.tags)

        def judge(facts: Facts, now: datetime) -> Finding:
            # Most resources carry none of them.
            if not any(map(is_meant, facts.tags)):
                return _IN_ORDER
            found = self._forbidden(facts.tags)
            if not found:
                return _IN_ORDER
            return breach(
                _describe(found),
                about=RESOURCE,
                since=min(facts.tags_known_at or now, now),
                compared={"tags": found, "tags_known_at": facts.tags_known_at},
                own_tags=dict.fromkeys(found),
            )

        return judge


_OWN_PREFIX: Final = "streamwarden:"
_IN_ORDER: Final = compliant("no forbidden tag is there")


def _is_out_of_reach(key: str) -> bool:
    return is_reserved_tag(key) or key.startswith(_OWN_PREFIX)


def _describe(found: Mapping[str, str]) -> str:
    return "; ".join(f"tag {key!r} is forbidden" for key in found)
