"""Tags that a stream key takes over from its channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.stream_keys import carries
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding

# Only AWS itself can set these (AWS tagging rules).


class InheritedTags(Check, frozen=True):
    """A stream key must carry those tags of its channel that `tags` names.

    `tags` are keys, or globs of keys. The stream key must have each of these tags with the same
    value as the channel. Tags that the channel does not have, and tags of AWS (`aws:`), are not
    demanded of the stream key. The action `inherit_tags` sets what is missing or different on the
    key. The tags of a key are read once. After that, only CloudTrail reports changes. Without a
    trail, later changes are not seen.
    Data: `ListStreamKeys` in a sweep, tags in `ListChannels`, CloudTrail calls that create or tag.
    Costs one `ListStreamKeys` per channel, once, at most 20 a sweep; the action costs
    `ListStreamKeys` and `TagResource`.
    """

    traits: ClassVar = frozenset({Trait.KEY_TAGS, Trait.TAGS})
    needs_settings: ClassVar = True

    tags: Texts

    def __post_init__(self) -> None:
        if not self.tags:
            raise ValueError("`tags`: name at least one that stream keys take over")

    @property
    def tag_keys(self) -> Texts:
        return self.tags

    @property
    def asks_of_stream_key(self) -> Texts:
        return self.tags

    @property
    def needs(self) -> Needs:
        return Needs(stream_keys=True)

    def prepare(self) -> Judge:
        is_inherited = matcher(self.tags)

        def judge(facts: Facts, now: datetime) -> Finding:
            key_tags = facts.stream_key_tags
            if key_tags is None:
                return _NO_KEY if facts.has_no_key else _UNKNOWN
            wanted = {
                key: value
                for key, value in facts.filled_tags.items()
                if is_inherited(key) and not is_reserved_tag(key)
            }
            lacking = {
                key: value for key, value in wanted.items() if not carries(key_tags, key, value)
            }
            if not lacking:
                return _INHERITED if wanted else _NONE
            return breach(
                _describe(lacking, key_tags),
                about=RESOURCE,
                since=_since(facts, now),
                compared={
                    "tags": lacking,
                    "stream_key_tags": {key: key_tags.get(key) for key in lacking},
                },
                key_tags=lacking,
            )

        return judge


_UNKNOWN: Final = not_applicable("the tags of the stream key are not known yet")
_NO_KEY: Final = not_applicable("the channel has no stream key")
_NONE: Final = not_applicable("the channel carries no tag that its stream key takes over")
_INHERITED: Final = compliant("the stream key carries the channel's tags")


def _describe(lacking: Mapping[str, str], key_tags: Mapping[str, str]) -> str:
    reason = [
        f"tag {key!r} is {key_tags[key]!r}, the channel's is {value!r}"
        if key in key_tags
        else f"tag {key!r} is missing, the channel's is {value!r}"
        for key, value in lacking.items()
    ]
    return f"stream key: {'; '.join(reason)}"


def _since(facts: Facts, now: datetime) -> datetime:
    """Since when both are known to be as they are."""
    moments = (facts.tags_known_at, facts.stream_key_tags_known_at)
    return min(max((at for at in moments if at is not None), default=now), now)
