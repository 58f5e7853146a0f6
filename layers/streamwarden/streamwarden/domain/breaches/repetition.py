"""`on_repeat`: what a rule does once so many streams of a channel were in breach within a while.

An encoder that comes back after each stop makes a breach for each stream. They are counted where
they are decided, and no more than the rule asks for is remembered.
"""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta

from streamwarden.domain.decision import Repetition
from streamwarden.domain.policy import OnRepeat, Rule, Step
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import end_of_id
from streamwarden.domain.verdicts import Status, Verdict

_AT_ONCE = timedelta(0)

type _Pairs = tuple[tuple[Rule, Verdict], ...]
type _Repetitions = Mapping[str, tuple[Repetition, ...]]


def with_repetition(
    pairs: _Pairs, before: _Repetitions, facts: Facts, now: datetime
) -> tuple[_Pairs, _Repetitions]:
    """The rules with what they do now because of repetition, and the streams that count, by rule.

    A quarantine begins the count again: what comes on in it is a strike.
    """
    found, counted = [], {}
    for rule, verdict in pairs:
        repeat = rule.on_repeat
        if repeat is None or facts.quarantine is not None:
            found.append((rule, verdict))
            continue
        streams = _counted(repeat, before.get(rule.id, ()), verdict, now)
        if streams:
            counted[rule.id] = streams
        is_due = verdict.status is Status.BREACH and len(streams) >= repeat.times
        found.append((_doing_more(rule, repeat) if is_due else rule, verdict))
    return tuple(found), counted


def _counted(
    repeat: OnRepeat, before: Sequence[Repetition], verdict: Verdict, now: datetime
) -> tuple[Repetition, ...]:
    recent = [each for each in before if each.at > now - repeat.within]
    stream = end_of_id(verdict.stream_id) if verdict.stream_id else ""
    is_new = bool(stream) and all(each.stream != stream for each in recent)
    if verdict.status is Status.BREACH and is_new:
        recent.append(Repetition(stream, now))
    return tuple(recent[-repeat.times :])


def _doing_more(rule: Rule, repeat: OnRepeat) -> Rule:
    """The rule whose first step does this too."""
    first, *others = rule.steps or (Step(after=_AT_ONCE, do=()),)
    if first.after:
        first, others = Step(after=_AT_ONCE, do=()), [first, *others]
    return replace(rule, steps=(replace(first, do=(*first.do, *repeat.do)), *others))
