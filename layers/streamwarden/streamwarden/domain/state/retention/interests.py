"""What a policy reads of the little that is kept: bounds make room for it first."""

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum

from msgspec import Struct

from streamwarden.domain.state.merge import EMPTY, latest
from streamwarden.domain.state.periods import LocalPeriod
from streamwarden.domain.state.resource import Author, StreamVerdict


class AuthorRank(IntEnum):
    """How much a rule needs to know who changed a tag last."""

    NONE = 0
    KEPT = 1
    KEPT_FIRST = 2


type RankAuthor = Callable[[str, Author], AuthorRank]
type WantsVerdict = Callable[[StreamVerdict], bool]


class Interests(Struct, frozen=True, kw_only=True):
    """What rules read.

    `counts_airtime` says that a rule adds up how long channels are on the air, `by_local_clock`
    that one does so in another time zone than UTC, `reads_viewers` that one reads how many watch.
    `shared_periods` are those in which sweeps add up the airtime of several channels.
    `viewers_until` is the end of exemptions that read it.
    `key_tags` are the tags of stream keys that a rule asks for by name. `rank_authors` say, by the
    key of a tag and who changed it, how much a rule needs to know that. `want_verdicts` say whether
    a rule asks for an external verdict.
    """

    counts_airtime: bool = False
    by_local_clock: bool = False
    shared_periods: frozenset[LocalPeriod] = EMPTY
    reads_viewers: bool = False
    viewers_until: datetime | None = None
    key_tags: frozenset[str] = EMPTY
    rank_authors: tuple[RankAuthor, ...] = ()
    want_verdicts: tuple[WantsVerdict, ...] = ()

    def __or__(self, other: "Interests") -> "Interests":
        return Interests(
            counts_airtime=self.counts_airtime or other.counts_airtime,
            by_local_clock=self.by_local_clock or other.by_local_clock,
            shared_periods=self.shared_periods | other.shared_periods,
            reads_viewers=self.reads_viewers or other.reads_viewers,
            viewers_until=latest(self.viewers_until, other.viewers_until),
            key_tags=self.key_tags | other.key_tags,
            rank_authors=(*self.rank_authors, *other.rank_authors),
            want_verdicts=(*self.want_verdicts, *other.want_verdicts),
        )

    def reads_viewers_at(self, now: datetime) -> bool:
        until = self.viewers_until
        return self.reads_viewers or (until is not None and now < until)
