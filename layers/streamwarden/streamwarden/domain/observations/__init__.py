"""What each input says about its channel, as observations to merge.

No input is a command. Therefore inputs may arrive late, twice, in any order, or not at all.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.arn import ResourceType, resource_type_of
from streamwarden.domain.brief import brief
from streamwarden.domain.events import Event, Received
from streamwarden.domain.inputs import (
    ActionFinished,
    IngestObserved,
    Input,
    KeyObserved,
    NotificationHandled,
    PeersListed,
    Recheck,
    ResourceListed,
    ResourceNotListed,
    RotationObserved,
    StreamListed,
    StreamNotListed,
    StreamStillListed,
)
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.observations.controls import from_control
from streamwarden.domain.observations.events import from_event
from streamwarden.domain.observations.fragments import seen, settings_of, with_key
from streamwarden.domain.observations.streams import LISTING_LAG, from_listed_stream
from streamwarden.domain.state.airtime import newest_days, slots_between
from streamwarden.domain.state.event_matching import EventMatcher, matched_by
from streamwarden.domain.state.merge import Stamped, latest
from streamwarden.domain.state.resource import Resource, Session, StreamKey, merge
from streamwarden.domain.state.tag_history import listed_values

__all__ = ["apply_inputs", "observation_of"]


_USED_BY_CHANNELS: Final = frozenset(
    resource for resource, each in LISTED_TYPES.items() if each.has_uses
)


def apply_inputs(
    state: Resource, inputs: Iterable[Input], matchers: Iterable[EventMatcher] = ()
) -> Resource:
    """Everything known, once the inputs are too. All inputs must concern this resource.

    `matchers` are the event matchers of the rules about it.
    """
    merged, stream_ids = state, set[str]()
    for each in inputs:
        observed = observation_of(state.arn, each, matchers)
        merged = merge(merged, observed)
        stream_ids.update(observed.sessions)
    return _with_airtime(_still_matched(merged, matchers), stream_ids)


def _still_matched(state: Resource, matchers: Iterable[EventMatcher]) -> Resource:
    """Without matched events of rules that no longer exist: policies change for years."""
    if not state.matched_events:
        return state
    matched_keys = {event_matcher.key for event_matcher in matchers}
    if state.matched_events.keys() <= matched_keys:
        return state
    matched = {key: events for key, events in state.matched_events.items() if key in matched_keys}
    return replace(state, matched_events=matched)


def _with_airtime(state: Resource, stream_ids: Iterable[str]) -> Resource:
    """With the airtime of these sessions, which grows with what is known of each."""
    airtime, last = state.airtime, state.last_on_air_at
    for stream_id in stream_ids:
        session = state.sessions[stream_id]
        if session.on_air_at is not None and session.on_air_until is not None:
            slots = slots_between(session.on_air_at, session.on_air_until)
            airtime, last = newest_days(airtime, slots), latest(last, session.on_air_until)
    if last is state.last_on_air_at and airtime is state.airtime:
        return state
    return replace(state, airtime=airtime, last_on_air_at=last)


def observation_of(arn: str, given: Input, matchers: Iterable[EventMatcher] = ()) -> Resource:
    """What one input says of a resource: its own, or the channel whose stream key it is about.

    Raises ValueError for an input that is about something else.
    """
    if given.resource_arn != arn and not _is_about_key(given):
        raise ValueError(f"{type(given).__name__} is not about {arn}")
    match given:
        case Received():  # as nearly all inputs are
            return _received(arn, given, matchers)
        case Recheck() | NotificationHandled():
            return Resource(arn=arn)
        case ResourceListed():
            return _resource_listed(arn, given)
        case ResourceNotListed() | StreamNotListed():
            return _not_listed(arn, given)
        case StreamListed() | StreamStillListed() | IngestObserved():
            return from_listed_stream(arn, given)
        case PeersListed():
            return _peers_listed(arn, given)
        case ActionFinished():
            return _action_finished(arn, given)
        case KeyObserved() | RotationObserved():
            return _key_observed(arn, given)
        case _:
            return from_control(given)


def _received(arn: str, event: Event, matchers: Iterable[EventMatcher]) -> Resource:
    observed, matched = from_event(arn, event), matched_by(matchers, event)
    return replace(observed, matched_events=matched) if matched else observed


def _is_about_key(given: Input) -> bool:
    return resource_type_of(given.resource_arn or "") is ResourceType.STREAM_KEY


def _resource_listed(arn: str, listed: ResourceListed) -> Resource:
    at, channels = listed.time, listed.settings.get("channels")
    is_counted = channels is not None and resource_type_of(arn) in _USED_BY_CHANNELS
    return replace(
        seen(arn, at),
        listed_at=at,
        used_at=at if is_counted and channels else None,
        unused_at=frozenset({at}) if is_counted and not channels else frozenset(),
        settings=settings_of(listed.settings, at),
        listed_tags=Stamped(dict(listed.tags), at),
        tag_history=listed_values(listed.tags, at),
    )


def _not_listed(arn: str, missed: ResourceNotListed | StreamNotListed) -> Resource:
    at = missed.time - LISTING_LAG
    if isinstance(missed, ResourceNotListed):
        return Resource(arn=arn, unlisted_at=at)
    # Nothing is said of airtime: if its end was lost, the stream may have ended long ago.
    return Resource(arn=arn, offline_at=at)


def _peers_listed(arn: str, listed: PeersListed) -> Resource:
    """Only a listing that calls the stream healthy says that it was on the air (`streams`)."""
    at = listed.time
    peers = Stamped(dict(listed.peers), at)
    on_air_until = at if listed.is_healthy else None
    session = Session(stream_id=listed.stream_id, on_air_until=on_air_until, peers=peers)
    return Resource(arn=arn, sessions={session.stream_id: session})


def _action_finished(arn: str, finished: ActionFinished) -> Resource:
    at, key_arn = finished.time, finished.key_arn
    outcome = replace(
        finished.outcome,
        reason=brief(finished.outcome.reason),
        decided_at=finished.decided_at,
    )
    done = Resource(
        arn=arn,
        settings=settings_of(finished.settings, at),
        outcomes={finished.action_id: Stamped(outcome, at)},
    )
    changes: Mapping[str, Stamped[str | None]] = {
        key: Stamped(value, at) for key, value in finished.tags.items()
    }
    if key_arn is None:
        return replace(done, tag_changes=changes)
    return replace(done, stream_keys={key_arn: StreamKey(arn=key_arn, tag_changes=changes)})


def _key_observed(arn: str, given: KeyObserved | RotationObserved) -> Resource:
    if isinstance(given, RotationObserved):
        return Resource(arn=arn, is_key_rotated=Stamped(not given.is_finished, given.time))
    return with_key(arn, given.key_arn, given.minted_at, given.time, given.tags)
