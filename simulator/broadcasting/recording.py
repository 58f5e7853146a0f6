"""A recording as the service keeps it while streams are written into it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulator.broadcasting.ingest import Ingest


@dataclass(slots=True)
class Recording:
    """One recording of a channel: one stream, or several that reconnected in time."""

    session_id: str
    channel_arn: str
    configuration: dict[str, Any]
    key_prefix: str
    started_at: datetime
    ingest: Ingest
    stream_ids: list[str] = field(default_factory=list)
    resumed_at: datetime | None = None
    recorded: timedelta = timedelta(0)
    # While no stream is written into it: until when one may come back.
    waits_until: datetime | None = None

    @property
    def bucket_name(self) -> str:
        return str(self.configuration["destinationConfiguration"]["s3"]["bucketName"])

    @property
    def reconnect_window(self) -> timedelta:
        return timedelta(seconds=self.configuration.get("recordingReconnectWindowSeconds", 0))

    def pause(self, at: datetime) -> None:
        if self.resumed_at is not None:
            self.recorded += at - self.resumed_at
        self.resumed_at = None
        self.waits_until = at + self.reconnect_window
