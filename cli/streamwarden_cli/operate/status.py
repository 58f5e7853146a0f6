"""`streamwarden status`: how the stack is, in sections. One more section is one more function."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from streamwarden.domain.arn import ResourceType, resource_type_of
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden.services.records import FleetEntry, OpenIncident
from streamwarden.services.unfinished_sweep import FinishedSweep, RunningSweep
from streamwarden_cli.operate.brakes import brakes_section
from streamwarden_cli.operate.channel_controls import ChannelControl
from streamwarden_cli.operate.destinations import KnownDestination, destinations_section
from streamwarden_cli.operate.queues import QueueDepth, queues_section
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.silences import silences_section
from streamwarden_cli.operate.wording import (
    SEVERITIES,
    format_ago,
    format_moment_ago,
    severity_cell,
)
from streamwarden_cli.policy.counting import format_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that was read of a stack at a moment. `decided_under` is what decisions depend on now,
    as in records; empty where it is not known."""

    now: datetime
    mode: str
    decided_under: str
    entries: Sequence[FleetEntry]
    running: RunningSweep | None
    last: FinishedSweep | None
    queues: Sequence[QueueDepth]
    controls: AccountControls = NO_CONTROLS
    destinations: Sequence[KnownDestination] = ()
    on_channels: Sequence[ChannelControl] = ()

    @property
    def existing(self) -> Iterator[FleetEntry]:
        return (each for each in self.entries if not each.is_gone)


def status_sections(status: Status) -> list[Section]:
    return [section(status) for section in SECTIONS]


def stack_section(status: Status) -> Section:
    _, digest, *_ = (*status.decided_under.split(":"), "")
    outdated = _outdated(status)
    rows: list[Row] = [
        ("mode", status.mode),
        ("policy", digest or "not known: no sweep has ended yet, and the policy cannot be read"),
    ]
    if outdated:
        text = f"{outdated:,} records; the next sweeps have them decided again"
        rows.append(("decided under another policy, mode or version", (text, "yellow")))
    values = {"mode": status.mode, "policy": digest or None, "outdated": outdated}
    return Section("deployed", "Deployed", rows, values)


def fleet_section(status: Status) -> Section:
    channels = [each for each in status.existing if _is_channel(each)]
    live = sum(each.is_on_air for each in channels)
    breaches = sum(not each.is_calm for entry in status.entries for each in entry.incidents)
    return Section(
        key="fleet",
        title="Fleet",
        rows=[
            ("channels", f"{len(channels):,}"),
            ("live streams", f"{live:,}"),
            ("open breaches", f"{breaches:,}"),
        ],
        values={"channels": len(channels), "live_streams": live, "open_breaches": breaches},
    )


def sweep_section(status: Status) -> Section:
    rows = [*_last_sweep(status.last, status.now), *_running_sweep(status.running, status.now)]
    running = status.running and {
        "began_at": status.running.unfinished.began_at,
        "listing": status.running.unfinished.listing,
        "is_at_work": status.running.held_until > status.now,
        "channels": status.running.unfinished.uses.channels,
        "live_streams": len(status.running.unfinished.streams),
    }
    return Section(
        key="sweep",
        title="Sweep",
        rows=rows,
        values={"last": status.last, "running": running},
        empty="no sweep has ended yet, and none is under way",
    )


def incidents_section(status: Status) -> Section:
    """By rule, the most urgent first. In mode observe nobody is told, so it is no incident."""
    counts = Counter(
        (each.rule_id, each.severity, each.mode) for each in _incidents(status) if not each.is_calm
    )
    calm = Counter(
        (each.rule_id, each.severity, each.mode) for each in _incidents(status) if each.is_calm
    )
    found = sorted(counts | calm, key=_by_urgency)
    acknowledged = Counter(
        (each.rule_id, each.severity, each.mode)
        for each in _incidents(status)
        if each.is_acknowledged
    )
    return Section(
        key="incidents",
        title="Open by rule",
        headings=("severity", "rule", "mode", "in breach", "calm", "acknowledged"),
        rows=[
            (
                severity_cell(key[1]),
                key[0],
                str(key[2]),
                f"{counts[key]:,}",
                f"{calm[key]:,}",
                f"{acknowledged[key]:,}",
            )
            for key in found
        ],
        values=[
            {
                "rule": rule,
                "severity": severity,
                "mode": mode,
                "in_breach": counts[rule, severity, mode],
                "calm": calm[rule, severity, mode],
                "acknowledged": acknowledged[rule, severity, mode],
            }
            for rule, severity, mode in found
        ],
        empty="nothing is open",
    )


def _queues(status: Status) -> Section:
    return queues_section(status.queues)


def _destinations(status: Status) -> Section:
    return destinations_section(status.destinations, status.now)


def _brakes(status: Status) -> Section:
    return brakes_section(status.controls, status.now, status.on_channels)


def _silences(status: Status) -> Section:
    return silences_section(status.controls, status.now)


SECTIONS: Final[Sequence[Callable[[Status], Section]]] = (
    stack_section,
    _brakes,
    _silences,
    fleet_section,
    incidents_section,
    _destinations,
    sweep_section,
    _queues,
)


def _outdated(status: Status) -> int:
    """As a sweep counts them (`outdated_records`)."""
    now = status.decided_under
    return sum(each.decided_under != now for each in status.entries) if now else 0


def _incidents(status: Status) -> Iterator[OpenIncident]:
    return (each for entry in status.entries for each in entry.incidents)


def _by_urgency(key: tuple[str, Severity, Mode]) -> tuple[Any, ...]:
    rule, severity, mode = key
    return SEVERITIES.index(severity), rule, mode


def _is_channel(entry: FleetEntry) -> bool:
    return resource_type_of(entry.resource_arn) is ResourceType.CHANNEL


def _last_sweep(last: FinishedSweep | None, now: datetime) -> Iterator[Row]:
    if last is None:
        return
    channels = format_count(last.channels, "channel")
    found = f"{channels}, {last.streams:,} live, {format_count(last.differences, 'difference')}"
    yield "last", f"{format_moment_ago(last.finished_at, now)}: {found}"


def _running_sweep(running: RunningSweep | None, now: datetime) -> Iterator[Row]:
    if running is None:
        return
    sweep = running.unfinished
    read = f"{len(sweep.streams):,} live streams, {sweep.uses.channels:,} channels"
    word, style = ("at work", "") if running.held_until > now else ("waiting to go on", "yellow")
    began = format_ago(sweep.began_at, now)
    yield "running", (f"{word}: began {began}, reads {sweep.listing}, has read {read}", style)
