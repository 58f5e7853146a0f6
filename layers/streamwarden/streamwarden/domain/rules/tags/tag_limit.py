"""The number of tags on a resource."""

from copy import replace
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.rules.check import breach, compliant
from streamwarden.domain.rules.counts import CountCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.rules.tags.tagged import Taggable, TaggableCheck
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding

# Tags per resource. Tags that AWS itself sets do not count (AWS tagging rules).
_MOST: Final = 50


class TagLimit(CountCheck, TaggableCheck, frozen=True):
    """A resource may use at most `tags` of the 50 tags that IVS allows; `aws:` tags do not count.

    `on` names the types of resources that the rule judges, by default only channels.
    IVS refuses the 51st tag, even if Streamwarden or a cost report needs it.
    `warnings` are shares of the limit, such as 80%, at which people get an early warning, each once
    until the count has gone a tenth of the limit below it.
    Data: tags in listings, CloudTrail `TagResource` and `UntagResource`. Costs one call per 100
    resources for each further type in `on`, `GetPlaybackKeyPair` for each key pair (at most three),
    and `ListTagsForResource` for each ingest configuration.
    """

    needs_settings: ClassVar = True
    upper_limit: ClassVar = "tags"

    tags: int = 45
    on: tuple[Taggable, ...] = (Taggable.CHANNEL,)

    def __post_init__(self) -> None:
        if not 1 <= self.tags < _MOST:
            raise ValueError(f"expected `tags` from 1 to {_MOST - 1}, found {self.tags}")
        super().__post_init__()
        self.refuse_warnings_of(self.tags, "tags")

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if len(facts.tags) <= self.tags and not self.warnings:
            return _ROOM
        used = sum(not is_reserved_tag(key) for key in facts.tags)
        reason = (
            f"the {facts.resource_type.noun} uses {used} of {_MOST} tags; {self.tags} are allowed"
        )
        near = self.near(used, self.tags, reason)
        if used <= self.tags:
            return _ROOM if near is None else replace(_ROOM, near=near)
        return breach(
            reason,
            about=RESOURCE,
            near=near,
            since=min(facts.tags_known_at or now, now),
            compared={"used": used, "tags_known_at": facts.tags_known_at},
        )


_ROOM: Final = compliant("there is room for more tags")
