"""What is played, and in which order: events of files and steps of a scenario, by their moments."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from msgspec import Struct

from streamwarden.domain.events import ApiCall, ApiCallName, Event, MalformedEvent, parse_event
from streamwarden_cli.scenario.raw_events import RawEvent
from streamwarden_cli.scenario.timeline import Scenario, Step

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)
# Where nothing names any time: the timeline has none, and its records need one.
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


# Never part of a cycle, so the garbage collector can skip thousands of them.
class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """An event to play: as it was read, for the world, and as a value, for the services."""

    position: str
    raw: Mapping[str, Any]
    event: Event
    time: datetime
    channel_arn: str | None


class Rejection(Struct, frozen=True, kw_only=True):
    """An event that cannot be played. It stands at its own time, if it says one."""

    position: str
    event_id: str | None
    reason: str
    time: datetime


type Item = Entry | Rejection | Step


@dataclass(frozen=True)
class Timeline:
    """Everything in the order in which it is played.

    `begins_at` is set if the timeline begins before its first event, or has no event.
    """

    items: tuple[Item, ...]
    begins_at: datetime | None = None

    @cached_property
    def entries(self) -> list[Entry]:
        return [each for each in self.items if isinstance(each, Entry)]

    @cached_property
    def moments(self) -> list[datetime]:
        """When something happens, in the order in which it is played."""
        return [time_of(each) for each in self.items if not isinstance(each, Rejection)]

    @property
    def starts_at(self) -> datetime:
        if self.begins_at is not None:
            return self.begins_at
        return next(iter(self.moments), _NO_TIME)

    @property
    def ends_at(self) -> datetime:
        return max(self.moments, default=self.starts_at)

    @property
    def has_time(self) -> bool:
        """Whether anything says when it is."""
        return bool(self.moments) or self.begins_at is not None

    def first_mentions(self) -> dict[str, datetime]:
        """The earliest moment that any event names for each channel, whatever the order."""
        first: dict[str, datetime] = {}
        for entry in self.entries:
            arn = entry.channel_arn
            if arn is not None:
                first[arn] = min(first.get(arn, entry.time), *_moments(entry.event))
        return first

    def created_channels(self) -> frozenset[str]:
        """The channels whose creation is part of the timeline."""
        return frozenset(
            entry.channel_arn
            for entry in self.entries
            if entry.channel_arn and _is_creation(entry.event)
        )


def read_timeline(
    raw_events: Iterable[RawEvent], *, as_listed: bool, scenario: Scenario | None = None
) -> Timeline:
    """By time, events of the same time as listed; or all as listed. A scenario comes last."""
    items: list[Item] = [_item(each) for each in raw_events]
    items += scenario_items(scenario) if scenario is not None else ()
    if not as_listed:
        items.sort(key=time_of)
    timeline = Timeline(tuple(items))
    if scenario is None:
        return timeline
    return Timeline(timeline.items, min([scenario.starts_at, *timeline.moments]))


def scenario_items(scenario: Scenario) -> Iterator[Item]:
    """The steps; an event as it was sent is played like one of a file, at the time of its step."""
    for step in scenario.steps:
        yield _item(step.does, step.at) if isinstance(step.does, RawEvent) else step


def time_of(item: Item) -> datetime:
    return item.at if isinstance(item, Step) else item.time


def _is_creation(event: Event) -> bool:
    return (
        isinstance(event, ApiCall)
        and event.name is ApiCallName.CREATE_CHANNEL
        and event.error_code is None
    )


def _item(raw: RawEvent, at: datetime | None = None) -> Entry | Rejection:
    """At its own time, where no other is given."""
    if raw.fault is not None:
        return Rejection(position=raw.position, event_id=None, reason=raw.fault, time=_BEFORE_ALL)
    try:
        event = parse_event(raw.value)
    except MalformedEvent as error:
        return Rejection(
            position=raw.position,
            event_id=_event_id(raw.value),
            reason=str(error),
            time=at or _readable_time(raw.value),
        )
    return Entry(
        position=raw.position,
        raw=raw.value,
        event=event,
        time=at or event.envelope.time,
        channel_arn=event.channel_arn,
    )


def _event_id(value: object) -> str | None:
    found = value.get("id") if isinstance(value, Mapping) else None
    return found if isinstance(found, str) and found else None


def _readable_time(value: object) -> datetime:
    found = value.get("time") if isinstance(value, Mapping) else None
    try:
        time = datetime.fromisoformat(str(found))
        return time.astimezone(UTC) if time.tzinfo is not None else _BEFORE_ALL
    except (ValueError, OverflowError):
        return _BEFORE_ALL


def _moments(event: Event) -> tuple[datetime, ...]:
    """When the event was sent; CloudTrail also says when the call was made, minutes before."""
    sent = event.envelope.time
    return (sent, event.called_at) if isinstance(event, ApiCall) else (sent,)
