"""When an encoder may go on with the stream of another that is still connected.

Source: the IVS pages on streaming configuration and on `StreamEvent.code`.
"""

from enum import StrEnum

from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.resources import Session

_PRIORITIES = range(1, 2_147_483_647 + 1)


class TakeoverRefusal(StrEnum):
    """The codes of `Stream Takeover Failure`."""

    INVALID_PRIORITY = "StreamTakeoverInvalidPriority"
    MEDIA_MISMATCH = "StreamTakeoverMediaMismatch"
    LIMIT_BREACHED = "StreamTakeoverLimitBreached"


def is_priority(number: int) -> bool:
    return number in _PRIORITIES


def refusal(
    session: Session, ingest: Ingest, priority: int, held: int | None, limit: int
) -> TakeoverRefusal | None:
    """Why this stream cannot be taken over, if so; who connected without a priority holds none.

    Where several reasons apply AWS does not say which one the event has: here it is the first.
    """
    if not is_priority(priority) or (held is not None and priority <= held):
        return TakeoverRefusal.INVALID_PRIORITY
    if not ingest.has_media_of(session.ingest):
        return TakeoverRefusal.MEDIA_MISMATCH
    if session.takeovers >= limit:
        return TakeoverRefusal.LIMIT_BREACHED
    return None
