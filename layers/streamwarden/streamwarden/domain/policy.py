"""The compiled policy: what the functions load at cold start, already validated and complete.

The document that operators write is validated and compiled by `streamwarden policy compile`;
here it is only decoded, so that no validation library is loaded in Lambda.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

import msgspec
from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.events import (
    CompositionStateChange,
    Event,
    ParticipantRecordingStateChange,
    StageUpdate,
)
from streamwarden.domain.filters import Filter, FilterFunction, Match
from streamwarden.domain.needs import Needs
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.policy_outline import InvalidPolicy, decoded
from streamwarden.domain.rules import RULE_KINDS, Check, Judge
from streamwarden.domain.state.event_matching import EventMatcher
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.verdicts import (
    Condition,
    Finding,
    Mode,
    PlannedAction,
    RuleHeading,
    RuleNotes,
    Severity,
    Status,
)


class Step(Struct, frozen=True, kw_only=True):
    """What to do when a breach has been open for this long. A step may also only notify."""

    after: timedelta
    do: tuple[PlannedAction, ...]


class OnRepeat(Struct, frozen=True, kw_only=True):
    """What else to do at once when so many streams were in breach within a while."""

    times: int
    within: timedelta
    do: tuple[PlannedAction, ...]


class Rule(Struct, frozen=True, kw_only=True):
    """One rule as it was written, and the plain function that judges resources by it.

    `filter_index` is the place of its filter among those of its rule set, and `judge_index` that of
    the first rule there that checks the same. `headings` are what
    verdicts say of it under each mode of the stack. `steps` come in the order of time. `on_repeat`,
    `hold` and `keep` as in `CompiledRule`.
    """

    id: str
    kind: str
    mode: Mode
    severity: Severity
    rule_filter: Filter
    check: Check
    steps: tuple[Step, ...]
    on_repeat: OnRepeat | None
    hold: timedelta
    keep: timedelta
    judge: Judge
    filter_index: int
    judge_index: int
    needs_settings: bool
    headings: Mapping[Mode, RuleHeading]
    event_matcher: EventMatcher | None

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """Everything it may do, in whatever step."""
        return _actions(self.steps, self.on_repeat)

    @property
    def interests(self) -> Interests:
        """What it reads of the little that is kept, by its kind and by its conditions."""
        return self.check.interests | self.rule_filter.interests

    @property
    def needs(self) -> Needs:
        """What a sweep must read for it beyond channels and live streams."""
        return needs_of(self.check, self.rule_filter)


def needs_of(check: Check, rule_filter: Filter) -> Needs:
    """What a sweep must read for a rule. It reports viewers if a record has to keep them."""
    interests = check.interests | rule_filter.interests
    return check.needs | Needs(
        viewers=interests.reads_viewers, viewers_until=interests.viewers_until
    )


class RuleSet(Struct, frozen=True, kw_only=True):
    """The rules about one type of resource, and what some share: filters and event matchers.

    `only_matches_events` says that its rules read only matched events. `interests` say what the
    rules read of the data for which a record has little room. `has_holds` says that a rule has
    `for`, `has_repeats` that one has `on_repeat`.
    """

    rules: tuple[Rule, ...] = ()
    filters: tuple[FilterFunction, ...] = ()
    matchers: tuple[EventMatcher, ...] = ()
    only_matches_events: bool = True
    interests: Interests = Interests()
    has_holds: bool = False
    has_repeats: bool = False

    def is_relevant(self, event: Event) -> bool:
        """Whether the event can change what any of the rules finds.

        A busy stage has some every second, and only event matchers look at them.
        """
        reads_all = not self.only_matches_events and not isinstance(event, _ONLY_MATCHED)
        return reads_all or any(event_matcher.matches(event) for event_matcher in self.matchers)


class Policy(Struct, frozen=True):
    """The operator's rules, by what they are about.

    `digest` names the rules and the code that decides by them: both differ if it differs.
    `routing` says who is told.
    """

    rule_sets: Mapping[ResourceType, RuleSet]
    digest: str = ""
    routing: Routing = Routing()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule once, whatever it is about."""
        rules = (rule for rule_set in self.rule_sets.values() for rule in rule_set.rules)
        return tuple({rule.id: rule for rule in rules}.values())

    def about(self, resource: ResourceType) -> RuleSet:
        return self.rule_sets.get(resource, _NO_RULES)


