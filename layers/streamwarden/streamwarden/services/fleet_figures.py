"""What a sweep knows of the whole account, in figures: for metrics, and for nothing else."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.breaker import tripped_since
from streamwarden.domain.state.controls import AccountControls
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden.services.records import FleetEntry

# A rotation takes the key away for seconds, and an event may be on its way for some.
_KEY_MAY_BE_MISSING_FOR: Final = timedelta(minutes=10)
_ON_ITS_WAY_FOR: Final = timedelta(minutes=2)
_NONE: Final = timedelta(0)


class FleetFigures(Struct, frozen=True, kw_only=True):
    """`outdated` records were decided under another policy, mode or code, and so many of them
    are `rechecked`. `events_lost` are starts and ends of streams that no event has told.

    `open_by_rule` has the rules with the most open incidents first.
    """

    live_streams: int
    events_lost: int
    records: int
    outdated: int
    rechecked: int
    open_by_severity: Mapping[Severity, int]
    open_by_rule: tuple[tuple[str, int], ...]
    without_key: int
    oldest_key: timedelta
    rotation_overdue: timedelta
    breakers_tripped: int


def figures_of(
    streams: Mapping[str, LiveStream],
    entries: Iterable[FleetEntry],
    controls: AccountControls,
    now: datetime,
    *,
    outdated: int,
    rechecked: int,
) -> FleetFigures:
    """`entries` are all that the fleet index has, `streams` all that IVS lists, by channel."""
    known = [each for each in entries if not each.is_gone]
    open_incidents = [
        incident
        for entry in known
        for incident in entry.incidents
        if incident.mode is not Mode.OBSERVE
    ]
    by_severity = Counter(each.severity for each in open_incidents)
    return FleetFigures(
        live_streams=len(streams),
        events_lost=sum(
            _is_event_lost(each, streams.get(each.resource_arn), now) for each in known
        ),
        records=len(known),
        outdated=outdated,
        rechecked=rechecked,
        open_by_severity={severity: by_severity[severity] for severity in Severity},
        open_by_rule=tuple(Counter(each.rule_id for each in open_incidents).most_common()),
        without_key=sum(_is_without_key(each, now) for each in known),
        oldest_key=_longest_since((_made_at(each) for each in known), now),
        rotation_overdue=_longest_since((each.rotation_due_since for each in known), now),
        breakers_tripped=sum(
            tripped_since(controls, rule_id) is not None for rule_id in controls.tripped
        ),
    )


def _is_event_lost(entry: FleetEntry, stream: LiveStream | None, now: datetime) -> bool:
    """Whether the record does not know what is live, though there was time for the event."""
    if stream is None:
        return entry.live_stream_id is not None
    is_new = now - stream.start_time < _ON_ITS_WAY_FOR
    return stream.stream_id != entry.live_stream_id and not is_new


def _is_without_key(entry: FleetEntry, now: datetime) -> bool:
    since = entry.keyless_since
    return since is not None and now - since > _KEY_MAY_BE_MISSING_FOR


def _made_at(entry: FleetEntry) -> datetime | None:
    day = entry.key_made_on
    return None if day is None else datetime.fromordinal(day).replace(tzinfo=UTC)


def _longest_since(moments: Iterable[datetime | None], now: datetime) -> timedelta:
    first = min((each for each in moments if each is not None), default=now)
    return max(now - first, _NONE)
