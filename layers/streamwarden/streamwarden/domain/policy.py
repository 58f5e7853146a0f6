"""The compiled policy: what the functions load at cold start, already validated and complete.

The document that operators write is validated and compiled by `streamwarden policy compile`;
here it is only decoded, so that no validation library is loaded in Lambda.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.events import Event
from streamwarden.domain.knowledge.hearing import Ear
from streamwarden.domain.rules import RULE_KINDS, Check, Judge
from streamwarden.domain.rules.needs import Needs
from streamwarden.domain.selectors import Match, Selector, Sieve
from streamwarden.domain.verdicts import ActionKind, Mode, Severity

FORMAT: Final = 1


class PlannedAction(Struct, frozen=True, kw_only=True):
    """One thing that a rule asks for.

    `tags` are what a `tag` action sets, `text` what a `warn` action says; the reason, if empty.
    """

    kind: ActionKind
    tags: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


class Step(Struct, frozen=True, kw_only=True):
    """What to do once a breach has been open for so long. A step may do no more than tell."""

    after: timedelta
    do: tuple[PlannedAction, ...]


class Rule(Struct, frozen=True, kw_only=True):
    """One rule as it was written, and the plain function that judges resources by it.

    `audience` is the place of its selector among those of its rulebook, and `modes` is how far it
    goes under each mode of the stack. `steps` come in the order of time.
    """

    id: str
    kind: str
    mode: Mode
    severity: Severity
    selector: Selector
    check: Check
    steps: tuple[Step, ...]
    judge: Judge
    audience: int
    needs_settings: bool
    modes: Mapping[Mode, Mode]
    ear: Ear | None

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """Everything it may do, in whatever step."""
        return _actions(self.steps)


class Rulebook(Struct, frozen=True, kw_only=True):
    """The rules about one type of resource, and what some of them share: selectors and ears.

    `only_listens` says that its rules look at nothing but what their ears hear, and
    `counts_airtime` that one of them adds up how long channels are on the air.
    """

    rules: tuple[Rule, ...] = ()
    audiences: tuple[Sieve, ...] = ()
    ears: tuple[Ear, ...] = ()
    only_listens: bool = True
    counts_airtime: bool = False

    def heeds(self, event: Event) -> bool:
        """Whether the event can change what any of the rules finds."""
        return not self.only_listens or any(ear.hears(event) for ear in self.ears)


class Policy(Struct, frozen=True):
    """The operator's rules, by what they are about.

    `digest` names the rules and the code that decides by them: both differ if it differs.
    """

    rulebooks: Mapping[ResourceType, Rulebook]
    digest: str = ""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule once, whatever it is about."""
        rules = (rule for book in self.rulebooks.values() for rule in book.rules)
        return tuple({rule.id: rule for rule in rules}.values())

    def about(self, resource: ResourceType) -> Rulebook:
        return self.rulebooks.get(resource, _NO_RULES)


_NO_RULES: Final = Rulebook()


class InvalidPolicy(ValueError):
    """The compiled policy cannot be used; says which rule and why."""


class CompiledRule(Struct, frozen=True, kw_only=True):
    """One rule as it stands in the compiled JSON; durations are ISO 8601."""

    id: str
    kind: str
    mode: Mode
    severity: Severity
    match: Match
    when: str | None
    unless: str | None
    params: dict[str, Any]
    steps: tuple[Step, ...]

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """Everything it may do, in whatever step."""
        return _actions(self.steps)


def _actions(steps: Iterable[Step]) -> tuple[PlannedAction, ...]:
    return tuple(planned for step in steps for planned in step.do)


class CompiledPolicy(Struct, frozen=True, kw_only=True):
    """The compiled JSON: a format number, the rules with every default filled in, their needs.

    `digest` as in `Policy`.
    """

    format: int
    rules: tuple[CompiledRule, ...]
    needs: Needs = Needs()
    digest: str = ""


