"""The options of the simulated service: its latencies, its quotas, and what AWS leaves open.

`INSTANT` is for tests: every consequence follows at once. `REALISTIC` takes the time that AWS
documents.
"""

from dataclasses import dataclass, field
from datetime import timedelta

_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """How long things take. Sources: the IVS pages on streaming configuration, health and FAQ."""

    # From Session Created to Stream Start: some keyframe intervals.
    stream_start: timedelta = _NO_TIME
    # How long IVS waits for a connection that fell silent; None: a stall never ends by itself,
    # and a lost connection ends the session at once.
    missing_ingest: timedelta | None = None
    # When the viewer count shows a view that began, and one that ended.
    view_shown: timedelta = _NO_TIME
    view_gone: timedelta = _NO_TIME
    # From CreateRecordingConfiguration to ACTIVE or CREATE_FAILED.
    recording_configuration: timedelta = _NO_TIME
    # From Session Ended to Stream End: what came in is still being played out.
    draining: timedelta = _NO_TIME
    # From Stream End until the stream is recorded: who comes back sooner is not merged with it.
    recording_written: timedelta = _NO_TIME


INSTANT = Latencies()
REALISTIC = Latencies(
    stream_start=timedelta(seconds=6),
    missing_ingest=timedelta(seconds=30),
    view_shown=timedelta(seconds=15),
    view_gone=timedelta(minutes=1),
    recording_configuration=timedelta(seconds=2),
    draining=timedelta(seconds=4),
    recording_written=timedelta(seconds=10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Per account and region, at AWS's defaults. Source: the IVS service quotas page."""

    channels: int = 5_000
    concurrent_streams: int = 100
    concurrent_viewers: int = 15_000
    recording_configurations: int = 20
    takeovers_per_stream: int = 100
    playback_key_pairs: int = 3
    playback_restriction_policies: int = 3
    ad_configurations: int = 20
    # Not documented; as many as there may be of its neighbours.
    failover_slate_configurations: int = 20
    # Of the API for real-time. Compositions that have ended do not count.
    stages: int = 1_000
    compositions: int = 20
    encoder_configurations: int = 20
    ingest_configurations: int = 100
    public_keys: int = 3
    storage_configurations: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The switches. Each stands for what AWS does not say, at the reading safer to rely on."""

    latencies: Latencies = INSTANT
    quotas: Quotas = field(default_factory=Quotas)
    # AWS only says that a deleted key can no longer be used to stream.
    deleted_key_ends_stream: bool = False
    # The guide's samples have `limit_name`, the EventBridge schema registry `limit`.
    limit_name_member: str = "limit_name"
    # Some services log the path's ARN as it came, percent-encoded.
    encoded_arns_in_cloudtrail: bool = False
    # Whether IVS resources cause `Tag Change on Resource` events from `aws.tag`.
    tag_change_events: bool = False
