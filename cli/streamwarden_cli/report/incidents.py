"""Open incidents, and what happened in each of them.

In mode observe nobody is notified, so what is open then is no incident: `observed` has it.
"""

from collections.abc import Sequence
from typing import Final

from streamwarden.domain.verdicts import Mode
from streamwarden_cli.operate.incidents import Opened, opened_in
from streamwarden_cli.operate.notified import Notifications
from streamwarden_cli.operate.record_history import HistoryItem, What
from streamwarden_cli.operate.resource_history import history_of
from streamwarden_cli.operate.wording import format_resource
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Column, Part, Step, Table, TimeLine, Word

_ALSO_SHOWN: Final = frozenset({What.SESSION, What.COMMANDED})


def incidents_part(inventory: Inventory) -> Part:
    opened = [
        each
        for each in opened_in(
            inventory.records,
            Notifications(inventory.status.destinations, inventory.now),
            inventory.now,
        )
        if each.mode is not Mode.OBSERVE
    ]
    records = {each.state.arn: each for each in inventory.records}
    histories = {
        arn: history_of(records[arn], inventory.entries.get(arn, ()))
        for arn in {each.resource_arn for each in opened}
    }
    timelines = [(each, _timeline_of(each, histories[each.resource_arn])) for each in opened]
    return Part(
        key="incidents",
        title="Open incidents",
        lead="Breaches that people are notified of, the most urgent first, of these the oldest. An "
        "incident that is calm has no breach now, and is resolved if it stays so.",
        figure=f"{len(opened):,}",
        tables=(_incidents(opened), _steps(timelines)),
        time_lines=tuple(_time_line(each, history) for each, history in timelines),
    )


def _incidents(opened: Sequence[Opened]) -> Table:
    return Table(
        key="incidents",
        caption="Open incidents",
        columns=(
            Column("channel", "channel"),
            Column("resource_arn"),
            Column("severity", "severity"),
            Column("rule", "rule"),
            Column("mode", "mode"),
            Column("opened_at", "since"),
            Column("state", "state"),
            Column("breaches", "breaches"),
            Column("stream_id"),
            Column("done", "what was done"),
        ),
        rows=[
            (
                format_resource(each.resource_arn, each.name),
                each.resource_arn,
                Word(each.severity),
                each.rule_id,
                Word(each.mode),
                each.opened_at,
                Word("calm" if each.is_calm else "in breach"),
                each.times,
                each.stream_id or "",
                each.text,
            )
            for each in opened
        ],
        empty="Nothing is open.",
    )


def _timeline_of(opened: Opened, history: Sequence[HistoryItem]) -> list[HistoryItem]:
    """What is of the rule since the incident opened, and between which streams it went on."""
    return [
        each
        for each in history
        if each.at >= opened.opened_at
        and (each.rule_id == opened.rule_id or (not each.rule_id and each.what in _ALSO_SHOWN))
    ]


def _time_line(opened: Opened, history: Sequence[HistoryItem]) -> TimeLine:
    name = format_resource(opened.resource_arn, opened.name)
    steps = (Step(each.at, each.what, each.text, each.author) for each in history)
    return TimeLine(f"{opened.rule_id} on {name}", tuple(steps))


def _steps(timelines: Sequence[tuple[Opened, Sequence[HistoryItem]]]) -> Table:
    """The time lines once more, as rows: for the CSV files alone."""
    return Table(
        key="incident-steps",
        caption="",
        columns=(
            Column("channel"),
            Column("resource_arn"),
            Column("rule"),
            Column("at"),
            Column("what"),
            Column("by"),
            Column("text"),
        ),
        rows=[
            (
                format_resource(opened.resource_arn, opened.name),
                opened.resource_arn,
                opened.rule_id,
                each.at,
                each.what.value,
                each.author,
                each.text,
            )
            for opened, history in timelines
            for each in history
        ],
        empty="",
    )
