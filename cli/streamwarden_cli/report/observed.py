"""What the rules would do if they were enforced: what observe mode found, as `review` says it."""

from streamwarden.domain.verdicts import Mode, Status
from streamwarden_cli.operate.review import Found, found_in
from streamwarden_cli.operate.wording import format_resource
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Cell, Column, Part, Table, Word


def observed_part(inventory: Inventory) -> Part:
    broken = [
        record
        for record, _ in inventory.existing
        if any(each.status is Status.BREACH for each in inventory.verdicts[record.state.arn])
    ]
    found = found_in(broken, inventory.rules, inventory.in_use.enforced(), inventory.now)
    in_breach = [each for each in found if each.breaches]
    return Part(
        key="review",
        title="What observe mode found",
        lead="What each rule that is broken would do now if it were enforced, in whatever mode it "
        "is. Read it before you set a rule to notify or enforce.",
        figure=f"{len(in_breach):,} broken",
        tables=(
            Table(
                key="review",
                caption="If every rule were enforced now",
                columns=(
                    Column("rule", "rule"),
                    Column("severity", "severity"),
                    Column("mode", "mode"),
                    Column("in_breach", "in breach"),
                    Column("would_do", "would do"),
                ),
                rows=[_row(each, inventory.mode_of(each.rule)) for each in in_breach],
                empty="No rule is broken.",
            ),
            Table(
                key="review-worst",
                caption="In breach for longest",
                columns=(
                    Column("rule", "rule"),
                    Column("resource", "channel"),
                    Column("resource_arn"),
                    Column("since", "since"),
                    Column("reason", "reason"),
                ),
                rows=[row for each in in_breach for row in _worst(each)],
                empty="No rule is broken.",
            ),
        ),
    )


def _row(found: Found, mode: Mode) -> tuple[Cell, ...]:
    rule = found.rule
    return rule.id, Word(rule.severity), Word(mode), found.breaches, found.would_do


def _worst(found: Found) -> list[tuple[Cell, ...]]:
    return [
        (
            found.rule.id,
            format_resource(each.resource_arn, each.name),
            each.resource_arn,
            each.since,
            each.reason,
        )
        for each in found.worst
    ]
