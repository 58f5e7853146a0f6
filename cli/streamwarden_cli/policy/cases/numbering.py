"""Which stream and recording an event is about, where a case does not say it."""

from dataclasses import dataclass
from typing import Final

from streamwarden.domain.events import RecordingStatus, StreamStateName

_ENDS: Final = frozenset({StreamStateName.STREAM_END, StreamStateName.SESSION_ENDED})
_STARTS: Final = frozenset(
    {RecordingStatus.RECORDING_START, RecordingStatus.RECORDING_START_FAILURE}
)


@dataclass(slots=True)
class Numbering:
    """Of one channel. A stream is created or started, and is over once it, or its session, ended.

    Both ends are told of one stream, so the next one begins only with something that begins.
    """

    is_on_air: bool = False
    _stream: int = 1
    _is_used: bool = False
    _is_over: bool = False
    _recording: int = 0

    def __post_init__(self) -> None:
        self._is_used = self.is_on_air

    def stream(self, name: str) -> str:
        """`st-1`, and the next one where the last is over or a session is created."""
        begins_another = name == StreamStateName.SESSION_CREATED and self._is_used
        starts_again = name == StreamStateName.STREAM_START and self._is_over
        if begins_another or starts_again:
            self._stream += 1
            self._is_over = False
        self._is_used = True
        self._is_over = self._is_over or name in _ENDS
        return f"st-{self._stream}"

    def recording(self, name: str) -> str:
        """`rec-1`, and the next one with each that starts, or fails to."""
        if self._recording == 0 or name in _STARTS:
            self._recording += 1
        return f"rec-{self._recording}"
