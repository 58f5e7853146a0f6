"""Recordings that are shorter than their streams."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.check import Check, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import one_recording
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Recording
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding

# A lost part cannot be repaired. After a working day the people who need to know have read of it.
_CLOSES_AFTER: Final = timedelta(hours=24)
# A recording starts some seconds after its stream, which is a large share of a short one.
_SHORTEST: Final = timedelta(seconds=60)
# After 48 hours a new recording begins in any case (User Guide, auto-record to S3).
_LONGEST: Final = timedelta(hours=48)


class RecordingIntegrity(Check, frozen=True):
    """A recording must be at least the share `at_least` of the time its streams were on the air.

    The rule does not judge streams of less than a minute, recordings of more than six streams, or
    recordings in parts: after 48 hours IVS begins a new recording of the same stream.
    The breach lasts for 24 hours, or until the next recording ends with enough length.
    Data: `Recording End` events, the start and end of every stream of the recording. Costs no IVS
    call.
    """

    # The end of every stream of a recording is known by the time it is judged.
    traits: ClassVar = frozenset({Trait.TAGS})
    lacks: ClassVar = {Trait.ON_AIR: "the streams of a recording are over when it is judged"}
    no_warnings: ClassVar = "a recording is over when it is judged"
    lower_limit: ClassVar = "at_least"

    at_least: float = 0.9

    def __post_init__(self) -> None:
        if not 0 < self.at_least <= 1:
            raise ValueError(
                f"expected `at_least` above 0 and at most 1, a share, found {self.at_least}"
            )

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if not facts.state.recordings:
            return _NONE
        for ended_at, recording in _ended(facts):
            on_air = _on_air(recording, facts)
            if (
                recording.duration_ms is None
                or on_air is None
                or not _SHORTEST <= on_air <= _LONGEST
            ):
                continue
            recorded = timedelta(milliseconds=recording.duration_ms.value)
            if recorded >= self.at_least * on_air:
                return _WHOLE
            if now >= ended_at + _CLOSES_AFTER:
                return _LONG_AGO
            return breach(
                f"{format_duration(recorded)} recorded of {format_duration(on_air)} on the "
                "air; "
                f"at least {format_duration(self.at_least * on_air)} are expected",
                about=one_recording(recording),
                since=min(ended_at, now),
                compared={
                    "recorded": recorded,
                    "on_air": on_air,
                    "ended_at": ended_at,
                    "stream_ids": recording.stream_ids,
                },
                recheck_at=ended_at + _CLOSES_AFTER,
            )
        return _UNKNOWN


_NONE: Final = not_applicable("no recording of the channel is known")
_WHOLE: Final = compliant("the last recording holds what was on the air")
_LONG_AGO: Final = not_applicable("the last recording that fell short is more than 24h old")
_UNKNOWN: Final = not_applicable(
    "no recording has a known duration and known times of all its streams"
)


def _ended(facts: Facts) -> list[tuple[datetime, Recording]]:
    """The recordings that ended, the last one first."""
    ended = [(each.ended_at, each) for each in facts.recordings if each.ended_at is not None]
    return sorted(ended, key=lambda each: (each[0], each[1].recording_id), reverse=True)


def _on_air(recording: Recording, facts: Facts) -> timedelta | None:
    """The airtime of all its streams together; None if a start or an end is not known, or if
    another recording holds a part of it."""
    if recording.has_more_streams or _is_part(recording, facts):
        return None
    lasted = timedelta(0)
    for stream_id in recording.stream_ids:
        session = facts.state.sessions.get(stream_id)
        if session is None or session.on_air_at is None or session.ended_at is None:
            return None
        lasted += session.ended_at - session.on_air_at
    return lasted


def _is_part(recording: Recording, facts: Facts) -> bool:
    return any(
        each is not recording
        and each.started_at is not None
        and not each.stream_ids.isdisjoint(recording.stream_ids)
        for each in facts.recordings
    )
