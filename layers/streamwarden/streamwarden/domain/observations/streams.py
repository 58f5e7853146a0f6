"""What sweeps say of a stream that is listed as live."""

from copy import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from msgspec import structs

from streamwarden.domain.brief import brief
from streamwarden.domain.inputs import Health, IngestObserved, StreamListed, StreamStillListed
from streamwarden.domain.observations.fragments import seen
from streamwarden.domain.state.ingest import AudioTrack, Ingest, VideoTrack
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource, Session

# A listing can miss what began while it was read, and IVS lists a new stream some seconds late
# (Streaming Config: `Stream Start` itself lags by up to 7 s). What it does not hold is therefore
# taken as absent only up to a minute before.
LISTING_LAG: Final = timedelta(seconds=60)


# Multitrack video has at most five video tracks (User Guide), and codecs are short (RFC 6381).
_TRACKS: Final = 8
_LONGEST_NAME: Final = 40


def from_listed_stream(
    arn: str, given: StreamListed | StreamStillListed | IngestObserved
) -> Resource:
    """All of them say that the stream was listed at that moment.

    Only a listing that calls it healthy says that it was on the air: IVS lists some streams for
    hours after their end, as starving or of unknown health, and knows what their encoders sent.
    """
    at = given.time
    session = Session(stream_id=given.stream_id, last_seen_at=at)
    match given:
        case StreamListed():
            session = _described(session, given)
        case StreamStillListed():
            pass
        case IngestObserved():
            session = replace(session, ingest=Stamped(_bounded(given.ingest), at))
        case _:
            assert_never(given)
    began_at = given.start_time if isinstance(given, StreamListed) else None
    return replace(
        seen(arn, at),
        keyed_at=began_at,
        last_on_air_at=began_at,
        sessions={session.stream_id: session},
    )


def _bounded(ingest: Ingest) -> Ingest:
    """An encoder may report any value about itself."""
    return Ingest(
        video=tuple(map(_in_brief, ingest.video[:_TRACKS])),
        audio=tuple(map(_in_brief, ingest.audio[:_TRACKS])),
    )


def _in_brief[T: (VideoTrack, AudioTrack)](track: T) -> T:
    name, codec = brief(track.name, _LONGEST_NAME), brief(track.codec, _LONGEST_NAME)
    return structs.replace(track, name=name, codec=codec)


def _described(session: Session, listed: StreamListed) -> Session:
    session = replace(session, on_air_at=listed.start_time)
    if listed.health is Health.STARVING:
        session = replace(session, listed_stalled=frozenset({listed.time}))
    elif listed.health is Health.HEALTHY:
        at = listed.time
        session = replace(session, recovered_at=at - LISTING_LAG, alive_at=at, on_air_until=at)
    if listed.viewer_count is not None:
        session = _watched(session, listed.viewer_count, listed.time)
    return session


def _watched(session: Session, viewers: int, at: datetime) -> Session:
    reading = Stamped(viewers, at)
    if viewers > 0:
        return replace(session, viewers=reading, watched_at=at)
    return replace(session, viewers=reading, unwatched=frozenset({at}))
