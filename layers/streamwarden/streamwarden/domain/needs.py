"""What rules need a sweep to read beyond channels and live streams: what none needs is not read."""

from datetime import datetime

from msgspec import Struct

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.state.merge import latest
from streamwarden.domain.state.periods import LocalPeriod


class Needs(Struct, frozen=True, kw_only=True):
    """What one rule, or a whole policy, looks at.

    `resources` are types of resources to list, or to count for the account. `ingest` is the
    configuration of what an encoder sends (GetStreamSession, one call a stream), `stream_keys` the
    tags of stream keys (ListStreamKeys, one call a channel). `viewers` says that a rule reads
    viewer counts of streams: they are reported, and do not grow old. `viewers_until` is the end of
    exemptions that read them. `peers` are how many streams
    may be live together, each with the key of the tag whose value they share; `airtime` are the
    periods in which airtime is added up, each with the key of the tag by whose values. An empty
    key stands for the whole account.
    `counts` are counts of the account, each with the smallest that breaches a rule. `live_counts`
    are those of live streams that share a tag's value, each with the smallest that a rule warns of
    or has to know after that.
    """

    resources: frozenset[ResourceType] = frozenset()
    ingest: bool = False
    stream_keys: bool = False
    viewers: bool = False
    viewers_until: datetime | None = None
    peers: frozenset[tuple[str, int]] = frozenset()
    airtime: frozenset[tuple[str, LocalPeriod]] = frozenset()
    counts: frozenset[tuple[str, int]] = frozenset()
    live_counts: frozenset[tuple[str, int]] = frozenset()

    def __or__(self, other: "Needs") -> "Needs":
        return Needs(
            resources=self.resources | other.resources,
            ingest=self.ingest or other.ingest,
            stream_keys=self.stream_keys or other.stream_keys,
            viewers=self.viewers or other.viewers,
            viewers_until=latest(self.viewers_until, other.viewers_until),
            peers=self.peers | other.peers,
            airtime=self.airtime | other.airtime,
            counts=self.counts | other.counts,
            live_counts=self.live_counts | other.live_counts,
        )

    def reads_viewers_at(self, now: datetime) -> bool:
        until = self.viewers_until
        return self.viewers or (until is not None and now < until)
