"""Alerts about events that match a pattern."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import ClassVar, Final

import msgspec

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.duration import Duration, format_duration
from streamwarden.domain.events import Event
from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.rules.bursts import last_burst
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.event_matching import EventMatcher, moment_of, name_of
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import format_count
from streamwarden.domain.state.resource import MatchedEvent
from streamwarden.domain.traits import Trait, Traits
from streamwarden.domain.verdicts import Finding

# An event about a stream key belongs to its channel.
_SUBJECTS: Final = frozenset(ResourceType) - {ResourceType.STREAM_KEY}
_NOTIFIES_ONLY: Final = "it does not know what events mean"
_MOST_NAMES: Final = 3


class EventAlert(Check, frozen=True):
    """No event may arrive whose detail-type matches one of `detail_type`, globs as in `match`.

    `name` selects events by the name that IVS gives them: `event_name`, `limit_name` or
    `recording_status`, or `eventName` for a call that CloudTrail recorded. `where` is a JMESPath
    expression over the event as EventBridge delivers it, such as `detail.error_code ==
    'BITRATE_EXCEEDED'`. Functions of time in `where` use the time of the event. `on` selects events
    about resources of these types. An event that names no resource is about the account. The breach
    lasts until `within` has passed since the last such event. Further events during the breach are
    counted and cause no further notification. An event that arrives later than `within` after it
    happened causes no notification. `match` on tags or names applies only to resources that sweeps
    list.
    Data: the events that the template's EventBridge rules forward; events of stages and
    compositions, and calls that make, change and delete what the API for real-time has, only while
    its parameter `RealTimeEvents` is `forward`. Costs no IVS call.
    """

    traits: ClassVar[Traits] = frozenset()
    lacks: ClassVar = dict.fromkeys(Trait, _NOTIFIES_ONLY)
    detail_types: ClassVar = "detail_type"
    event_names: ClassVar = "name"
    event_condition: ClassVar = "where"

    detail_type: Texts
    name: Texts = ()
    where: str | None = None
    on: tuple[ResourceType, ...] = ()
    within: Duration = timedelta(hours=1)

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if not self.detail_type:
            raise ValueError("`detail_type`: name at least one, such as IVS Stage Update")
        if ResourceType.STREAM_KEY in self.on:
            raise ValueError("`on`: events about a stream_key belong to its channel")

    @property
    def judges(self) -> frozenset[ResourceType]:
        return frozenset(self.on) or _SUBJECTS

    @property
    def repeats_after(self) -> timedelta:
        return self.within

    def event_matcher(self) -> EventMatcher:
        return _event_matcher(self.detail_type, self.name, self.where)

    def prepare(self) -> Judge:
        key, within = self.event_matcher().key, self.within
        over = compliant(f"no such event in the last {format_duration(within)}")

        def judge(facts: Facts, now: datetime) -> Finding:
            matched_events = facts.state.matched_events.get(key)
            if not matched_events:
                return _NONE_MATCHED
            closes_at = max(matched_events).at + within
            if now >= closes_at:
                return over
            burst = last_burst(matched_events, within)
            return breach(
                _describe(burst),
                about=RESOURCE,
                since=min(burst[0].at, now),
                compared={"matched_events": burst},
                recheck_at=closes_at,
            )

        return judge


_NONE_MATCHED: Final = not_applicable("no such event has arrived")


@cache
def _event_matcher(detail_types: Texts, names: Texts, where: str | None) -> EventMatcher:
    """One matcher serves all types of resources of a rule. Raises ValueError."""
    is_of_type = matcher(detail_types)
    is_named = matcher(names) if names else None
    holds = _condition(where) if where else None

    def matches(event: Event) -> bool:
        return bool(
            is_of_type(event.envelope.detail_type)
            and (is_named is None or is_named(name_of(event)))
            and (holds is None or holds(event))
        )

    # The order of globs has no meaning, so it must not change the key.
    sought = msgspec.json.encode([sorted(detail_types), sorted(names), where])
    return EventMatcher(sha256(sought).hexdigest()[:16], matches)


def _condition(where: str) -> Callable[[Event], bool]:
    # JMESPath is loaded only if a rule has a condition.
    from streamwarden.domain.expressions.expressions import compile_condition

    holds = compile_condition(where)
    return lambda event: holds(event.envelope.raw.members, moment_of(event))


def _describe(burst: Sequence[MatchedEvent]) -> str:
    """`Participant Publish Error 3 times, last at 2026-09-12 12:35:20 UTC: BITRATE_EXCEEDED`"""
    last = burst[-1]
    cause = f": {last.cause}" if last.cause else ""
    return f"{_describe_which(burst)} at {last.at:%Y-%m-%d %H:%M:%S} UTC{cause}"


def _describe_which(burst: Sequence[MatchedEvent]) -> str:
    names = list(dict.fromkeys(each.name for each in burst))
    count = format_count(len(burst))
    if len(burst) == 1:
        return names[0]
    if len(names) == 1:
        return f"{names[0]} {count} times, last"
    more = " and others" if len(names) > _MOST_NAMES else ""
    return f"{count} events ({', '.join(names[:_MOST_NAMES])}{more}), last"