_NO_RULES: Final = RuleSet()
# What is done on a stage changes neither its settings nor its tags.
_ONLY_MATCHED: Final = (CompositionStateChange, ParticipantRecordingStateChange, StageUpdate)


class CompiledRule(Struct, frozen=True, kw_only=True):
    """One rule as it stands in the compiled JSON; durations are ISO 8601.

    `hold` is the policy's `for`: how long the rule must be broken without a gap before it counts as
    a breach. `keep` is how long its incident stays open without a breach. `unless` exempts nothing
    after `unless_until`.
    """

    id: str
    kind: str
    mode: Mode
    severity: Severity
    match: Match
    when: str | None
    unless: str | None
    params: dict[str, Any]
    steps: tuple[Step, ...]
    on_repeat: OnRepeat | None = None
    hold: timedelta = timedelta(0)
    keep: timedelta = timedelta(0)
    notes: RuleNotes | None = None
    unless_until: datetime | None = None

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """Everything it may do, in whatever step."""
        return _actions(self.steps, self.on_repeat)


def _actions(steps: Iterable[Step], on_repeat: OnRepeat | None) -> tuple[PlannedAction, ...]:
    of_steps = tuple(planned for step in steps for planned in step.do)
    return of_steps if on_repeat is None else (*of_steps, *on_repeat.do)


class CompiledPolicy(Struct, frozen=True, kw_only=True):
    """The compiled JSON: a format number, the rules with every default filled in, their needs.

    `digest` as in `Policy`.
    """

    format: int
    rules: tuple[CompiledRule, ...]
    needs: Needs = Needs()
    digest: str = ""
    routing: Routing = Routing()


def encode_policy(compiled: CompiledPolicy) -> bytes:
    return msgspec.json.encode(compiled, order="sorted")


def load_policy(document: bytes) -> Policy:
    """Decode a compiled policy. Raises InvalidPolicy."""
    compiled = decoded(document, CompiledPolicy)
    return Policy(_prepared(compiled.rules), compiled.digest, compiled.routing)


def _prepared(compiled: Iterable[CompiledRule]) -> dict[ResourceType, RuleSet]:
    about: dict[ResourceType, list[tuple[CompiledRule, Check]]] = {}
    for each in compiled:
        try:
            check = _check(each)
        except (msgspec.ValidationError, ValueError) as error:
            raise InvalidPolicy(f"rule {each.id!r}: {error}") from error
        for resource in sorted(check.judges):
            about.setdefault(resource, []).append((each, check))
    return {resource: _rule_set(resource, rules) for resource, rules in about.items()}


def _check(compiled: CompiledRule) -> Check:
    kind = RULE_KINDS.get(compiled.kind)
    if kind is None:
        raise ValueError(f"kind {compiled.kind!r} is not known")
    for planned in compiled.actions:
        # Loads the kind, so that the first breach does not wait for it.
        if ACTION_KINDS.get(planned.kind) is None:
            raise ValueError(f"action {planned.kind!r} is not known")
    return msgspec.convert(compiled.params, kind)


