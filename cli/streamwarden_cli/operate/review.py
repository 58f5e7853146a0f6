"""`streamwarden review`: what each rule would do if it were enforced, to roll a policy out by.

Of everything that is in breach, the decision is made again with every rule enforced and nothing
requested yet.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.policy import CompiledRule, Policy
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Mode, Status, Verdict
from streamwarden.services.records import Record
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import SEVERITIES, format_resource, severity_cell

_ROTATE_KEY: Final = "rotate_key"
_MOST_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One resource in breach. `since` is when the breach began."""

    resource_arn: str
    name: str
    since: datetime
    reason: str


@dataclass(slots=True)
class Found:
    """What one rule found. `actions` counts what it would do now, by the word of the kind."""

    rule: CompiledRule
    breaches: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    @property
    def worst(self) -> list[Example]:
        """What has been in breach for longest."""
        return sorted(self.examples, key=lambda each: (each.since, each.name))[:_MOST_EXAMPLES]

    @property
    def would_do(self) -> str:
        """`stop 2, tag 1`"""
        done = ", ".join(f"{kind} {count:,}" for kind, count in sorted(self.actions.items()))
        return done or ("nothing" if self.rule.actions else "nothing: it has no actions")


def found_in(
    records: Iterable[Record], rules: Sequence[CompiledRule], enforced: Policy, now: datetime
) -> list[Found]:
    """By rule, the most urgent first; rules that found nothing too. `enforced` are the same rules,
    all of them enforced."""
    found = {rule.id: Found(rule) for rule in rules}
    for record in records:
        _add(record, enforced, found, now)
    return sorted(found.values(), key=lambda each: SEVERITIES.index(each.rule.severity))


def review_sections(found: Sequence[Found], source: str) -> list[Section]:
    return [_summary(found, source), _examples(found)]


def _add(record: Record, enforced: Policy, found: Mapping[str, Found], now: datetime) -> None:
    decision = decide(record.state, _without_requests(record.standing), enforced, now)
    name = Facts(record.state).name
    for verdict in decision.verdicts:
        if verdict.status is Status.BREACH:
            of_rule = found[verdict.rule_id]
            of_rule.breaches += 1
            of_rule.actions.update(_actions(verdict, decision))
            of_rule.examples.append(_example(record, name, verdict, now))


def _without_requests(standing: Standing) -> Standing:
    """As if every action were still to be requested. The steps count from the opening as it was."""
    breaches = {
        key: replace(each, requests={}, mode=Mode.ENFORCE)
        for key, each in standing.breaches.items()
    }
    return replace(standing, breaches=breaches, effects={})


def _actions(verdict: Verdict, decision: Decision) -> Iterator[str]:
    for action in decision.actions:
        if action.rule_id == verdict.rule_id:
            yield action.kind
    breach = decision.breaches.get(verdict.breach_id)
    if breach is not None and breach.rotates_key:
        yield _ROTATE_KEY


def _example(record: Record, name: str, verdict: Verdict, now: datetime) -> Example:
    breach = record.breaches.get(verdict.breach_id)
    since = breach.since if breach is not None else verdict.finding.since or now
    return Example(record.state.arn, name, since, verdict.finding.reason)


def _summary(found: Sequence[Found], source: str) -> Section:
    return Section(
        key="rules",
        title=f"If every rule were enforced now, by {source}",
        headings=("rule", "severity", "mode", "in breach", "would do"),
        rows=[_row(each) for each in found],
        values=[
            {
                "rule": each.rule.id,
                "severity": each.rule.severity,
                "mode": each.rule.mode,
                "in_breach": each.breaches,
                "actions": dict(each.actions),
                "worst": [
                    {
                        "resource_arn": example.resource_arn,
                        "name": example.name,
                        "since": example.since,
                        "reason": example.reason,
                    }
                    for example in each.worst
                ],
            }
            for each in found
        ],
        empty="the policy has no rules",
    )


def _row(found: Found) -> Row:
    rule = found.rule
    style = "red" if found.actions["stop"] else ""
    return (
        rule.id,
        severity_cell(rule.severity),
        rule.mode.value,
        f"{found.breaches:,}",
        (found.would_do, style),
    )


def _examples(found: Sequence[Found]) -> Section:
    rows: list[Row] = []
    for each in found:
        for example in each.worst:
            name = format_resource(example.resource_arn, example.name)
            rows.append((each.rule.id, name, example.reason))
    return Section("worst", "In breach for longest", rows, len(rows))
