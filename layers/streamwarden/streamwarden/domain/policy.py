"""The compiled policy: what the functions load at cold start, already validated and complete.

The document that operators write is validated and compiled by `streamwarden policy compile`;
here it is only decoded, so that no validation library is loaded in Lambda.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from streamwarden.domain.rules import RULE_KINDS, Check
from streamwarden.domain.selectors import Match, Selector
from streamwarden.domain.verdicts import ActionKind, Mode, Severity

FORMAT: Final = 1


class PlannedAction(Struct, frozen=True, kw_only=True):
    """One entry of a rule's `actions`; `tags` are what a `tag` action sets."""

    kind: ActionKind
    tags: Mapping[str, str]


class Rule(Struct, frozen=True, kw_only=True):
    """One rule, its check and selector ready to be asked."""

    id: str
    kind: str
    mode: Mode
    severity: Severity
    selector: Selector
    check: Check
    actions: tuple[PlannedAction, ...]

    @property
    def needs_settings(self) -> bool:
        """Whether nothing can be said before the channel's settings and tags are known."""
        return self.selector.needs_settings or self.check.needs_settings


class Policy(Struct, frozen=True, kw_only=True):
    rules: tuple[Rule, ...]


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
    actions: tuple[PlannedAction, ...]


class CompiledPolicy(Struct, frozen=True, kw_only=True):
    """The compiled JSON: a format number, and the rules with every default filled in."""

    format: int
    rules: tuple[CompiledRule, ...]


def encode_policy(compiled: CompiledPolicy) -> bytes:
    return msgspec.json.encode(compiled, order="sorted")


def load_policy(document: bytes) -> Policy:
    """Decode a compiled policy. Raises InvalidPolicy."""
    try:
        compiled = msgspec.json.decode(document, type=CompiledPolicy)
    except msgspec.DecodeError as error:
        raise InvalidPolicy(
            f"the compiled policy cannot be read ({error}); run `streamwarden policy compile`"
        ) from error
    if compiled.format != FORMAT:
        raise InvalidPolicy(
            f"the compiled policy has format {compiled.format}, this version reads {FORMAT}; "
            "run `streamwarden policy compile` again"
        )
    return Policy(rules=tuple(_load_rule(each) for each in compiled.rules))


def _load_rule(compiled: CompiledRule) -> Rule:
    kind = RULE_KINDS.get(compiled.kind)
    if kind is None:
        raise InvalidPolicy(f"rule {compiled.id!r}: kind {compiled.kind!r} is not known")
    try:
        check = msgspec.convert(compiled.params, kind)
        selector = Selector(compiled.match, compiled.when, compiled.unless)
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidPolicy(f"rule {compiled.id!r}: {error}") from error
    return Rule(
        id=compiled.id,
        kind=compiled.kind,
        mode=compiled.mode,
        severity=compiled.severity,
        selector=selector,
        check=check,
        actions=compiled.actions,
    )
