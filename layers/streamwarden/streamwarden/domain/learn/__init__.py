"""What each input says about its channel, as a piece of knowledge to merge.

No input is obeyed. That is why inputs may come late, twice, in any order, or not at all.
"""

from collections.abc import Iterable
from copy import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

from streamwarden.domain.channel import Channel, Session, merge
from streamwarden.domain.inputs import (
    ActionFinished,
    ChannelListed,
    ChannelNotListed,
    Health,
    Input,
    KeyObserved,
    LookAgain,
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

__all__ = ["MINTED_AT_TAG", "knowledge_of", "learn", "minted_at_of"]

# A listing can miss what began while it was read, and IVS lists a new stream some seconds late
# (Streaming Config: `Stream Start` itself lags by up to 7 s). What it does not hold is therefore
# taken as absent only up to a minute before.
_LISTING_LAG: Final = timedelta(seconds=60)


def learn(known: Channel, inputs: Iterable[Input]) -> Channel:
    """Everything known, once the inputs are too. All inputs must concern this channel."""
    return reduce(merge, (knowledge_of(each) for each in inputs), known)


def knowledge_of(given: Input) -> Channel:
    """What one input says. Raises ValueError for an input that concerns no channel."""
    arn = given.channel_arn
    if arn is None:
        raise ValueError(f"{type(given).__name__} concerns no channel")
    match given:
        case LookAgain():
            return Channel(arn=arn)
        case ChannelListed():
            return _channel_listed(arn, given)
        case ChannelNotListed():
            return Channel(arn=arn, unlisted_at=given.time - _LISTING_LAG)
        case StreamListed():
            return _stream_listed(arn, given)
        case StreamNotListed():
            return Channel(arn=arn, offline_at=given.time - _LISTING_LAG)
        case ActionFinished():
            return _action_finished(arn, given)
        case KeyObserved():
            return with_key(arn, given.key_arn, given.minted_at, given.time)
        case _:
            return from_event(arn, given)


def _channel_listed(arn: str, listed: ChannelListed) -> Channel:
    return replace(
        seen(arn, listed.time),
        listed_at=listed.time,
        settings=settings_of(listed.settings, listed.time),
        listed_tags=Stamped(dict(listed.tags), listed.time),
    )


def _stream_listed(arn: str, listed: StreamListed) -> Channel:
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


def _action_finished(arn: str, finished: ActionFinished) -> Channel:
    at = finished.time
    return replace(
        Channel(arn=arn),
        outcomes={finished.action_id: Stamped(finished.outcome, at)},
        tag_changes={key: Stamped(value, at) for key, value in finished.tags.items()},
    )
