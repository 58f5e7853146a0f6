"""What is on the air now."""

from datetime import datetime, timedelta

from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Session
from streamwarden.services.fleet import open_incidents
from streamwarden.services.records import Record
from streamwarden_cli.operate.wording import format_resource
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Cell, Column, Part, Table, Word


def live_part(inventory: Inventory) -> Part:
    """Those that are longest on the air first."""
    live = [(record, facts, facts.live) for record, facts in inventory.existing if facts.live]
    live.sort(key=lambda each: (each[2].on_air_at or inventory.now, each[1].name))
    rows = [_row(record, facts, session, inventory.now) for record, facts, session in live]
    return Part(
        key="live",
        title="Live now",
        lead="Streams that are on the air, as the last event or sweep says.",
        figure=f"{len(rows):,}",
        tables=(
            Table(
                key="live",
                caption="Live streams, the longest first",
                columns=(
                    Column("channel", "channel"),
                    Column("resource_arn"),
                    Column("stream_id", "stream"),
                    Column("since", "on the air since"),
                    Column("lasted_seconds", "for"),
                    Column("viewers", "viewers"),
                    Column("health", "health"),
                    Column("open", "open rules"),
                ),
                rows=rows,
                empty="Nothing is on the air.",
            ),
        ),
    )


def _row(record: Record, facts: Facts, session: Session, now: datetime) -> tuple[Cell, ...]:
    return (
        format_resource(facts.arn, facts.name),
        facts.arn,
        session.stream_id,
        session.on_air_at,
        _lasted(session.on_air_at, now),
        session.viewers.value if session.viewers else None,
        Word("stalled" if facts.stalled_since else "delivers"),
        ", ".join(each.rule_id for each in open_incidents(record.standing) if not each.is_calm),
    )


def _lasted(since: datetime | None, now: datetime) -> timedelta | None:
    return now - since if since is not None else None
