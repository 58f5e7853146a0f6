"""Tags that a resource must not carry."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.rules.check import Judge, breach, compliant
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.rules.tags.tagged import (
    KEY_UNKNOWN,
    NO_KEY,
    Tagged,
    TaggedCheck,
    known_since,
)
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import LIVE_CHANNEL, Trait
from streamwarden.domain.verdicts import Finding


class ForbiddenTags(TaggedCheck, frozen=True):
    """A channel, or each resource that `on` names, must not carry the tags `tags`.

    Without `on`, the rule judges only channels. `tags` are keys, or globs of keys. With `values`,
    which are globs, only tags with such a value are forbidden. Tag keys and values are
    case-sensitive in AWS. Tags of AWS (`aws:`) are never forbidden, because nobody can remove them,
    and neither are those of Streamwarden (`streamwarden:`), which protect channels. A stream key is
    judged with its channel: `match` and `when` refer to the channel, and keys are no globs. The
    action `remove_tags` removes nothing from the stream key, but `remove_key_tags` does.
    Data: tags in listings, CloudTrail calls that create or tag. Costs one call per 100 resources
    for each further type in `on`, `GetPlaybackKeyPair` for each key pair (at most three),
    `ListTagsForResource` for each ingest configuration, and for stream keys one `ListStreamKeys`
    per channel, once.
    """

    needs_settings: ClassVar = True
    traits: ClassVar = LIVE_CHANNEL | {Trait.FORBIDDEN_TAGS}

    tags: Texts
    values: Texts = ()

    def __post_init__(self) -> None:
        if not self.tags:
            raise ValueError("name at least one tag")
        super().__post_init__()
        reserved = next(filter(is_reserved_tag, self.tags), "")
        if reserved:
            raise ValueError(
                f"`tags`: only AWS sets and removes tags with the prefix 'aws:', found {reserved!r}"
            )

    @property
    def tag_keys(self) -> Texts:
        return self.tags

    @property
    def forbids_on_stream_key(self) -> Texts:
        return self.tags if self.is_about_keys and not self.values else ()

    @property
    def tag_values(self) -> Iterable[tuple[tuple[str, ...], str]]:
        return [(("values",), each) for each in self.values]

    def fault_of_tag(self, key: str, value: str) -> str:
        if self.on == (Tagged.STREAM_KEY,):
            return ""  # Actions tag the channel.
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

        def found_in(tags: Mapping[str, str]) -> dict[str, str]:
            # Most resources carry none of them.
            return self._forbidden(tags) if any(map(is_meant, tags)) else {}

        judge_own = _own_tags(found_in)
        if not self.is_about_keys:
            return judge_own
        judge_channel = _tags_of_channel_and_key(found_in, is_judged=self.is_about_channels)

        def judge(facts: Facts, now: datetime) -> Finding:
            is_channel = facts.resource_type is ResourceType.CHANNEL
            return judge_channel(facts, now) if is_channel else judge_own(facts, now)

        return judge


type _FoundIn = Callable[[Mapping[str, str]], dict[str, str]]


def _own_tags(found_in: _FoundIn) -> Judge:
    def judge(facts: Facts, now: datetime) -> Finding:
        found = found_in(facts.tags)
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


def _tags_of_channel_and_key(found_in: _FoundIn, *, is_judged: bool) -> Judge:
    """`is_judged` says that the channel is judged too."""
    without_key = _IN_ORDER if is_judged else NO_KEY
    key_unknown = _CHANNEL_IN_ORDER if is_judged else KEY_UNKNOWN

    def judge(facts: Facts, now: datetime) -> Finding:
        key_tags = facts.stream_key_tags
        of_channel = found_in(facts.tags) if is_judged else {}
        of_key = found_in(key_tags) if key_tags else {}
        if of_channel or of_key:
            reasons = (_describe(of_channel), f"stream key: {_describe(of_key)}" if of_key else "")
            return breach(
                "; ".join(filter(None, reasons)),
                about=RESOURCE,
                since=known_since(facts, now, is_channel=bool(of_channel), is_key=bool(of_key)),
                compared={"tags": of_channel, "stream_key_tags": of_key},
                own_tags=dict.fromkeys(of_channel),
                forbidden_key_tags=tuple(of_key),
            )
        if key_tags is not None:
            return _IN_ORDER
        return without_key if facts.has_no_key else key_unknown

    return judge


_OWN_PREFIX: Final = "streamwarden:"
_IN_ORDER: Final = compliant("no forbidden tag is there")
_CHANNEL_IN_ORDER: Final = compliant(
    "no forbidden tag is on the channel; those of its stream key are not known yet"
)


def _is_out_of_reach(key: str) -> bool:
    return is_reserved_tag(key) or key.startswith(_OWN_PREFIX)


def _describe(found: Mapping[str, str]) -> str:
    return "; ".join(f"tag {key!r} is forbidden" for key in found)
