"""A policy in all its forms at once: where it is written, what it says, and what functions load."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from streamwarden.domain.policy import CompiledPolicy, CompiledRule
from streamwarden.domain.verdicts import PlannedAction
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.policy.document import RuleDocument
from streamwarden_cli.policy.routing.document import RoutingDocument


@dataclass(frozen=True, slots=True)
class ParsedRule:
    """One rule; `index` is its place in the document."""

    index: int
    source: Source
    document: RuleDocument
    compiled: CompiledRule

    @property
    def id(self) -> str:
        return self.document.id

    @property
    def raw(self) -> Mapping[str, Any]:
        """The rule as plain data, without what it does not say itself."""
        data: Any = self.source.data
        raw: Mapping[str, Any] = data["rules"][self.index]
        return raw

    def actions(self) -> Iterator[tuple[Location, PlannedAction]]:
        """What it may do, in whatever step, and where it says so."""
        rule: Location = ("rules", self.index)
        lists: list[tuple[Location, tuple[PlannedAction | None, ...]]] = [
            ((*rule, "actions"), self.document.actions),
            *(
                ((*rule, "steps", number, "do"), step.do)
                for number, step in enumerate(self.document.steps)
            ),
        ]
        if self.document.on_repeat is not None:
            lists.append(((*rule, "on_repeat", "do"), self.document.on_repeat.do))
        for place, actions in lists:
            for number, action in enumerate(actions):
                if action is not None:
                    yield (*place, number), action

    def place(self, key: str) -> Location:
        """Where the rule says something; where it begins, if it does not."""
        return ("rules", self.index, key) if key in self.raw else ("rules", self.index)


@dataclass(frozen=True, slots=True)
class ParsedPolicy:
    """`rules` are those that are compiled; a rule with `enabled: false` is only checked."""

    source: Source
    rules: tuple[ParsedRule, ...]
    compiled: CompiledPolicy
    routing: RoutingDocument
    disabled: tuple[ParsedRule, ...] = ()
