"""Resources with a known creator and without a tag for their owner."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import Texts
from streamwarden.domain.rules.check import breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.rules.tags.tagged import Taggable, TaggableCheck
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import LIVE_CHANNEL, Trait
from streamwarden.domain.verdicts import Finding


class OwnerFromCreator(TaggableCheck, frozen=True):
    """A resource with a known creator must carry the tag `tag`; the reason names the creator.

    `on` names the types of resources that the rule judges, by default only channels. `tag` is the
    key of the owner's tag. A blank value names nobody. The action `set_owner` sets the tag to the
    name of the creator, which everybody who may list such resources can then read.
    Data: tags in listings, CloudTrail calls that create or tag. Costs one call per 100 resources
    for each further type in `on`, `GetPlaybackKeyPair` for each key pair (at most three), and
    `ListTagsForResource` for each ingest configuration.
    """

    needs_settings: ClassVar = True
    demands_tags: ClassVar = True
    traits: ClassVar = LIVE_CHANNEL | {Trait.CALLERS, Trait.OWNER_TAG}

    tag: str
    on: tuple[Taggable, ...] = (Taggable.CHANNEL,)

    def __post_init__(self) -> None:
        if not self.tag:
            raise ValueError("`tag`: expected the key of the owner's tag, found an empty text")
        super().__post_init__()

    @property
    def tag_keys(self) -> Texts:
        return (self.tag,)

    def fault_of_tag(self, key: str, value: str) -> str:
        return f"tag {key!r} is blank" if key == self.tag and not value.strip() else ""

    def judge(self, facts: Facts, now: datetime) -> Finding:
        owner = facts.tags.get(self.tag)
        if owner and owner.strip():
            return compliant(f"tag {self.tag!r} says whose {facts.resource_type.noun} it is")
        creator = facts.state.creator
        if creator is None or not creator.value.is_named:
            return _UNKNOWN[facts.resource_type]
        noun = facts.resource_type.noun
        fault = f"tag {self.tag!r} is {'missing' if owner is None else 'blank'}"
        return breach(
            f"{fault}; the {noun} was created by {creator.value.full_name}",
            about=RESOURCE,
            since=min(facts.tags_known_at or now, now),
            compared={"tags": {self.tag: owner}, "creator": creator},
            own_tags={self.tag: _as_tag_value(creator.value.short_name)},
        )


_UNKNOWN: Final = {
    each: not_applicable(f"who created the {each.noun} is not known") for each in ResourceType
}
# What a tag may hold beside letters and digits of any script (API model, TagValue).
_SIGNS: Final = frozenset(" _.:/=+-@")


def _as_tag_value(name: str) -> str:
    return "".join(each if each.isalnum() or each in _SIGNS else "_" for each in name)
