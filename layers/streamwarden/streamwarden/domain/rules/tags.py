"""Rules about the tags of a channel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.check import compliant
from streamwarden.domain.selectors import Texts
from streamwarden.domain.verdicts import ActionKind, Finding, Status


@dataclass(frozen=True)
class TagRequirement:
    """What the value of a tag must be: a regular expression for all of it, or one of a list."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    pattern: str | None = None
    values: Texts = ()

    def __post_init__(self) -> None:
        if self.pattern is not None and self.values:
            raise ValueError("give either `pattern` or `values`, not both")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"`pattern` is not a regular expression: {error}") from error

    def fault(self, value: str) -> str | None:
        if self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            return f"is {value!r}, which does not match {self.pattern!r}"
        if self.values and value not in self.values:
            return f"is {value!r}, not one of {', '.join(self.values)}"
        return None


@dataclass(frozen=True)
class RequiredTags:
    """A channel must carry these tags, each with an allowed value.

    Data: tags in `ListChannels`, CloudTrail `TagResource` and `UntagResource`. Costs no IVS call.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    allowed_actions: ClassVar = frozenset({ActionKind.STOP, ActionKind.TAG})
    needs_settings: ClassVar = True
    stops_only_if_stalled: ClassVar = False

    tags: Mapping[str, TagRequirement]

    def __post_init__(self) -> None:
        if not self.tags:
            raise ValueError("name at least one tag")

    def assess(self, facts: Facts, now: datetime) -> Finding:
        faults = {key: self._fault(key, facts.tags) for key in self.tags}
        wrong = [fault for fault in faults.values() if fault is not None]
        settled = frozenset(key for key, fault in faults.items() if fault is None)
        if not wrong:
            return compliant("all required tags are in order")
        return Finding(
            status=Status.BREACH,
            reason="; ".join(wrong),
            since=min(_tags_known_at(facts) or now, now),
            settled_tags=settled,
        )

    def _fault(self, key: str, tags: Mapping[str, str]) -> str | None:
        if key not in tags:
            return f"tag {key!r} is missing"
        fault = self.tags[key].fault(tags[key])
        return f"tag {key!r} {fault}" if fault else None


def _tags_known_at(facts: Facts) -> datetime | None:
    changes = [change.at for change in facts.known.tag_changes.values()]
    listed = [facts.known.listed_tags.at] if facts.known.listed_tags else []
    return max(changes + listed, default=None)
