"""What each input says about its channel, as a piece of knowledge to merge.

No input is obeyed. That is why inputs may come late, twice, in any order, or not at all.
"""

from collections.abc import Iterable
from copy import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

from streamwarden.domain.arn import ResourceType, resource_type_of
from streamwarden.domain.inputs import (
    ActionFinished,
    Health,
    Input,
    KeyObserved,
    LookAgain,
    ResourceListed,
    ResourceNotListed,
    StreamListed,
    StreamNotListed,
)
from streamwarden.domain.joins import Stamped
from streamwarden.domain.learn.events import from_event
from streamwarden.domain.learn.fragments import (
    MINTED_AT_TAG,
    minted_at_of,
    seen,
    settings_of,
    with_key,
)
from streamwarden.domain.resource import Resource, Session, merge

__all__ = ["MINTED_AT_TAG", "knowledge_of", "learn", "minted_at_of"]

# A listing can miss what began while it was read, and IVS lists a new stream some seconds late
# (Streaming Config: `Stream Start` itself lags by up to 7 s). What it does not hold is therefore
# taken as absent only up to a minute before.
_LISTING_LAG: Final = timedelta(seconds=60)


def learn(known: Resource, inputs: Iterable[Input]) -> Resource:
    """Everything known, once the inputs are too. All inputs must concern this resource."""
    return reduce(merge, (knowledge_of(known.arn, each) for each in inputs), known)


def knowledge_of(arn: str, given: Input) -> Resource:
    """What one input says of a resource: its own, or the channel whose stream key it is about.

    Raises ValueError for an input that is about something else.
    """
    if given.resource_arn != arn and not _is_about_key(given):
        raise ValueError(f"{type(given).__name__} is not about {arn}")
    match given:
        case LookAgain():
            return Resource(arn=arn)
        case ResourceListed():
            return _resource_listed(arn, given)
        case ResourceNotListed():
            return Resource(arn=arn, unlisted_at=given.time - _LISTING_LAG)
        case StreamListed():
            return _stream_listed(arn, given)
        case StreamNotListed():
            return Resource(arn=arn, offline_at=given.time - _LISTING_LAG)
        case ActionFinished():
            return _action_finished(arn, given)
        case KeyObserved():
            return with_key(arn, given.key_arn, given.minted_at, given.time, given.tags)
        case _:
            return from_event(arn, given)


def _is_about_key(given: Input) -> bool:
    return resource_type_of(given.resource_arn or "") is ResourceType.STREAM_KEY


def _resource_listed(arn: str, listed: ResourceListed) -> Resource:
    return replace(
        seen(arn, listed.time),
        listed_at=listed.time,
        settings=settings_of(listed.settings, listed.time),
        listed_tags=Stamped(dict(listed.tags), listed.time),
    )


def _stream_listed(arn: str, listed: StreamListed) -> Resource:
    session = Session(
        stream_id=listed.stream_id, on_air_at=listed.start_time, last_seen_at=listed.time
    )
    if listed.health is Health.STARVING:
        session = replace(session, listed_stalled=frozenset({listed.time}))
    elif listed.health is Health.HEALTHY:
        session = replace(session, recovered_at=listed.time - _LISTING_LAG)
    if listed.viewer_count is not None:
        session = _watched(session, listed.viewer_count, listed.time)
    return replace(seen(arn, listed.time), sessions={session.stream_id: session})


def _watched(session: Session, viewers: int, at: datetime) -> Session:
    reading = Stamped(viewers, at)
    if viewers > 0:
        return replace(session, viewers=reading, watched_at=at)
    return replace(session, viewers=reading, unwatched=frozenset({at}))


def _action_finished(arn: str, finished: ActionFinished) -> Resource:
    at = finished.time
    return replace(
        Resource(arn=arn),
        outcomes={finished.action_id: Stamped(finished.outcome, at)},
        tag_changes={key: Stamped(value, at) for key, value in finished.tags.items()},
    )
