"""The airtime of a channel, a tag or the account in a day, a week or a month."""

from copy import replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.calendar import zone_named
from streamwarden.domain.duration import Duration, format_duration
from streamwarden.domain.globs import Texts
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import LiveCheck, breach, not_applicable, pending
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.subjects import one_period
from streamwarden.domain.state.airtime import SLOT, Usage, aired_within
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.state.peers import FRESH_FOR, fresh_peers
from streamwarden.domain.state.periods import UTC_NAME, LocalPeriod, Period
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.state.stale_session import has_ended
from streamwarden.domain.verdicts import Finding

_LONGEST: Final = {
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(days=7),
    Period.MONTH: timedelta(days=31),
}
_NOTHING: Final = timedelta(0)
# A slot is a large part of such a limit.
_SLOTS_NOTICED_BELOW: Final = timedelta(hours=1)
_SAID: Final = {Period.DAY: "today", Period.WEEK: "this week", Period.MONTH: "this month"}


class BroadcastBudget(DeadlineCheck, LiveCheck, frozen=True):
    """A channel may be on the air for less than `limit` in each `period`.

    The period is a day, a week from Monday on, or a month, by the clock of `zone`. With `tag`, all
    channels with the same value of that tag share the budget. With `account`, all channels of the
    account and region share the budget. The budgets that channels share in a policy have at most
    six combinations of tag, period and zone. Streams that have ended are counted in slots of five
    minutes. Live streams are counted to the second. The airtime of other channels is known from
    sweeps, accurate to five minutes for each live stream. It is valid for two hours. A stream that
    starts after the budget is used up is in breach at once. If the budget is shared, the stream is
    in breach after the next sweep. A channel that has used up a budget of its own stays in breach
    until the period ends. Only the removal of its key keeps it off the air. The airtime of deleted
    channels is not counted. The airtime before Streamwarden was deployed, or while no rule had a
    budget, is not counted. Under a new policy, a shared budget counts what a channel aired before
    once a sweep has had the channel decided again. If the end of a stream was lost, its airtime
    after its last sign is not counted. A listing is such a sign only if it calls the stream
    healthy. `warnings` says how long before the budget is used up people get an early warning, each
    once per period. A rule with the action `warn` in mode enforce also puts the `warnings` into the
    stream.
    Data: `Stream Start` and `Stream End` events, `ListStreams`, tags in `ListChannels`. Costs no
    further IVS call.
    """

    needs_settings: ClassVar = True

    limit: Duration
    period: Period
    tag: str | None = None
    account: bool = False
    zone: str = UTC_NAME

    def __post_init__(self) -> None:
        if self.tag == "":
            raise ValueError("`tag`: expected the key of a tag; leave it out for each channel")
        if self.tag and self.account:
            raise ValueError("give either `tag` or `account`, not both")
        zone_named(self.zone)
        if self._is_own and self.limit >= _LONGEST[self.period]:
            raise ValueError(
                f"`limit`: one channel cannot be on the air for more in a {self.period}"
            )
        self.refuse_warnings_from(self.limit)

    @property
    def coming(self) -> str:
        """Without the value of the tag, which may be the name of a client."""
        allowed, period = _describe_hours(self.limit), _SAID[self.period]
        if self._is_own:
            return f"this channel will have used its {allowed} {period}"
        return f"the channels of one budget will have used their {allowed} {period}"

    @property
    def tag_keys(self) -> Texts:
        return (self.tag,) if self.tag else ()

    @property
    def _is_own(self) -> bool:
        return not self.tag and not self.account

    @property
    def _counted_by(self) -> LocalPeriod:
        return LocalPeriod(self.period, self.zone)

    @property
    def needs(self) -> Needs:
        if self._is_own:
            return Needs()
        return Needs(airtime=frozenset({(self.tag or "", self._counted_by)}))

    @property
    def interests(self) -> Interests:
        return Interests(
            counts_airtime=True,
            by_local_clock=self.zone != UTC_NAME,
            shared_periods=EMPTY if self._is_own else frozenset({self._counted_by}),
        )

    def judge(self, facts: Facts, now: datetime) -> Finding:
        return self._judge_own(facts, now) if self._is_own else self._judge_shared(facts, now)

    def _judge_own(self, facts: Facts, now: datetime) -> Finding:
        live, span = facts.live, self._counted_by.around(now)
        # All airtime of a stream that has ended is known, also while IVS still lists it.
        if live is None or live.on_air_at is None or has_ended(facts):
            spent = aired_within(facts.state.airtime, span)
            return self._find_off_air(spent, facts.state.last_on_air_at or now, now)
        spent = aired_within(facts.aired_before, span)
        began = max(live.on_air_at, span.start)
        return self._find("the channel", Usage(spent, began, 1), now)

    def _judge_shared(self, facts: Facts, now: datetime) -> Finding:
        live, tag = facts.live, self.tag
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        value = facts.filled_tags.get(tag) if tag else ""
        if value is None:
            return not_applicable(
                f"the channel has no value of tag {tag!r}, whose channels share the budget"
            )
        peers = fresh_peers(live.peers, tag or "", value, now)
        if live.peers is None or peers is None:
            return _UNCOUNTED
        usage = peers.usage(live.peers.at, self._counted_by, now)
        if usage is None:
            return _UNCOUNTED
        finding = self._find(f"{tag} {value!r}" if tag else "the account", usage, now)
        return _while_fresh(finding, live.peers.at + FRESH_FOR)

    def _find(self, who: str, usage: Usage, now: datetime) -> Finding:
        span, used_up_at = self._counted_by.around(now), usage.reaches(self.limit)
        reason = self._describe(who, usage.by(now), has_slots=usage.spent > _NOTHING)
        if usage.streams > 1:
            reason = f"{reason}; {usage.streams} streams are live"
        about = one_period(span.name)
        if now < used_up_at:
            if used_up_at >= span.end:
                return pending(reason, about=about, recheck_at=span.end)
            # The moment moves with each pause and each stream; what is spent by then does not.
            fixed = span.start + self.limit
            return self.ahead(
                reason, about=about, deadline=used_up_at, now=now, fixed_deadline=fixed
            )
        since = min(max(used_up_at, usage.at), now)
        return breach(
            reason,
            about=about,
            since=since,
            recheck_at=span.end,
            compared={
                "counted": who,
                "used": usage.by(now),
                "streams": usage.streams,
                "counted_at": usage.at,
            },
        )

    def _find_off_air(self, spent: timedelta, last_aired_at: datetime, now: datetime) -> Finding:
        """A budget that is used up stays used up until the period ends, off the air too. An encoder
        that reconnects by itself is stopped again, and people get one notification."""
        if spent < self.limit:
            return _OFF_AIR
        span = self._counted_by.around(now)
        used = self._describe("the channel", spent, has_slots=True)
        reason = f"{used}; it is off the air"
        since = min(last_aired_at, now)
        return breach(
            reason,
            about=one_period(span.name),
            since=since,
            recheck_at=span.end,
            compared={"used": spent, "last_on_air_at": last_aired_at},
        )

    def _describe(self, who: str, spent: timedelta, *, has_slots: bool) -> str:
        """`has_slots` says that streams that have ended are counted: a minute as a whole slot."""
        used, allowed = _describe_hours(spent), _describe_hours(self.limit)
        text = f"{who} has used {used} of {allowed} {_SAID[self.period]} ({self.zone})"
        is_small = has_slots and self.limit < _SLOTS_NOTICED_BELOW
        return f"{text}, in slots of {format_duration(SLOT)}" if is_small else text


def _while_fresh(finding: Finding, until: datetime) -> Finding:
    """A finding from figures of a sweep is checked again when the figures are too old."""
    recheck_at = min(finding.recheck_at or until, until)
    return replace(finding, recheck_at=recheck_at)


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_UNCOUNTED: Final = not_applicable(
    "the airtime of other channels is not known now; the next sweep counts it"
)


def _describe_hours(span: timedelta) -> str:
    """Hours and minutes, as budgets are written: `40h`, `39h 12m`, `5m`."""
    hours, minutes = divmod(round(span.total_seconds()) // 60, 60)
    parts = [f"{hours}h"] if hours else []
    return " ".join([*parts, f"{minutes}m"] if minutes or not hours else parts)
