"""Exemptions by their end: those of operators, and those that a policy says an end of."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from streamwarden.domain.brakes import exemption_from
from streamwarden_cli.operate.wording import format_resource
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Cell, Column, Part, Table

_SOON: Final = timedelta(days=14)


class _Ending(NamedTuple):
    until: Cell
    left: timedelta
    rule_id: str
    about: str
    resource_arn: str
    author: str
    reason: str


def exemptions_part(inventory: Inventory) -> Part:
    found = sorted(
        [*_of_operators(inventory), *_of_the_policy(inventory)],
        key=lambda each: (each.left, each.rule_id, each.about),
    )
    soon = sum(each.left <= _SOON for each in found)
    return Part(
        key="exemptions",
        title="Exemptions that end",
        lead=f"{soon:,} of {len(found):,} end within {_SOON.days} days. What is exempt is judged "
        "again from then on.",
        figure=f"{soon:,} soon",
        tables=(
            Table(
                key="exemptions",
                caption="Exemptions, the first to end first",
                columns=(
                    Column("rule", "rule"),
                    Column("about", "who is exempt"),
                    Column("resource_arn"),
                    Column("until", "ends"),
                    Column("left_seconds", "left"),
                    Column("by", "by"),
                    Column("reason", "reason"),
                ),
                rows=[
                    (
                        each.rule_id,
                        each.about,
                        each.resource_arn,
                        each.until,
                        each.left,
                        each.author,
                        each.reason,
                    )
                    for each in found
                ],
                empty="No exemption has an end.",
            ),
        ),
    )


def _of_operators(inventory: Inventory) -> Iterator[_Ending]:
    for record, facts in inventory.existing:
        controls = record.state.controls
        for rule_id in controls.exemptions if controls else ():
            given = exemption_from(controls, rule_id, inventory.now)
            if given is not None:
                yield _Ending(
                    until=given.value.until,
                    left=given.value.until - inventory.now,
                    rule_id=rule_id,
                    about=format_resource(facts.arn, facts.name),
                    resource_arn=facts.arn,
                    author=str(given.value.author),
                    reason=given.value.reason,
                )


def _of_the_policy(inventory: Inventory) -> Iterator[_Ending]:
    for rule in inventory.rules:
        if rule.unless and rule.unless_until is not None and rule.unless_until > inventory.now:
            yield _Ending(
                until=rule.unless_until,
                left=rule.unless_until - inventory.now,
                rule_id=rule.id,
                about=f"unless {rule.unless}",
                resource_arn="",
                author="the policy",
                reason="",
            )
