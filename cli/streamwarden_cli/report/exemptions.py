"""Exemptions by their end, of operators and of the policy, and channels that are protected."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from streamwarden_cli.operate.channel_controls import ChannelControl, Kind, in_order, set_on
from streamwarden_cli.operate.wording import format_resource
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Column, Part, Table

_SOON: Final = timedelta(days=14)


class _Ending(NamedTuple):
    """A row of the table."""

    rule_id: str
    about: str
    resource_arn: str
    until: datetime
    left: timedelta
    author: str
    reason: str


def exemptions_part(inventory: Inventory) -> Part:
    given = in_order(
        each for record, _ in inventory.existing for each in set_on(record, inventory.now)
    )
    exempt = [each for each in given if each.kind is Kind.EXEMPTION]
    protected = [each for each in given if each.kind is Kind.PROTECTION]
    found = sorted(
        [*_of_operators(exempt, inventory.now), *_of_the_policy(inventory)],
        key=lambda each: (each.left, each.rule_id, each.about),
    )
    soon = sum(each.left <= _SOON for each in found)
    return Part(
        key="exemptions",
        title="Exemptions and protections",
        lead=f"{soon:,} of {len(found):,} exemptions end within {_SOON.days} days. What is exempt "
        "is judged again from then on. Nothing destructive is done to what is protected.",
        figure=f"{soon:,} soon",
        tables=(
            _exemptions(found),
            _protections(protected, inventory.now),
        ),
    )


def _exemptions(found: Sequence[_Ending]) -> Table:
    return Table(
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
        rows=found,
        empty="No exemption has an end.",
    )


def _protections(protected: Iterable[ChannelControl], now: datetime) -> Table:
    return Table(
        key="protections",
        caption="Protections, the first to end first",
        columns=(
            Column("channel", "channel"),
            Column("resource_arn"),
            Column("until", "ends"),
            Column("left_seconds", "left"),
            Column("by", "by"),
            Column("reason", "reason"),
        ),
        rows=[
            (
                format_resource(each.resource_arn, each.name),
                each.resource_arn,
                each.until or "it is ended",
                each.until - now if each.until else None,
                each.author,
                each.reason,
            )
            for each in protected
        ],
        empty="No channel is protected.",
    )


def _of_operators(exemptions: Iterable[ChannelControl], now: datetime) -> Iterator[_Ending]:
    for each in exemptions:
        if each.until is not None:
            yield _Ending(
                until=each.until,
                left=each.until - now,
                rule_id=each.rule_id,
                about=format_resource(each.resource_arn, each.name),
                resource_arn=each.resource_arn,
                author=each.author,
                reason=each.reason,
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
