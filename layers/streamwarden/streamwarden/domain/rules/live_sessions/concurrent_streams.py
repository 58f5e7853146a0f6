"""The number of streams that are live at the same time."""

from copy import replace
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import ON_AIR, LiveCheck, breach, compliant, not_applicable
from streamwarden.domain.rules.counts import CountCheck
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.peers import FRESH_FOR, Peers, fresh_peers
from streamwarden.domain.verdicts import Finding, NearLimit


class ConcurrentStreams(CountCheck, LiveCheck, frozen=True):
    """At most `limit` streams may be live together on the channels with one value of the tag `tag`.

    Without `tag`, the limit applies to the whole account and region. The streams that started last
    are in breach. All streams count, including streams of channels that the rule is not about. A
    stream is judged after the first sweep that follows its start. It is judged again when so many
    other streams ended that it is within the limit. The counts of a sweep are valid for two hours.
    `warnings` are shares of the limit, such as 80%, at which people get an early warning, each once
    until the count has gone a tenth of the limit below it. The warning is about the channel whose
    stream started first. Its viewers are not warned, because the stream is allowed. Nobody is
    warned while the rule is not about that channel, or it is exempt: write a rule with `warnings`
    in mode notify that is about every channel.
    Data: `ListStreams`, tags in `ListChannels`. Costs no further IVS call.
    """

    needs_settings: ClassVar = True
    breached_only_where: ClassVar = ON_AIR

    limit: int
    tag: str | None = None

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError(f"`limit`: expected 1 or more, found {self.limit}")
        self.refuse_warnings_of(self.limit, "limit")
        if self.tag == "":
            raise ValueError("`tag`: expected the key of a tag; leave it out to count all streams")

    @property
    def tag_keys(self) -> Texts:
        return (self.tag,) if self.tag else ()

    @property
    def needs(self) -> Needs:
        key = self.tag or ""
        return Needs(
            peers=frozenset({(key, self.limit)}),
            live_counts=frozenset((key, each) for each in self.boundaries(self.limit)),
        )

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live, tag, limit = facts.live, self.tag, self.limit
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        value = facts.filled_tags.get(tag) if tag else ""
        if value is None:
            return not_applicable(
                f"the channel has no value of tag {tag!r}, by which streams are counted"
            )
        peers = fresh_peers(live.peers, tag or "", value, now)
        # The counts in the record may be for other limits, without this one.
        if live.peers is None or peers is None or limit not in peers.limits:
            return _UNCOUNTED
        others = f"of {tag} {value!r}" if tag else "of the account"
        verb = "is" if limit == 1 else "are"
        counted = f"{peers.live} streams {others} are live, {limit} {verb} allowed"
        if peers.rank <= limit:
            together = f"of the same {tag!r}" if tag else "of the account"
            near = self._near(peers, counted)
            return compliant(f"one of the first {limit} live streams {together}", near=near)
        reason = f"{counted}; this one was the {_ordinal(peers.rank)} to start"
        # The streams that started before it are still on the air: there were always too many.
        since, doubted_at = min(live.on_air_at, now), live.peers.at + FRESH_FOR
        return breach(
            reason,
            about=one_stream(live.stream_id),
            since=since,
            compared={
                "on_air_at": live.on_air_at,
                "rank": peers.rank,
                "live": peers.live,
                "counted_at": live.peers.at,
                "tags": {tag: value} if tag else {},
            },
            recheck_at=doubted_at,
        )

    def _near(self, peers: Peers, text: str) -> NearLimit | None:
        """Of all that are counted together, the first stream lasts, so its record knows what people
        were told of the count. The next one to be the first goes on from there."""
        near = self.near(peers.live, self.limit, text) if peers.rank == 1 else None
        return replace(near, is_news=False) if near is not None and peers.is_heir else near


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_UNCOUNTED: Final = not_applicable(
    "how many other streams are live is not known now; the next sweep counts them"
)


def _ordinal(rank: int) -> str:
    teen = rank % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"
