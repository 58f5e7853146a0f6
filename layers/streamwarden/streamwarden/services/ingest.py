"""Learn what encoders send, stream by stream: no listing tells it.

GetStreamSession may be called five times a second (IVS quotas), by everybody in the account.
Therefore it is asked only where the policy needs it, a few times a sweep, and no more of a stream
once the answer is there.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.inputs import IngestObserved
from streamwarden.services.errors import TemporaryError
from streamwarden.services.ports import StreamSessions
from streamwarden.services.records import FleetEntry

_CALLS_A_SWEEP: Final = 20


def observed_ingests(
    sessions: StreamSessions,
    streams: Iterable[LiveStream],
    entries: Mapping[str, FleetEntry],
    now: datetime,
) -> Iterator[IngestObserved]:
    """Observations of live streams that are not known yet; the rest has time.

    Raises PermanentError.
    """
    unknown = (each for each in streams if not _has_ingest(each, entries.get(each.channel_arn)))
    # The newest first: an encoder that never tells must not keep the others from being asked.
    newest = sorted(unknown, key=lambda each: (each.start_time, each.channel_arn), reverse=True)
    for stream in islice(newest, _CALLS_A_SWEEP):
        try:
            ingest = sessions.ingest(stream.channel_arn, stream.stream_id)
        except TemporaryError:
            return
        if ingest is not None:
            yield IngestObserved(
                resource_arn=stream.channel_arn,
                time=now,
                stream_id=stream.stream_id,
                ingest=ingest,
            )


def _has_ingest(stream: LiveStream, entry: FleetEntry | None) -> bool:
    is_same = entry is not None and entry.live_stream_id == stream.stream_id
    return not stream.stream_id or (is_same and entry is not None and entry.is_ingest_known)
