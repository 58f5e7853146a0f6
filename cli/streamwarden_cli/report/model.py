"""The whole report: a pure function of what was read. One more part is one more function."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streamwarden_cli.console import Cell, plain
from streamwarden_cli.operate.brakes import brakes_section
from streamwarden_cli.operate.sections import Section
from streamwarden_cli.operate.status import (
    Status,
    fleet_section,
    stack_section,
    sweep_section,
)
from streamwarden_cli.report.ended import ended_part
from streamwarden_cli.report.exemptions import exemptions_part
from streamwarden_cli.report.incidents import incidents_part
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.keys import keys_part
from streamwarden_cli.report.live import live_part
from streamwarden_cli.report.observed import observed_part
from streamwarden_cli.report.posture import posture_part
from streamwarden_cli.report.quotas import quotas_part
from streamwarden_cli.report.table import Part, Table

PARTS: Final[Sequence[Callable[[Inventory], Part]]] = (
    posture_part,
    live_part,
    incidents_part,
    ended_part,
    keys_part,
    exemptions_part,
    quotas_part,
    observed_part,
)
_SECTIONS: Final[Sequence[Callable[[Status], Section]]] = (
    stack_section,
    fleet_section,
    sweep_section,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is said first, as `status` says it."""

    name: str
    text: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """`heading` says which stack it is about."""

    heading: str
    at: datetime
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]

    @property
    def tables(self) -> Iterator[Table]:
        return (table for part in self.parts for table in part.tables)


def report_of(inventory: Inventory) -> Report:
    return Report(
        heading=plain(inventory.heading),
        at=inventory.now,
        facts=tuple(_facts(inventory.status)),
        parts=tuple(part(inventory) for part in PARTS),
    )


def _facts(status: Status) -> Iterator[Fact]:
    sections = [section(status) for section in _SECTIONS]
    for section in (brakes_section(status.controls, status.now), *sections):
        for row in section.rows:
            name, said = (_text(each) for each in row[:2])
            noun = " sweep" if section.key == "sweep" else ""
            yield Fact(f"{name}{noun}", said, is_urgent=section.key == "brakes")
    dead = sum(each.waiting for each in status.queues if each.has_dead_letters)
    yield Fact("dead letters", f"{dead:,}", is_urgent=dead > 0)


def _text(cell: Cell) -> str:
    return plain(cell if isinstance(cell, str) else cell[0])
