"""A recording as the service keeps it while streams are written into it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivs_simulator.recording.layout import Layout
from ivs_simulator.recording.merging import Interrupted
from ivs_simulator.recording.playlists import Span
from ivs_simulator.recording.storage import Place
from ivs_simulator.state.resources import Session

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True)
class Recording:
    """One recording of a channel: one stream, or several that reconnected in time.

    `session` is the last of them; it is being recorded from `resumed_at` on, if that is set.
    """

    session_id: str
    place: Place
    layout: Layout
    session: Session
    stream_ids: list[str]
    resumed_at: datetime | None
    spans: list[Span] = field(default_factory=list)
    # While its stream sends nothing.
    silent_since: datetime | None = None
    # While it waits for another stream.
    interrupted_at: datetime | None = None

    @property
    def bucket_name(self) -> str:
        return self.place.bucket

    @property
    def key_prefix(self) -> str:
        return self.layout.prefix

    @property
    def started_at(self) -> datetime:
        return self.layout.started_at

    @property
    def window_seconds(self) -> int:
        return int(self.layout.configuration.get("recordingReconnectWindowSeconds", 0))

    @property
    def duration_ms(self) -> int:
        return sum(span.duration_ms for span in self.spans)

    def interrupted(self, writing: timedelta) -> Interrupted | None:
        """How it waits for another stream, if so; `writing` is how long one takes to be stored."""
        if self.interrupted_at is None:
            return None
        return Interrupted(
            original=self.layout.source,
            started_at=self.started_at,
            interrupted_at=self.interrupted_at,
            stream_count=len(self.stream_ids),
            window_seconds=self.window_seconds,
            writing_seconds=int(writing.total_seconds()),
        )

    def pause(self, at: datetime) -> None:
        """The stream that is recorded has ended."""
        self._close_span(self.silent_since or at)
        self.silent_since = None
        self.resumed_at = None
        self.interrupted_at = at

    def end_silence(self, at: datetime) -> None:
        """The stream that is recorded sends again."""
        self._close_span(self.silent_since or at)
        self.silent_since = None
        self.resumed_at = at

    def resume(self, session: Session, at: datetime) -> None:
        """Another stream is recorded behind those before it."""
        self.session = session
        self.stream_ids.append(session.stream_id)
        self.resumed_at = at
        self.interrupted_at = None

    def _close_span(self, at: datetime) -> None:
        if self.resumed_at is not None:
            # Not below 0 for a stream that was given a start in the future.
            lasted = max(0, (at - self.resumed_at) // _MILLISECOND)
            self.spans.append(Span(self.resumed_at, lasted))
