"""What was taken off the air, or was to be: stops, quarantines, and what became of them."""

from collections.abc import Iterator, Sequence

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.ledger.entry import Entry, Noted, What
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import Quarantine, quarantine_in_force
from streamwarden_cli.operate.wording import format_moment, format_resource
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Cell, Column, Part, Table, Word


def ended_part(inventory: Inventory) -> Part:
    quarantined = [
        (facts, quarantine)
        for record, facts in inventory.existing
        if (quarantine := quarantine_in_force(record.standing.orders, inventory.now))
    ]
    return Part(
        key="stops",
        title="Stops and quarantines",
        lead="What Streamwarden took off the air, and why. Stops come from the ledger, from "
        f"{format_moment(inventory.since)} UTC on.",
        figure=f"{len(quarantined):,} in quarantine",
        tables=(_quarantines(quarantined), _stops(inventory)),
    )


def _quarantines(quarantined: Sequence[tuple[Facts, Quarantine]]) -> Table:
    return Table(
        key="quarantines",
        caption="In quarantine now, the newest first",
        columns=(
            Column("channel", "channel"),
            Column("resource_arn"),
            Column("since", "since"),
            Column("until", "until"),
            Column("ordered_by", "ordered by"),
            Column("reason", "reason"),
            Column("strikes", "strikes"),
            Column("held", "held by"),
        ),
        rows=[
            (
                format_resource(facts.arn, facts.name),
                facts.arn,
                each.since,
                each.until or "it is released",
                each.ordered_by,
                each.reason,
                each.strike_count,
                each.held,
            )
            for facts, each in sorted(quarantined, key=lambda pair: pair[1].since, reverse=True)
        ],
        empty="No channel is in quarantine.",
    )


def _stops(inventory: Inventory) -> Table:
    names = {each.state.arn: Facts(each.state).name for each in inventory.records}
    found = [
        (entry, noted, request)
        for entries in inventory.entries.values()
        for entry, noted, request in _finished(entries)
        if entry.at >= inventory.since
    ]
    found.sort(key=lambda each: each[0].at, reverse=True)
    return Table(
        key="stops",
        caption="Stops and quarantines, the newest first",
        columns=(
            Column("channel", "channel"),
            Column("resource_arn"),
            Column("at", "at"),
            Column("action", "action"),
            Column("outcome", "outcome"),
            Column("rule", "rule or order"),
            Column("reason", "reason"),
            Column("stream_id"),
            Column("answer", "what came of it"),
        ),
        rows=[
            _row(entry, noted, request, names.get(entry.resource_arn, ""))
            for entry, noted, request in found
        ],
        empty="Nothing was stopped in this time.",
    )


def _finished(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Noted, Noted]]:
    """Each stop with its request, which knows why it was asked for."""
    requests: dict[str, Noted] = {}
    for entry in entries:
        for noted in entry.noted:
            if noted.what is What.REQUESTED and noted.action_id:
                requests[noted.action_id] = noted
            elif noted.what is What.FINISHED:
                request = requests.get(noted.action_id, noted)
                kind = ACTION_KINDS.get(request.action)  # None if another version asked for it
                if kind is not None and kind.ends_stream:
                    yield entry, noted, request


def _row(entry: Entry, noted: Noted, request: Noted, name: str) -> tuple[Cell, ...]:
    return (
        format_resource(entry.resource_arn, name),
        entry.resource_arn,
        entry.at,
        request.action,
        Word(noted.answer or "finished"),
        request.rule_id or noted.rule_id,
        request.reason if request is not noted else "",
        request.stream_id or noted.stream_id,
        noted.reason,
    )
