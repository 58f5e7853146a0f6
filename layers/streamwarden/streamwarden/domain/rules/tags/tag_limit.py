"""The number of tags on a channel."""

from copy import replace
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.ivs import is_reserved_tag
from streamwarden.domain.rules.check import breach, compliant
from streamwarden.domain.rules.counts import CountCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding

# Tags per resource. Tags that AWS itself sets do not count (AWS tagging rules).
_MOST: Final = 50


class TagLimit(CountCheck, frozen=True):
    """A channel may use at most `tags` of the 50 tags that IVS allows; `aws:` tags do not count.

    IVS refuses the 51st tag, even if Streamwarden or a cost report needs it.
    `warnings` are shares of the limit, such as 80%, at which people get an early warning, each once
    until the count has gone a tenth of the limit below it.
    Data: tags in `ListChannels`, CloudTrail `TagResource` and `UntagResource`. Costs no IVS call.
    """

    needs_settings: ClassVar = True
    upper_limit: ClassVar = "tags"

    tags: int = 45

    def __post_init__(self) -> None:
        if not 1 <= self.tags < _MOST:
            raise ValueError(f"expected `tags` from 1 to {_MOST - 1}, found {self.tags}")
        self.refuse_warnings_of(self.tags, "tags")

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if len(facts.tags) <= self.tags and not self.warnings:
            return _ROOM
        used = sum(not is_reserved_tag(key) for key in facts.tags)
        reason = f"the channel uses {used} of {_MOST} tags; {self.tags} are allowed"
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
