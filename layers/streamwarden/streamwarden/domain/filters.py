"""Filters: `match` on plain attributes, `when` and `unless` in JMESPath."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from msgspec import Struct, field

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.expressions.expressions import (
    compile_condition,
    intervals_of,
    may_read,
    paths_of,
)
from streamwarden.domain.expressions.recheck_interval import with_recheck
from streamwarden.domain.globs import Texts, format_texts, is_glob, matcher
from streamwarden.domain.parameters import Parameters
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.verdicts import Finding, Status

type FilterFunction = Callable[[Facts, datetime], Finding | None]
type Finds = Callable[[Facts, datetime], Finding]


class Match(Parameters, frozen=True):
    """All that is given must hold; of several globs one is enough. No blank tag matches."""

    tags: Mapping[str, Texts] = field(default_factory=dict)
    name: Texts = ()
    type: Texts = ()
    arn: Texts = ()
    region: Texts = ()
    account: Texts = ()

    @property
    def needs_settings(self) -> bool:
        """Whether more must be known of the channel than its ARN."""
        return bool(self.tags or self.name or self.type)

    def functions_of(self, resource: ResourceType) -> Iterator[FilterFunction]:
        """One function for each condition, the cheapest first."""
        noun = resource.noun
        places = (("arn", self.arn), ("region", self.region), ("account", self.account))
        for attribute, globs in places:
            if globs:
                yield _place_filter(attribute, globs, noun)
        for key, globs in self.tags.items():
            yield _tag_filter(key, globs, noun)
        if self.name:
            yield _setting_filter("name", self.name, noun)
        if self.type:
            is_channel = resource is ResourceType.CHANNEL
            yield _setting_filter("type", self.type, noun) if is_channel else _typeless(noun)

    def paths_in(self, tags: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """What it reads of the document, where these are the keys of the tags."""
        for key in self.tags:
            is_meant = matcher((key,))
            yield from (("resource", "tags", each) for each in tags if is_meant(each))
            if not is_glob(key):
                yield "resource", "tags", key
        if self.name:
            yield "resource", "name"
        if self.type:
            yield "channel", "type"


class Filter(Struct, frozen=True, omit_defaults=True):
    """`match`, `when` and `unless` of one rule. After `unless_until` nothing is exempt."""

    match: Match = field(default_factory=Match)
    when: str | None = None
    unless: str | None = None
    unless_until: datetime | None = None

    @property
    def needs_settings(self) -> bool:
        return self.match.needs_settings or bool(self.when) or bool(self.unless)

    @property
    def interests(self) -> Interests:
        """What its conditions read of the little that is kept."""
        conditions = (self.when, self.unless)
        when, unless = (bool(each and may_read(each, "viewers")) for each in conditions)
        if unless and self.unless_until:
            return Interests(reads_viewers=when, viewers_until=self.unless_until)
        return Interests(reads_viewers=when or unless)

    def values_read(self, facts: Facts) -> Mapping[str, Any]:
        """What its conditions read, by path; None for what is not known or not there."""
        of_match = self.match.paths_in(facts.filled_tags)
        expressions = filter(None, (self.when, self.unless))
        paths = chain(of_match, *map(paths_of, expressions))
        return {".".join(path): _value_at(path, facts.document) for path in paths}

    def prepare(self, resource: ResourceType = ResourceType.CHANNEL) -> FilterFunction:
        """A function that says why the rule is not about a resource of this type, or exempts it.

        It answers None for what the rule is about.
        Raises ValueError for an expression that is not JMESPath, or names no time zone.
        """
        functions_of = [*self.match.functions_of(resource)]
        if self.when:
            excluded = _not_applicable(f"`when: {self.when}` does not hold")
            functions_of.append(_condition_filter(self.when, holding=None, failing=excluded))
        if self.unless:
            functions_of.append(_exemption_filter(self.unless, self.unless_until))
        match functions_of:
            case []:
                return _everything
            case [filter_function]:
                return filter_function
            case _:
                return _chained(tuple(functions_of))

    def rechecking(self, finds: Finds) -> Finds:
        """The same findings, with a recheck at the time when the filter may give another result."""
        of_when = intervals_of(self.when) if self.when else frozenset()
        of_both = of_when | intervals_of(self.unless) if self.unless else of_when
        if not of_both:
            return finds
        until = self.unless_until

        def rechecked(facts: Facts, now: datetime) -> Finding:
            intervals = of_both if until is None or now < until else of_when
            return with_recheck(finds(facts, now), intervals, facts, now)

        return rechecked


def _value_at(path: tuple[str, ...], document: Mapping[str, Any]) -> Any:
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _everything(_: Facts, __: datetime) -> None:
    """A rule without conditions is about every channel."""


def _chained(functions_of: tuple[FilterFunction, ...]) -> FilterFunction:
    def chained(facts: Facts, now: datetime) -> Finding | None:
        for filter_function in functions_of:
            found = filter_function(facts, now)
            if found is not None:
                return found
        return None

    return chained


def _typeless(noun: str) -> FilterFunction:
    found = _not_applicable(f"`match.type` is the type of a channel; the {noun} has none")
    return lambda facts, now: found


def _tag_filter(key: str, globs: Texts, noun: str) -> FilterFunction:
    if is_glob(key):
        return _tags_filter(key, globs, noun)
    accepts, wanted = matcher(globs), format_texts(globs)
    absent = _not_applicable(f"the {noun} has no tag {key!r}")
    blank = _not_applicable(f"tag {key!r} is blank")

    def filter_function(facts: Facts, _: datetime) -> Finding | None:
        value = facts.tags.get(key)
        if value is None:
            return absent
        if not value.strip():
            return blank
        if accepts(value):
            return None
        return _not_applicable(f"tag {key!r} is {value!r}, not {wanted}")

    return filter_function


def _tags_filter(glob: str, globs: Texts, noun: str) -> FilterFunction:
    """One of the tags that are like the glob is enough."""
    is_meant, accepts = matcher((glob,)), matcher(globs)
    absent = _not_applicable(f"the {noun} has no tag like {glob!r} that is {format_texts(globs)}")

    def filter_function(facts: Facts, _: datetime) -> Finding | None:
        is_there = any(is_meant(key) and accepts(value) for key, value in facts.filled_tags.items())
        return None if is_there else absent

    return filter_function


def _setting_filter(attribute: str, globs: Texts, noun: str) -> FilterFunction:
    accepts, wanted = matcher(globs), format_texts(globs)

    def filter_function(facts: Facts, _: datetime) -> Finding | None:
        value = str(facts.settings.get(attribute, ""))
        if accepts(value):
            return None
        return _not_applicable(f"the {noun}'s {attribute} is {value!r}, not {wanted}")

    return filter_function


def _place_filter(attribute: str, globs: Texts, noun: str) -> FilterFunction:
    accepts, wanted = matcher(globs), format_texts(globs)

    def filter_function(facts: Facts, _: datetime) -> Finding | None:
        value = facts.place[attribute]
        if accepts(value):
            return None
        return _not_applicable(f"the {noun}'s {attribute} is {value!r}, not {wanted}")

    return filter_function


def _exemption_filter(expression: str, until: datetime | None) -> FilterFunction:
    reason = f"`unless: {expression}` holds"
    if until is None:
        exempt = Finding(status=Status.EXEMPT, reason=reason)
        return _condition_filter(expression, holding=exempt, failing=None)
    reason = f"{reason}, until {until:%Y-%m-%d %H:%M} UTC"
    exempt = Finding(status=Status.EXEMPT, reason=reason, recheck_at=until)
    exempts = _condition_filter(expression, holding=exempt, failing=None)
    return lambda facts, now: exempts(facts, now) if now < until else None


def _condition_filter(
    expression: str, *, holding: Finding | None, failing: Finding | None
) -> FilterFunction:
    holds, intervals = compile_condition(expression), intervals_of(expression)

    def filter_function(facts: Facts, now: datetime) -> Finding | None:
        return holding if holds(facts.document, now) else failing

    def timed_filter(facts: Facts, now: datetime) -> Finding | None:
        found = filter_function(facts, now)
        return found and with_recheck(found, intervals, facts, now)

    return timed_filter if intervals else filter_function


def _not_applicable(reason: str) -> Finding:
    return Finding(status=Status.NOT_APPLICABLE, reason=reason)