def _rule_set(resource: ResourceType, compiled: Iterable[tuple[CompiledRule, Check]]) -> RuleSet:
    rules: list[Rule] = []
    filters: dict[bytes, tuple[int, FilterFunction]] = {}
    judges: dict[bytes, Judge] = {}
    for each, check in compiled:
        try:
            rules.append(_prepare(each, check, resource, filters, judges))
        except ValueError as error:
            raise InvalidPolicy(f"rule {each.id!r}: {error}") from error
    matchers = [rule.event_matcher for rule in rules]
    filter_functions = tuple(filter_function for _, filter_function in filters.values())
    return RuleSet(
        rules=tuple(_sharing_judges(_with_exemptions_of_stalls(rules, filter_functions))),
        filters=filter_functions,
        matchers=tuple(
            {
                event_matcher.key: event_matcher
                for event_matcher in matchers
                if event_matcher is not None
            }.values()
        ),
        only_matches_events=None not in matchers,
        interests=reduce(or_, (rule.interests for rule in rules), Interests()),
        has_holds=any(rule.hold for rule in rules),
        has_repeats=any(rule.on_repeat for rule in rules),
    )


def _with_exemptions_of_stalls(
    rules: Sequence[Rule], filters: Sequence[FilterFunction]
) -> Iterator[Rule]:
    """A stream whose stall no event reported may look lost: what exempts from the stall counts."""
    exempting = {
        rule.filter_index
        for rule in rules
        if rule.rule_filter.unless and _confirms(rule, Condition.STALLED)
    }
    asked = tuple(filters[index] for index in sorted(exempting))
    for rule in rules:
        is_exempted = asked and _confirms(rule, Condition.NOT_HEALTHY)
        yield replace(rule, judge=_exempting(rule.judge, asked)) if is_exempted else rule


def _sharing_judges(rules: Iterable[Rule]) -> Iterator[Rule]:
    """A function is the same for several rules where they check the same, and only there."""
    first: dict[int, int] = {}
    for index, rule in enumerate(rules):
        yield replace(rule, judge_index=first.setdefault(id(rule.judge), index))


def _confirms(rule: Rule, condition: Condition) -> bool:
    confirm = rule.check.confirm
    return confirm is not None and confirm.that is condition


def _exempting(judge: Judge, filters: Sequence[FilterFunction]) -> Judge:
    def judge_unless_exempt(facts: Facts, now: datetime) -> Finding:
        if facts.stalled_since is not None:
            for filter_function in filters:
                found = filter_function(facts, now)
                if found is not None and found.status is Status.EXEMPT:
                    return replace(found, reason=f"its stall is exempt: {found.reason}")
        return judge(facts, now)

    return judge_unless_exempt


def _prepare(
    compiled: CompiledRule,
    check: Check,
    resource: ResourceType,
    filters: dict[bytes, tuple[int, FilterFunction]],
    judges: dict[bytes, Judge],
) -> Rule:
    """`filters` and `judges` are those that other rules have, by what they are made of."""
    rule_filter = Filter(compiled.match, compiled.when, compiled.unless, compiled.unless_until)
    # As JSON, because globs of tags are a mapping, which no set or dict could look up.
    same = msgspec.json.encode(rule_filter, order="sorted")
    if same not in filters:
        filters[same] = len(filters), rule_filter.prepare(resource)
    same_check = msgspec.json.encode([compiled.kind, compiled.params], order="sorted")
    if same_check not in judges:
        judges[same_check] = check.prepare()
    return Rule(
        id=compiled.id,
        kind=compiled.kind,
        mode=compiled.mode,
        severity=compiled.severity,
        rule_filter=rule_filter,
        check=check,
        steps=compiled.steps,
        on_repeat=compiled.on_repeat,
        hold=compiled.hold,
        keep=compiled.keep,
        judge=rule_filter.rechecking(judges[same_check]),
        filter_index=filters[same][0],
        judge_index=0,  # until all rules are there
        needs_settings=rule_filter.needs_settings or check.needs_settings,
        headings={max_mode: _heading(compiled, max_mode) for max_mode in Mode},
        event_matcher=check.event_matcher(),
    )


def _heading(compiled: CompiledRule, max_mode: Mode) -> RuleHeading:
    return RuleHeading(
        id=compiled.id,
        kind=compiled.kind,
        mode=compiled.mode.at_most(max_mode),
        severity=compiled.severity,
        notes=compiled.notes,
    )
