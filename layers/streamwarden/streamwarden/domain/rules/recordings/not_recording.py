"""Live streams that are not recorded."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, format_duration
from streamwarden.domain.rules.check import (
    ON_AIR,
    RECORDS,
    LiveCheck,
    breach,
    compliant,
    not_applicable,
)
from streamwarden.domain.rules.deadlines import LastingCheck
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Recording, Session
from streamwarden.domain.verdicts import Finding

# The longest reconnect window of a recording configuration: a stream that begins within it may
# continue the recording of the previous one, and only `Recording End` names both.
_RECONNECT_WINDOW: Final = timedelta(seconds=300)
# After 48 hours a new recording begins in any case (User Guide, auto-record to S3).
_LONGEST_RECORDING: Final = timedelta(hours=48)


class NotRecording(LastingCheck, LiveCheck, frozen=True):
    """A stream of a channel that records must be recorded `limit` after it went on the air.

    A recording that failed to start does not count. The rule does not judge streams that began
    before the channel was first seen, because their recording may have started unseen. `warnings`
    says how long before the limit people get an early warning, each once per stream. A rule with
    the action `warn` in mode enforce also puts the `warnings` into the stream.
    Data: recording events, stream events, `ListStreams`, `recordingConfigurationArn`. Costs no IVS
    call.
    """

    needs_settings: ClassVar = True
    breached_only_where: ClassVar = f"{ON_AIR} && {RECORDS}"

    limit: Duration = timedelta(seconds=60)

    @property
    def coming(self) -> str:
        return f"this stream will have been on the air for {format_duration(self.limit)} unrecorded"

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        configuration = facts.state.settings.get("recordingConfigurationArn")
        if configuration is None:
            return _UNKNOWN
        if not configuration.value:
            return _NOT_SET
        if _is_recorded(live, facts):
            return compliant("the stream is recorded", about=one_stream(live.stream_id))
        first_seen_at = facts.state.first_seen_at
        if first_seen_at is None or first_seen_at > live.on_air_at:
            return _BEFORE_US
        if any(_may_go_on(each, live.on_air_at, facts) for each in facts.recordings):
            return _MAY_GO_ON
        deadline, allowed = live.on_air_at + self.limit, format_duration(self.limit)
        lasted = format_duration(now - live.on_air_at)
        if now < deadline:
            reason = f"not recorded yet, {lasted} of {allowed} allowed after the stream began"
            return self.ahead(reason, about=one_stream(live.stream_id), deadline=deadline, now=now)
        reason = f"on the air for {lasted} and not recorded; a recording should start in"
        return breach(
            f"{reason} {allowed}",
            about=one_stream(live.stream_id),
            since=deadline,
            compared={
                "on_air_at": live.on_air_at,
                "lasted": now - live.on_air_at,
                "recordingConfigurationArn": configuration,
            },
        )


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_UNKNOWN: Final = not_applicable("whether the channel records is not known yet")
_NOT_SET: Final = not_applicable("the channel has no recording configuration")
_BEFORE_US: Final = not_applicable(
    "the stream began before the channel was first seen; its recording may have started unseen"
)
_MAY_GO_ON: Final = not_applicable("the recording of the previous stream may still go on")


def _is_recorded(live: Session, facts: Facts) -> bool:
    stream_id = live.stream_id
    for each in facts.state.recordings.values():
        if stream_id in each.stream_ids and each.started_at is not None:
            return True
    return False


def _may_go_on(recording: Recording, on_air_at: datetime, facts: Facts) -> bool:
    """Whether the stream that began then may be part of this recording of an earlier one."""
    is_open = recording.ended_at is None and recording.failure is None
    if recording.started_at is None or not is_open:
        return False
    if recording.started_at + _LONGEST_RECORDING < on_air_at:
        return False
    sessions = facts.state.sessions
    ends = [sessions[each].ended_at for each in recording.stream_ids if each in sessions]
    state = [end for end in ends if end is not None]
    return not state or max(state) + _RECONNECT_WINDOW >= on_air_at