def encode_policy(compiled: CompiledPolicy) -> bytes:
    return msgspec.json.encode(compiled, order="sorted")


def load_policy(document: bytes) -> Policy:
    """Decode a compiled policy. Raises InvalidPolicy."""
    compiled = _decode(document, CompiledPolicy)
    return Policy(_prepared(compiled.rules), compiled.digest)


class PolicyOutline(Struct, frozen=True):
    """The part of a compiled policy that sweeps look at: no rule kind is loaded for it."""

    format: int
    needs: Needs
    digest: str


def load_outline(document: bytes) -> PolicyOutline:
    """What a compiled policy needs sweeps to read, and its digest. Raises InvalidPolicy."""
    return _decode(document, PolicyOutline)


def decided_under(digest: str, ceiling: Mode) -> str:
    """Names all that a decision depends on beside what is known and the time.

    Of records that were decided under something else, sweeps ask for another decision.
    """
    return f"{ceiling}:{digest}"


def _decode[T: (CompiledPolicy, PolicyOutline)](document: bytes, model: type[T]) -> T:
    try:
        compiled = msgspec.json.decode(document, type=model)
    except msgspec.DecodeError as error:
        raise InvalidPolicy(
            f"the compiled policy cannot be read ({error}); run `streamwarden policy compile`"
        ) from error
    if compiled.format != FORMAT:
        raise InvalidPolicy(
            f"the compiled policy has format {compiled.format}, this version reads {FORMAT}; "
            "run `streamwarden policy compile` again"
        )
    return compiled


def _prepared(written: Iterable[CompiledRule]) -> dict[ResourceType, Rulebook]:
    about: dict[ResourceType, list[tuple[CompiledRule, Check]]] = {}
    for each in written:
        try:
            check = _check(each)
        except (msgspec.ValidationError, ValueError) as error:
            raise InvalidPolicy(f"rule {each.id!r}: {error}") from error
        for resource in check.judges:
            about.setdefault(resource, []).append((each, check))
    return {resource: _rulebook(resource, rules) for resource, rules in about.items()}


def _check(written: CompiledRule) -> Check:
    kind = RULE_KINDS.get(written.kind)
    if kind is None:
        raise ValueError(f"kind {written.kind!r} is not known")
    return msgspec.convert(written.params, kind)


def _rulebook(resource: ResourceType, written: Iterable[tuple[CompiledRule, Check]]) -> Rulebook:
    rules: list[Rule] = []
    audiences: dict[bytes, tuple[int, Sieve]] = {}
    for each, check in written:
        try:
            rules.append(_prepare(each, check, resource, audiences))
        except ValueError as error:
            raise InvalidPolicy(f"rule {each.id!r}: {error}") from error
    ears = [rule.ear for rule in rules]
    return Rulebook(
        rules=tuple(rules),
        audiences=tuple(sieve for _, sieve in audiences.values()),
        ears=tuple({ear.key: ear for ear in ears if ear is not None}.values()),
        only_listens=None not in ears,
        counts_airtime=any(rule.check.counts_airtime for rule in rules),
    )


def _prepare(
    written: CompiledRule,
    check: Check,
    resource: ResourceType,
    audiences: dict[bytes, tuple[int, Sieve]],
) -> Rule:
    selector = Selector(written.match, written.when, written.unless)
    # As JSON, because globs of tags are a mapping, which no set or dict could look up.
    same = msgspec.json.encode(selector, order="sorted")
    if same not in audiences:
        audiences[same] = len(audiences), selector.prepare(resource)
    return Rule(
        id=written.id,
        kind=written.kind,
        mode=written.mode,
        severity=written.severity,
        selector=selector,
        check=check,
        steps=written.steps,
        judge=selector.attend(check.prepare()),
        audience=audiences[same][0],
        needs_settings=selector.needs_settings or check.needs_settings,
        modes={ceiling: written.mode.at_most(ceiling) for ceiling in Mode},
        ear=check.listens(),
    )
