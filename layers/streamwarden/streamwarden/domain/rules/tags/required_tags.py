"""Which tags there must be, and their values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.check import Check, Judge, breach, compliant
from streamwarden.domain.selectors import Texts
from streamwarden.domain.verdicts import Finding


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

    def prepare(self) -> Callable[[str], str | None]:
        """A function that says what is wrong with a value; None if nothing is."""
        if self.pattern is not None:
            matches, pattern = re.compile(self.pattern).fullmatch, self.pattern
            return lambda value: (
                None if matches(value) else f"is {value!r}, which does not match {pattern!r}"
            )
        if self.values:
            values, said = frozenset(self.values), ", ".join(self.values)
            return lambda value: None if value in values else f"is {value!r}, not one of {said}"
        return lambda _: None


@dataclass(frozen=True)
class RequiredTags(Check):
    """A channel must carry these tags, each with an allowed value.

    Data: tags in `ListChannels`, CloudTrail `TagResource` and `UntagResource`. Costs no IVS call.
    """

    needs_settings: ClassVar = True

    tags: Mapping[str, TagRequirement]

    def __post_init__(self) -> None:
        if not self.tags:
            raise ValueError("name at least one tag")

    def prepare(self) -> Judge:
        requirements = tuple((key, each.prepare()) for key, each in self.tags.items())

        def judge(facts: Facts, now: datetime) -> Finding:
            tags = facts.tags
            faults: dict[str, str] = {}
            for key, fault_of in requirements:
                value = tags.get(key)
                if value is None:
                    faults[key] = f"tag {key!r} is missing"
                elif (fault := fault_of(value)) is not None:
                    faults[key] = f"tag {key!r} {fault}"
            if not faults:
                return _IN_ORDER
            return breach(
                "; ".join(faults.values()),
                since=min(facts.tags_known_at or now, now),
                settled_tags=frozenset(key for key, _ in requirements if key not in faults),
            )

        return judge


_IN_ORDER: Final = compliant("all required tags are in order")
