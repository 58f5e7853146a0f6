"""What a finding is about: every breach says so, because an action must not hit what comes after.

What is judged about one stream or recording may act on that stream alone. What is judged about the
resource itself, or about a period of time, may act on whatever is on the air.
"""

from typing import Final

from streamwarden.domain.state.resource import Recording
from streamwarden.domain.verdicts import Subject

RESOURCE: Final = Subject()


def one_stream(stream_id: str) -> Subject:
    return Subject(stream_id, (stream_id,))


def one_recording(recording: Recording) -> Subject:
    """One recording, and the streams that it is of."""
    return Subject(recording.recording_id, tuple(sorted(recording.stream_ids)))


def one_period(name: str) -> Subject:
    """What went on in one day, week or month, by its ISO name."""
    return Subject(name)
