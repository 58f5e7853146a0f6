"""Event matchers: an event is matched when it arrives, because it is not kept.

A matched event is part of the state, under the key of its event matcher. So the key must not
change with the rule's id, and rules that ask for the same events share the matched events.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from streamwarden.domain.brief import brief
from streamwarden.domain.events import ApiCall, Event, UnknownEvent
from streamwarden.domain.state.resource import MatchedEvent

# Where AWS puts the name of an event, whatever its detail-type: those of `events.parsing`.
_NAMES: Final = ("event_name", "limit_name", "limit", "recording_status", "eventName")

# Where a model has the code of what went wrong. Free text is excluded: that of a call can contain
# anything, and people read what is kept.
_CAUSES: Final = ("error_code", "code", "recording_status_reason")

# Names and codes are short words; nothing that an event holds may make a record large.
_LONGEST: Final = 100


class EventMatcher(Struct, frozen=True):
    """`key` names what it asks for: two event matchers with the same key match the same."""

    key: str
    matches: Callable[[Event], bool]


def matched_by(
    matchers: Iterable[EventMatcher], event: Event
) -> Mapping[str, frozenset[MatchedEvent]]:
    """What is kept of the event, for each event matcher that matches it."""
    keys = [event_matcher.key for event_matcher in matchers if event_matcher.matches(event)]
    return dict.fromkeys(keys, frozenset({_remembered(event)})) if keys else {}


def _remembered(event: Event) -> MatchedEvent:
    codes = (getattr(event, each, None) for each in _CAUSES)
    return MatchedEvent(
        at=moment_of(event),
        event_id=event.envelope.id[:_LONGEST],
        name=brief(name_of(event), _LONGEST),
        cause=brief(next(filter(None, codes), ""), _LONGEST),
    )


def moment_of(event: Event) -> datetime:
    """When it happened, in UTC. CloudTrail sends the record of a call minutes later."""
    return event.called_at if isinstance(event, ApiCall) else event.envelope.time


def name_of(event: Event) -> str:
    """Its own name, also where this version has no model for it; else its detail-type."""
    if not isinstance(event, UnknownEvent) or event.event_name:
        return str(event.name)
    detail = event.envelope.raw.members.get("detail")
    if isinstance(detail, Mapping):
        for key in _NAMES:
            if isinstance(name := detail.get(key), str) and name:
                return name
    return event.name
