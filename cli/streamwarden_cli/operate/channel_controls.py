"""What is set on single channels: protections, exemptions and quarantines, with their ends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from streamwarden.domain.brakes import exemption_from, protected_by_tag, protection_from
from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import quarantine_in_force
from streamwarden.services.records import FleetEntry, Record
from streamwarden_cli.operate.reading import read_records
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.wording import format_moment_ago, format_resource

_MOST_LISTED: Final = 10
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Kind(StrEnum):
    PROTECTION = "protection"
    EXEMPTION = "exemption"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelControl:
    """One of them, in force. `until` is None for one without an end. `rule_id` is the rule that an
    exemption is from, or that has ordered a quarantine. A tag gives no reason."""

    kind: Kind
    resource_arn: str
    name: str
    author: str
    reason: str
    until: datetime | None = None
    rule_id: str = ""


def read_channel_controls(
    stack: DeployedStack, entries: Iterable[FleetEntry], now: datetime
) -> list[ChannelControl]:
    """Of what exists. It reads the records on which the index says that something is set.

    Raises PermanentError, TemporaryError.
    """
    arns = [each.resource_arn for each in entries if each.has_controls and not each.is_gone]
    return in_order(each for record in read_records(stack, arns) for each in set_on(record, now))


def in_order(controls: Iterable[ChannelControl]) -> list[ChannelControl]:
    """The first to end first, and what has no end last."""
    return sorted(
        controls,
        key=lambda each: (each.until or _NEVER, each.name, each.rule_id),
    )


def set_on(record: Record, now: datetime) -> Iterator[ChannelControl]:
    """What is in force on a channel."""
    facts = Facts(record.state, record.standing.orders)
    yield from _protections(record, facts, now)
    controls = record.state.controls
    for rule_id in sorted(controls.exemptions) if controls else ():
        given = exemption_from(controls, rule_id, now)
        if given is not None:
            yield ChannelControl(
                kind=Kind.EXEMPTION,
                resource_arn=facts.arn,
                name=facts.name,
                author=str(given.value.author),
                reason=given.value.reason,
                until=given.value.until,
                rule_id=rule_id,
            )
    quarantine = quarantine_in_force(record.standing.orders, now)
    if quarantine is not None:
        held = f"; held: {quarantine.held}" if quarantine.held else ""
        yield ChannelControl(
            kind=Kind.QUARANTINE,
            resource_arn=facts.arn,
            name=facts.name,
            author=quarantine.ordered_by,
            reason=f"{quarantine.reason}{held}",
            until=quarantine.until,
            rule_id=quarantine.rule_id,
        )


def _protections(record: Record, facts: Facts, now: datetime) -> Iterator[ChannelControl]:
    """By command, and by the tag: each protects for itself."""
    given = protection_from(record.state.controls, now)
    if given is not None:
        yield ChannelControl(
            kind=Kind.PROTECTION,
            resource_arn=facts.arn,
            name=facts.name,
            author=str(given.author),
            reason=given.reason,
            until=given.until,
        )
    if protected_by_tag(facts.tags) is not None:
        by = facts.state.tag_authors.get(PROTECTED_TAG)
        yield ChannelControl(
            kind=Kind.PROTECTION,
            resource_arn=facts.arn,
            name=facts.name,
            author=f"tag {PROTECTED_TAG}{f', set by {by.value.name}' if by else ''}",
            reason="",
        )


def controls_section(record: Record, now: datetime) -> Section:
    """Of one channel. Of its quarantine the orders say more."""
    found = [each for each in set_on(record, now) if each.kind is not Kind.QUARANTINE]
    return Section(
        key="controls",
        title="Protection and exemptions",
        headings=("what", "rule", "until", "reason", "by"),
        rows=[
            (
                (each.kind.value, "yellow"),
                each.rule_id,
                _until(each, now),
                each.reason,
                each.author,
            )
            for each in found
        ],
        values=values_of(found),
        empty="none",
    )


def listed_rows(controls: Sequence[ChannelControl], now: datetime) -> Iterator[Row]:
    """How many there are of each kind, and the first of them."""
    for kind in Kind:
        found = [each for each in controls if each.kind is kind]
        if found:
            all_of_them = "" if len(found) <= _MOST_LISTED else "; `report` lists all"
            yield f"{kind}s", (f"{len(found):,}{all_of_them}", "yellow")
        for each in found[:_MOST_LISTED]:
            name = format_resource(each.resource_arn, each.name)
            rule = f"from {each.rule_id}, " if kind is Kind.EXEMPTION else ""
            reason = f": {each.reason}" if each.reason else ""
            yield f"{kind} of {name}", f"{rule}until {_until(each, now)}{reason} ({each.author})"


def values_of(controls: Iterable[ChannelControl]) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "resource_arn": each.resource_arn,
            "name": each.name,
            "rule": each.rule_id or None,
            "until": each.until,
            "reason": each.reason or None,
            "author": each.author,
        }
        for each in controls
    ]


def _until(control: ChannelControl, now: datetime) -> str:
    return "it is ended" if control.until is None else format_moment_ago(control.until, now)
