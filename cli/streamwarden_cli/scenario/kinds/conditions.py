"""The conditions under which all else happens."""

from datetime import timedelta
from typing import Literal

from streamwarden_cli.scenario.kinds.base import Count, Latency, Probability, Span, StepKind


class Chaos(StepKind):
    """Knobs that are not given stay as they are; `off` turns all of them off first."""

    off: bool = False
    loss: Probability | None = None
    duplication: Probability | None = None
    delay: Probability | None = None
    longest_delay: Span | None = None
    reordering: Probability | None = None

    def knobs(self) -> dict[str, float]:
        """As Control takes them; a span in seconds."""
        names = ("loss", "duplication", "delay", "reordering")
        turned = {name: getattr(self, name) for name in names}
        if self.longest_delay is not None:
            turned["longest_delay"] = self.longest_delay.total_seconds()
        calm = dict.fromkeys(names, 0.0) if self.off else {}
        return calm | {name: value for name, value in turned.items() if value is not None}


class Latencies(StepKind):
    """All of them by a name, single ones, or both; the others stay as they are."""

    latencies: Literal["instant", "realistic"] | None = None
    stream_start: Latency | None = None
    missing_ingest: Latency | None = None
    draining: Latency | None = None
    recording_written: Latency | None = None

    def single(self) -> dict[str, float]:
        """As Control takes them: in seconds."""
        given: dict[str, timedelta | None] = {
            "stream_start": self.stream_start,
            "missing_ingest": self.missing_ingest,
            "draining": self.draining,
            "recording_written": self.recording_written,
        }
        return {name: span.total_seconds() for name, span in given.items() if span is not None}


class Limits(StepKind):
    """Whether API calls are limited as on AWS."""

    enabled: bool


class Quotas(StepKind):
    """How much an account may have; what is not given stays as it is."""

    channels: Count | None = None
    concurrent_streams: Count | None = None
    concurrent_viewers: Count | None = None
    takeovers_per_stream: Count | None = None

    def given(self) -> dict[str, int]:
        return self.model_dump(include=set(Quotas.model_fields), exclude_none=True)
