"""How far each rule is kept, and each owner's rules: what exists, counted by verdict."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from streamwarden.domain.policy import CompiledRule
from streamwarden.domain.verdicts import RuleNotes, Status
from streamwarden_cli.operate.wording import SEVERITIES
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Bar, Cell, Column, Note, Part, Slice, Table, Word

_NO_OWNER: Final = "nobody is named"
_COUNTED: Final = (Status.COMPLIANT, Status.BREACH, Status.PENDING, Status.EXEMPT)
_COUNTS: Final = (*(Column(each.value, each.value) for each in _COUNTED), Column("", "share"))

type Counts = Counter[Status]


def posture_part(inventory: Inventory) -> Part:
    counts = _counted(inventory)
    breached = sum(each[Status.BREACH] > 0 for each in counts.values())
    return Part(
        key="posture",
        title="Posture",
        lead=f"What each rule finds now, by {inventory.in_use.source}. Pending is kept until a "
        "moment that is known. What a rule does not apply to is not counted.",
        figure=f"{breached:,} broken",
        tables=(_by_rule(inventory, counts), _by_owner(inventory, counts)),
        legend=tuple(_COUNTED),
    )


def _counted(inventory: Inventory) -> dict[str, Counts]:
    counts: dict[str, Counts] = {rule.id: Counter() for rule in inventory.rules}
    for verdicts in inventory.verdicts.values():
        for each in verdicts:
            counts[each.rule_id][each.status] += 1
    return counts


def _by_rule(inventory: Inventory, counts: Mapping[str, Counts]) -> Table:
    """The most urgent first, of these those with most breaches."""
    rules = sorted(
        inventory.rules,
        key=lambda each: (
            SEVERITIES.index(each.severity),
            -counts[each.id][Status.BREACH],
            each.id,
        ),
    )
    return Table(
        key="posture-by-rule",
        caption="By rule",
        columns=(
            Column("", "rule"),
            Column("rule"),
            Column("description"),
            Column("runbook"),
            Column("owner", "owner"),
            Column("severity", "severity"),
            Column("mode", "mode"),
            *_COUNTS,
            Column("not_applicable"),
        ),
        rows=[_rule_row(inventory, each, counts[each.id]) for each in rules],
        empty="The policy has no rules.",
    )


def _rule_row(inventory: Inventory, rule: CompiledRule, counts: Counts) -> tuple[Cell, ...]:
    notes = rule.notes or RuleNotes()
    return (
        Note(rule.id, notes.description, notes.runbook),
        rule.id,
        notes.description,
        notes.runbook,
        notes.owner,
        Word(rule.severity),
        Word(inventory.mode_of(rule)),
        *_counts_and_bar(counts),
        counts[Status.NOT_APPLICABLE],
    )


def _by_owner(inventory: Inventory, counts: Mapping[str, Counts]) -> Table:
    owners: dict[str, list[str]] = {}
    for rule in inventory.rules:
        owner = rule.notes.owner if rule.notes else ""
        owners.setdefault(owner or _NO_OWNER, []).append(rule.id)
    sums = {owner: _sum(counts[each] for each in ids) for owner, ids in owners.items()}
    ordered = sorted(owners, key=lambda each: (-sums[each][Status.BREACH], each))
    return Table(
        key="posture-by-owner",
        caption="By owner of the rules",
        columns=(Column("owner", "owner"), Column("rules", "rules"), *_COUNTS),
        rows=[(each, len(owners[each]), *_counts_and_bar(sums[each])) for each in ordered],
        empty="The policy has no rules.",
    )


def _sum(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counter())


def _counts_and_bar(counts: Counts) -> tuple[Cell, ...]:
    numbers = {each: counts[each] for each in _COUNTED}
    judged = sum(numbers.values())
    text = ", ".join(f"{number:,} {each}" for each, number in numbers.items() if number)
    slices = tuple(Slice(number, each.value) for each, number in numbers.items() if number)
    bar = Bar(slices, judged, f"of {judged:,}: {text}") if judged else None
    return *numbers.values(), bar
