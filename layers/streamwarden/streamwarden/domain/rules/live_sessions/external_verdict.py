"""What moderation services, bots and people outside say of a stream."""

from collections.abc import Callable, Iterable
from copy import replace
from datetime import datetime, timedelta
from typing import ClassVar, Final, NamedTuple

from streamwarden.domain.duration import Duration
from streamwarden.domain.events.viewers import MOST_VIEWERS, Viewer
from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.rules.check import (
    Judge,
    LiveCheck,
    breach,
    compliant,
    not_applicable,
)
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import NEWEST_KEPT, format_count
from streamwarden.domain.state.resource import Session, StreamVerdict
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.traits import LIVE_CHANNEL, Trait, Traits
from streamwarden.domain.verdicts import Finding

# A stream may run for days. After one day the people who need to know have read of it.
_CLOSES_AFTER: Final = timedelta(hours=24)
_NO_LIMIT: Final = timedelta.max

type _Wants = Callable[[StreamVerdict], bool]


class _Found(NamedTuple):
    """A session, and the verdicts about it that count. Oldest first."""

    session: Session
    verdicts: list[StreamVerdict]

    @property
    def closes_at(self) -> datetime:
        return self.verdicts[-1].at + _CLOSES_AFTER


class ExternalVerdict(LiveCheck, frozen=True):
    """No stream may get an external verdict with one of these `labels`, globs as in `match`.

    A verdict counts if its confidence is at least `min_confidence`, from 0 to 1, and if its source
    is one of `sources`, globs, where these are given. The rule is broken by `count` such verdicts
    about one stream, at most 6, where `within` is given within this time. A verdict without a
    stream id concerns the stream that was live at its time. The breach ends 24 hours after the
    last such verdict. Nothing is done to a stream for a verdict about an earlier one.
    Data: events of the stack's own event bus for verdicts; `docs/external-verdicts.md` describes
    them. Costs no IVS call.
    """

    traits: ClassVar[Traits] = LIVE_CHANNEL | {Trait.VIEWERS, Trait.EVIDENCE}

    no_warnings: ClassVar = (
        "nothing comes near a verdict; a rule with a `count` of 1 tells of the first one"
    )

    labels: Texts
    min_confidence: float
    sources: Texts = ()
    count: int = 1
    within: Duration | None = None

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if not self.labels:
            raise ValueError("`labels`: name at least one, such as Explicit*")
        if not 0 <= self.min_confidence <= 1:
            raise ValueError(
                f"`min_confidence`: expected a number from 0 to 1, such as 0.9, found "
                f"{self.min_confidence:g}"
            )
        if not 1 <= self.count <= NEWEST_KEPT:
            raise ValueError(
                f"`count`: expected a number from 1 to {NEWEST_KEPT}, found {self.count}"
            )
        if self.within is not None and self.count == 1:
            raise ValueError("`within`: give a `count` of 2 or more, too")

    @property
    def interests(self) -> Interests:
        return Interests(want_verdicts=(self._wants(),))

    def _wants(self) -> _Wants:
        is_labelled, least = matcher(self.labels), self.min_confidence
        is_from = matcher(self.sources) if self.sources else None

        def wants(verdict: StreamVerdict) -> bool:
            return bool(
                verdict.confidence >= least
                and is_labelled(verdict.label)
                and (is_from is None or is_from(verdict.source))
            )

        return wants

    def prepare(self) -> Judge:
        wants, count, within = self._wants(), self.count, self.within or _NO_LIMIT

        def judge(facts: Facts, now: datetime) -> Finding:
            sessions = facts.state.sessions.values()
            if not sessions:
                return _UNKNOWN_STREAM if any(map(wants, facts.state.verdicts)) else _NO_SESSION
            found = [
                each
                for each in _counted(sessions, facts, wants)
                if _are_together(each.verdicts, count, within)
            ]
            open_ones = [each for each in found if now < each.closes_at]
            if open_ones:
                return _breach(_most_urgent(open_ones, facts), now)
            return _NONE

        return judge


_NO_SESSION: Final = not_applicable("no session of the channel is known")
_UNKNOWN_STREAM: Final = not_applicable("a verdict is about a stream that is not known")
_NONE: Final = compliant("no stream got such a verdict in the last 24h")


def _counted(sessions: Iterable[Session], facts: Facts, wants: _Wants) -> Iterable[_Found]:
    for session in sessions:
        if verdicts := sorted(filter(wants, facts.verdicts_of(session))):
            yield _Found(session, verdicts)


def _are_together(verdicts: list[StreamVerdict], count: int, within: timedelta) -> bool:
    """Whether so many of them came within this time."""
    pairs = zip(verdicts, verdicts[count - 1 :], strict=False)
    return any(last.at - first.at <= within for first, last in pairs)


def _most_urgent(found: Iterable[_Found], facts: Facts) -> _Found:
    """That of the live stream, which something can be done to; else that with the last verdict."""
    return max(
        found,
        key=lambda each: (each.session is facts.live, each.verdicts[-1], each.session.stream_id),
    )


def _breach(found: _Found, now: datetime) -> Finding:
    return breach(
        _describe(found.verdicts),
        about=one_stream(found.session.stream_id),
        since=min(found.verdicts[0].at, now),
        compared={"verdicts": [replace(each, viewers=()) for each in found.verdicts]},
        recheck_at=found.closes_at,
        viewers=_viewers(found.verdicts),
    )


def _describe(verdicts: list[StreamVerdict]) -> str:
    """`rekognition says 'Violence' with confidence 0.97: https://…`"""
    last, number = verdicts[-1], len(verdicts)
    more = f" ({format_count(number)} verdicts, this is the last)" if number > 1 else ""
    return (
        f"{last.source} says {last.label!r} with confidence {last.confidence:.3g}{more}: "
        f"{last.evidence_url}"
    )


def _viewers(verdicts: list[StreamVerdict]) -> tuple[Viewer, ...]:
    """Each once, with the highest version; where there are too many, those named last."""
    versions: dict[str, int] = {}
    for verdict in reversed(verdicts):
        for viewer in verdict.viewers:
            if viewer.id in versions or len(versions) < MOST_VIEWERS:
                versions[viewer.id] = max(viewer.version, versions.get(viewer.id, 0))
    return tuple(sorted(Viewer(each, version) for each, version in versions.items()))
