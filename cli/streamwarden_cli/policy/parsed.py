"""A policy in all its forms at once: where it is written, what it says, and what functions load."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from streamwarden.domain.policy import CompiledPolicy, CompiledRule
from streamwarden.domain.rules import Check
from streamwarden.domain.verdicts import Mode, PlannedAction
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

    @property
    def params(self) -> Check:
        params: Check = self.document.params
        return params

    @property
    def is_enforced(self) -> bool:
        return self.document.mode is Mode.ENFORCE

    def action_lists(self) -> Iterator[tuple[Location, tuple[PlannedAction | None, ...]]]:
        """What it says is to be done, step by step, and where it says so; None is to notify."""
        rule: Location = ("rules", self.index)
        yield (*rule, "actions"), self.document.actions
        for number, step in enumerate(self.document.steps):
            yield (*rule, "steps", number, "do"), step.do
        if self.document.on_repeat is not None:
            yield (*rule, "on_repeat", "do"), self.document.on_repeat.do

    def actions(self) -> Iterator[tuple[Location, PlannedAction]]:
        """What it may do, in whatever step, and where it says so."""
        for place, actions in self.action_lists():
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
