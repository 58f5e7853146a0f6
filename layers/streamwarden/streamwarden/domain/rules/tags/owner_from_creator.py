"""Channels with a known creator and without a tag for their owner."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts
from streamwarden.domain.rules.check import Check, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import LIVE_CHANNEL, Trait
from streamwarden.domain.verdicts import Finding


class OwnerFromCreator(Check, frozen=True):
    """A channel with a known creator must carry the tag `tag`; the reason names the creator.

    `tag` is the key of the owner's tag. A blank value names nobody. The action `set_owner` sets the
    tag to the name of the creator, which everybody who may list channels can then read.
    Data: tags in `ListChannels`, CloudTrail `CreateChannel` and tag calls. Costs no IVS call.
    """

    needs_settings: ClassVar = True
    demands_tags: ClassVar = True
    traits: ClassVar = LIVE_CHANNEL | {Trait.CALLERS, Trait.OWNER_TAG}

    tag: str

    def __post_init__(self) -> None:
        if not self.tag:
            raise ValueError("`tag`: expected the key of the owner's tag, found an empty text")

    @property
    def tag_keys(self) -> Texts:
        return (self.tag,)

    def fault_of_tag(self, key: str, value: str) -> str:
        return f"tag {key!r} is blank" if key == self.tag and not value.strip() else ""

    def judge(self, facts: Facts, now: datetime) -> Finding:
        owner = facts.tags.get(self.tag)
        if owner and owner.strip():
            return compliant(f"tag {self.tag!r} says whose channel it is")
        creator = facts.state.creator
        if creator is None or not creator.value.is_named:
            return _UNKNOWN
        fault = f"tag {self.tag!r} is {'missing' if owner is None else 'blank'}"
        return breach(
            f"{fault}; the channel was created by {creator.value.full_name}",
            about=RESOURCE,
            since=min(facts.tags_known_at or now, now),
            compared={"tags": {self.tag: owner}, "creator": creator},
            own_tags={self.tag: _as_tag_value(creator.value.short_name)},
        )


_UNKNOWN: Final = not_applicable("who created the channel is not known")
# What a tag may hold beside letters and digits of any script (API model, TagValue).
_SIGNS: Final = frozenset(" _.:/=+-@")


def _as_tag_value(name: str) -> str:
    return "".join(each if each.isalnum() or each in _SIGNS else "_" for each in name)
