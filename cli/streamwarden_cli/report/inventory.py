"""All that was read of a stack for a report: the parts of a report are functions of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from streamwarden.domain.brakes import mode_under
from streamwarden.domain.ledger.entry import Entry
from streamwarden.domain.policy import CompiledRule, Policy
from streamwarden.domain.state.controls import AccountControls
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Mode, Verdict
from streamwarden.services.records import Record
from streamwarden_cli.operate.policy import PolicyInUse
from streamwarden_cli.operate.status import Status
from streamwarden_cli.operate.why import verdicts_of


@dataclass(frozen=True)
class Inventory:
    """`heading` says which stack it is. `entries` are those of each ledger since `since`, or since
    the oldest open incident of the resource, in order."""

    heading: str
    since: datetime
    status: Status
    in_use: PolicyInUse
    records: Sequence[Record]
    entries: Mapping[str, Sequence[Entry]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.status.now

    @property
    def controls(self) -> AccountControls:
        return self.status.controls

    @property
    def rules(self) -> Sequence[CompiledRule]:
        return self.in_use.compiled.rules

    def mode_of(self, rule: CompiledRule) -> Mode:
        """How far the rule may go now: by the policy, by operators, and in this stack."""
        return mode_under(self.controls, rule.id, rule.mode).at_most(self.in_use.max_mode)

    @cached_property
    def policy(self) -> Policy:
        return self.in_use.policy

    @cached_property
    def existing(self) -> tuple[tuple[Record, Facts], ...]:
        """Of what is not gone."""
        known = ((each, Facts(each.state, each.standing.orders)) for each in self.records)
        return tuple((record, facts) for record, facts in known if not facts.is_gone)

    @cached_property
    def verdicts(self) -> Mapping[str, tuple[Verdict, ...]]:
        """What each rule finds now of what exists, by ARN."""
        max_mode = self.in_use.max_mode
        return {
            record.state.arn: verdicts_of(record, self.policy, self.now, max_mode, self.controls)
            for record, _ in self.existing
        }
