"""`on_repeat`: what a rule does once it was broken so many times within a while.

An encoder that comes back after each stop makes a breach for each stream. A breach of a tag, a key
or a setting begins again and again while no stream is on the air, or while one is. So both are
counted, apart from each other: streams in breach, and breaches that begin. They are counted where
they are decided, at the moments that the facts give: after an outage a day is decided within
minutes. No more than the rule asks for is remembered.
"""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from streamwarden.domain.breaches.life_cycle import BreachUpdate
from streamwarden.domain.breaches.notifications import BreachNews
from streamwarden.domain.breaches.undoing import with_commands
from streamwarden.domain.decision import Decision, Repetition, Standing
from streamwarden.domain.policy import OnRepeat, Rule, Step
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import end_of_id
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Notification, PlannedAction, Status, Verdict

_AT_ONCE: Final = timedelta(0)
# CloudTrail tells after minutes, and an outage may last for hours. What is decided then belongs
# together with what came before it.
_DECIDED_WITHIN: Final = timedelta(days=1)

type _Pairs = tuple[tuple[Rule, Verdict], ...]


class _Counted(NamedTuple):
    """What is remembered, and how many of it are within the while of the rule now."""

    kept: Sequence[Repetition]
    times: int


class Repeated(NamedTuple):
    """The rules with what they do now because of repetition, what counts by rule, and the ids of
    the rules that are broken often enough."""

    pairs: _Pairs
    repetitions: Mapping[str, tuple[Repetition, ...]]
    due: frozenset[str]


def with_repetition(pairs: _Pairs, before: Standing, facts: Facts, now: datetime) -> Repeated:
    """A quarantine begins the count again: what comes on in it is a strike."""
    found, counted, due = [], {}, set()
    for rule, verdict in pairs:
        repeat = rule.on_repeat
        if repeat is None or facts.quarantine is not None:
            found.append((rule, verdict))
            continue
        streams = _streams(rule, repeat, verdict, before, facts, now)
        breaches = _breaches(rule, repeat, verdict, before, now)
        if streams.kept or breaches.kept:
            counted[rule.id] = (*streams.kept, *breaches.kept)
        times = max(streams.times, breaches.times)
        if verdict.status is Status.BREACH and times >= repeat.times:
            due.add(rule.id)
            rule = _doing_more(rule, repeat)
        found.append((rule, verdict))
    return Repeated(tuple(found), counted, frozenset(due))


def _streams(
    rule: Rule, repeat: OnRepeat, verdict: Verdict, before: Standing, facts: Facts, now: datetime
) -> _Counted:
    """The last streams in breach, if the rule is about streams on the air."""
    known = [each for each in before.repetitions.get(rule.id, ()) if each.stream]
    stream_id = verdict.stream_id if Trait.ON_AIR in rule.check.traits else None
    if verdict.status is not Status.BREACH or not stream_id:
        return _afterwards(known, repeat, now)
    stream = end_of_id(stream_id)
    if all(each.stream != stream for each in known):
        known.append(Repetition(stream, _in_breach_since(stream_id, verdict, facts, now)))
    return _while_it_lasts(known, repeat, now)


def _breaches(
    rule: Rule, repeat: OnRepeat, verdict: Verdict, before: Standing, now: datetime
) -> _Counted:
    """The last breaches that began, if streams do not tell them apart."""
    known = [each for each in before.repetitions.get(rule.id, ()) if not each.stream]
    is_of_stream = Trait.ON_AIR in rule.check.traits and verdict.finding.subject.is_stream
    if verdict.status is not Status.BREACH or is_of_stream:
        return _afterwards(known, repeat, now)
    since = _since(verdict, now)
    is_open = verdict.breach_id in before.breaches
    if not is_open and all(each.at != since for each in known):
        known.append(Repetition("", since))
    return _while_it_lasts(known, repeat, now)


def _in_breach_since(stream_id: str, verdict: Verdict, facts: Facts, now: datetime) -> datetime:
    """A stream may begin while the breach of its channel goes on."""
    session, since = facts.state.sessions.get(stream_id), _since(verdict, now)
    began = (session.on_air_at or session.created_at) if session else None
    return since if began is None else max(since, min(began, now))


def _since(verdict: Verdict, now: datetime) -> datetime:
    return min(verdict.finding.since or now, now)


def _while_it_lasts(known: Sequence[Repetition], repeat: OnRepeat, now: datetime) -> _Counted:
    """While the last one lasts, those that came before it stay: they do not grow old meanwhile."""
    in_order = sorted(known, key=lambda each: each.at)
    recent = _recent(in_order, repeat, in_order[-1].at if in_order else now)
    return _Counted(recent, len(recent))


def _afterwards(known: Sequence[Repetition], repeat: OnRepeat, now: datetime) -> _Counted:
    is_over = not known or now >= known[-1].at + repeat.within + _DECIDED_WITHIN
    return _Counted(() if is_over else known, len(_recent(known, repeat, now)))


def _recent(known: Sequence[Repetition], repeat: OnRepeat, until: datetime) -> Sequence[Repetition]:
    return [each for each in known if each.at > until - repeat.within][-repeat.times :]


def _doing_more(rule: Rule, repeat: OnRepeat) -> Rule:
    """The rule whose first step does this too."""
    if not repeat.do:
        return rule
    first, *others = rule.steps or (Step(after=_AT_ONCE, do=()),)
    if first.after:
        first, others = Step(after=_AT_ONCE, do=()), [first, *others]
    return replace(rule, steps=(replace(first, do=(*first.do, *repeat.do)), *others))


def with_repetition_notified(
    decision: Decision,
    repeated: Repeated,
    updates: Mapping[str, BreachUpdate],
    facts: Facts,
    now: datetime,
) -> Decision:
    """The decision, with news for people of each rule that is broken often enough.

    They are told once in an incident. A rule in mode observe has no incident, and a quarantine
    tells of itself.
    """
    incidents = dict(decision.standing.incidents)
    news: list[Notification] = []
    for rule, verdict in repeated.pairs:
        incident = incidents.get(rule.id)
        repeat, update = rule.on_repeat, updates.get(rule.id)
        if rule.id not in repeated.due or incident is None or repeat is None or update is None:
            continue
        if incident.is_on_repeat_notified or (repeat.do and not _newly(repeat, update)):
            continue
        incidents[rule.id] = replace(incident, is_on_repeat_notified=True)
        if update.begins is None:
            due = BreachNews(incident, facts, verdict, now)
            news.append(_notification(due, repeat, update))
    if not news and incidents == decision.standing.incidents:
        return decision
    return replace(
        decision,
        notifications=(*decision.notifications, *news),
        standing=replace(decision.standing, incidents=incidents),
    )


def _notification(news: BreachNews, repeat: OnRepeat, update: BreachUpdate) -> Notification:
    newly = _newly(repeat, update)
    notification = news.on_repeat(repeat, newly, update.breach.held)
    return with_commands(notification, news.verdict.mode, newly, update.held, news.facts)


def _newly(repeat: OnRepeat, update: BreachUpdate) -> Sequence[PlannedAction]:
    """What is done because of the repetition, as far as it would still change something."""
    kinds = {each.kind for each in repeat.do}
    return [each.planned for each in update.undone if each.planned.kind in kinds]
