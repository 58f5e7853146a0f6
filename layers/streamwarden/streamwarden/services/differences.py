"""The differences between what is listed and what is remembered, as inputs of the observers."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import resource_type_of
from streamwarden.domain.brakes import pause_on
from streamwarden.domain.inputs import (
    Health,
    OwnInput,
    Recheck,
    ResourceListed,
    ResourceNotListed,
    StreamListed,
    StreamNotListed,
    StreamStillListed,
)
from streamwarden.domain.needs import Needs
from streamwarden.domain.state.controls import AccountControls
from streamwarden.domain.state.viewers import REPEATED_AFTER
from streamwarden.services.fleet import digest, settings_listed
from streamwarden.services.listings import Listed
from streamwarden.services.records import FleetEntry

# EventBridge Scheduler delivers within a minute of the time asked for.
_TIMER_GRACE: Final = timedelta(minutes=2)

# Where a rule reads viewers, a count is reported when it is first known, when it becomes none or
# some, and when it has changed by at least ten viewers and by more than a tenth; else before it
# grows old.
_FEW_VIEWERS: Final = 10
_TENTH: Final = 10

type Entries = Mapping[str, FleetEntry]


def changed_resources(listed: Listed, entries: Entries, now: datetime) -> Iterator[OwnInput]:
    for arn, resource in listed.items():
        entry = entries.get(arn)
        kind = resource_type_of(arn)
        found = digest(kind, resource.settings, resource.tags)
        if entry is None or entry.is_gone or entry.digest != found:
            yield ResourceListed(
                resource_arn=arn,
                time=now,
                settings=settings_listed(kind, resource.settings),
                tags=dict(resource.tags),
            )


def missing_resources(
    listed: Container[str], entries: Entries, now: datetime
) -> Iterator[OwnInput]:
    """What is remembered and not listed. The listing must be complete."""
    for arn, entry in entries.items():
        if arn not in listed and not entry.is_gone:
            yield ResourceNotListed(resource_arn=arn, time=now)


def changed_streams(
    listed: Mapping[str, LiveStream], entries: Entries, needs: Needs, now: datetime
) -> Iterator[OwnInput]:
    counts_viewers = needs.reads_viewers_at(now)
    for arn, stream in listed.items():
        entry = entries.get(arn)
        is_count_old = counts_viewers and _is_count_old(stream, entry, now)
        if entry is None or is_count_old or not _agrees(stream, entry, counts_viewers):
            yield StreamListed(
                resource_arn=arn,
                time=now,
                stream_id=stream.stream_id,
                health=stream.health,
                start_time=stream.start_time,
                viewer_count=stream.viewer_count,
            )
        elif entry.is_stale:
            yield StreamStillListed(resource_arn=arn, time=now, stream_id=stream.stream_id)
    for arn, entry in entries.items():
        if entry.live_stream_id is not None and arn not in listed:
            yield StreamNotListed(resource_arn=arn, time=now)


def _agrees(stream: LiveStream, entry: FleetEntry, counts_viewers: bool) -> bool:
    if stream.stream_id != entry.live_stream_id or not entry.is_on_air:
        return False
    if counts_viewers and not _are_viewers_alike(stream.viewer_count, entry.viewers):
        return False
    if entry.is_stale and stream.health is Health.HEALTHY:
        return False
    is_stalled = stream.health is Health.STARVING
    return stream.health is Health.UNKNOWN or is_stalled == entry.is_stalled


def _are_viewers_alike(counted: int | None, reported: int | None) -> bool:
    """Whether no rule would care: a count is rarely the same twice, and each report is a write."""
    if counted is None:
        return True
    if reported is None or (counted == 0) != (reported == 0):
        return False
    change = abs(counted - reported)
    return change < _FEW_VIEWERS or change * _TENTH <= reported


def _is_count_old(stream: LiveStream, entry: FleetEntry | None, now: datetime) -> bool:
    """Whether the stored count needs one in its place before it grows old."""
    if stream.viewer_count is None or entry is None or entry.counted_at is None:
        return False
    return now - entry.counted_at >= REPEATED_AFTER


def overdue(entries: Iterable[FleetEntry], now: datetime) -> Iterator[OwnInput]:
    for entry in entries:
        is_late = entry.recheck_at is not None and entry.recheck_at < now - _TIMER_GRACE
        if is_late or entry.has_pending:
            yield Recheck(resource_arn=entry.resource_arn, time=now)


def outdated_records(
    entries: Iterable[FleetEntry], decided_under: str, now: datetime
) -> list[FleetEntry]:
    """What was decided under something else, live channels first.

    Each sweep begins elsewhere: records that cannot be decided must not hold up the rest.
    """
    outdated = (each for each in entries if each.decided_under != decided_under)
    by_arn = sorted(outdated, key=lambda each: each.resource_arn)
    begins = int(now.timestamp()) % max(len(by_arn), 1)
    return sorted([*by_arn[begins:], *by_arn[:begins]], key=lambda each: not each.live_stream_id)


def held_records(
    entries: Iterable[FleetEntry], controls: AccountControls, now: datetime
) -> list[FleetEntry]:
    """What a brake holds, which may have been released: a command has only some decided again.

    While actions are paused, nothing is.
    """
    if pause_on(controls, now) is not None:
        return []
    return [each for each in entries if each.is_held]
