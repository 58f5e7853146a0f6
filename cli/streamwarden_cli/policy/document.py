"""The policy document as pydantic models. pydantic stays here: Lambda loads only what is compiled.

Fields are declared in the order in which they depend on each other, so that every check runs
whatever else is wrong, and all errors come at once.
"""

import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.filters import Match
from streamwarden.domain.rules import FAMILIES, RULE_KINDS, Check
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden_cli.documents.suggestion import MISSPELT, closest_word, did_you_mean, format_list
from streamwarden_cli.policy.actions import ActionDocument, allowed_actions
from streamwarden_cli.policy.conditions.expressions import Expression
from streamwarden_cli.policy.conditions.per_kind import (
    check_without_channels,
    with_checked_condition,
)
from streamwarden_cli.policy.countries import with_known_countries
from streamwarden_cli.policy.exemptions import ExemptionDocument
from streamwarden_cli.policy.matching import MatchDocument
from streamwarden_cli.policy.names import NAME_SCHEMA, kebab_case
from streamwarden_cli.policy.notes import Note, Runbook
from streamwarden_cli.policy.patterns.checking import with_checked_patterns
from streamwarden_cli.policy.repetition import RepetitionDocument
from streamwarden_cli.policy.routing.document import RoutingDocument
from streamwarden_cli.policy.spans import ShortSpan
from streamwarden_cli.policy.steps import StepDocuments
from streamwarden_cli.policy.tag_globs import with_possible_tags

VERSION: Final = 1
_ID: Final = "a name in kebab-case such as no-marathons"
_KIND: Final = format_list(RULE_KINDS)
_ENABLED: Final = "true, or false for a rule that is checked and not compiled"
_FOR: Final = "How long the rule must be broken without a gap before it counts as a breach."
_KEEP: Final = "How long an incident stays open without a breach; 10m by default for live kinds."
_WARNINGS: Final = "warnings"
_OWN_PREFIX: Final = "x-"
_OWN: Final = "Whatever the author likes, such as anchors for YAML."


@cache
def params_of(kind: str) -> TypeAdapter[Check]:
    """Reads the parameters of a rule kind."""
    return TypeAdapter(RULE_KINDS[kind])


def _readable(version: int) -> int:
    if version != VERSION:
        raise ValueError(f"expected {VERSION}, found {version}")
    return version


def _rule_id(name: str) -> str:
    return kebab_case(name, _ID)


def _existing_kind(kind: str) -> str:
    if kind not in RULE_KINDS:
        hint = did_you_mean(kind, RULE_KINDS, MISSPELT) or f" (expected {_possible_kinds(kind)})"
        raise ValueError(f"unknown kind {kind!r}{hint}")
    return kind


def _possible_kinds(kind: str) -> str:
    """Those of the family of the nearest kind: it sounds alike, and need not be the one meant."""
    near = closest_word(kind, RULE_KINDS)
    families = [kinds for kinds in FAMILIES.values() if near in kinds]
    return format_list(families[0]) if families else _KIND


def _not_off(mode: object) -> object:
    """`mode: off` is `mode: false` for YAML."""
    if mode is False or mode == "off":
        raise ValueError(
            f"expected {format_list(Mode)}, found {mode!r}; "
            "to switch the rule off, write `enabled: false` instead"
        )
    return mode


def _backed_by_action(mode: Mode, info: ValidationInfo) -> Mode:
    given = [info.data.get(name) for name in ("actions", "steps")]
    if mode is not Mode.ENFORCE or None in given or "on_repeat" not in info.data:
        return mode
    (actions, steps), repeat = given, info.data["on_repeat"]
    lists = [actions, *(step.do for step in steps or ()), repeat.do if repeat else ()]
    if not any(any(each or ()) for each in lists):
        raise ValueError(_describe_what_enforces(info.data.get("kind")))
    return mode


def _describe_what_enforces(kind: str | None) -> str:
    allowed = allowed_actions(kind)
    if not allowed:
        return f"{kind} only tells, so there is nothing to enforce; use notify"
    acting = format_list(allowed)
    return f"mode enforce needs at least one of the actions {acting}; use notify to only tell"


def _for_kind(params: object, info: ValidationInfo) -> object:
    kind = info.data.get("kind")
    if not kind:
        return params
    given, params = params, _without_refused(params, kind)
    # A set within a set, of which Python warns, is refused with a remedy.
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        check = params_of(kind).validate_python(params)
        check = with_known_countries(with_checked_condition(check))
        check = with_possible_tags(with_checked_patterns(check))
    if given is not params:
        raise ValueError(f"`{_WARNINGS}`: {kind} cannot warn before: {check.no_warnings}")
    return check


def _without_refused(params: object, kind: str) -> object:
    """The same without `warnings`, if the kind has none. It says why, then."""
    may_warn = _WARNINGS in RULE_KINDS[kind].__struct_fields__
    if may_warn or not isinstance(params, Mapping) or _WARNINGS not in params:
        return params
    return {key: value for key, value in params.items() if key != _WARNINGS}


class Defaults(BaseModel):
    """What rules do not say themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Annotated[Mode, BeforeValidator(_not_off)] = Mode.OBSERVE
    severity: Severity = Severity.MEDIUM


class RuleDocument(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[
        str, AfterValidator(_rule_id), Field(description=_ID, json_schema_extra={**NAME_SCHEMA})
    ]
    kind: Annotated[str, AfterValidator(_existing_kind), Field(description=_KIND)]
    description: Annotated[Note, Field(description="text that says why the rule is there")] = ""
    owner: Annotated[Note, Field(description="text that says who answers for the rule")] = ""
    runbook: Runbook = ""
    enabled: Annotated[bool, Strict(), Field(description=_ENABLED)] = True
    actions: tuple[ActionDocument, ...] = ()
    steps: StepDocuments = ()
    on_repeat: RepetitionDocument = None
    mode: Annotated[Mode, BeforeValidator(_not_off), AfterValidator(_backed_by_action)]
    severity: Severity
    hold: Annotated[ShortSpan, Field(alias="for", description=_FOR)] = timedelta(0)
    keep: Annotated[ShortSpan | None, Field(description=_KEEP)] = None
    match: MatchDocument = Field(default_factory=Match)
    when: Expression | None = None
    exemption: Annotated[ExemptionDocument, Field(alias="unless")] = None
    params: Annotated[Any, BeforeValidator(_for_kind)] = Field(
        default_factory=dict, validate_default=True
    )

    @property
    def unless(self) -> str | None:
        """The condition that exempts."""
        return self.exemption.condition if self.exemption else None

    @property
    def unless_until(self) -> datetime | None:
        """When the exemption ends; None where it does not."""
        return self.exemption.until if self.exemption else None

    @model_validator(mode="after")
    def _sees_what_it_looks_at(self) -> Self:
        if isinstance(self.params, Check) and ResourceType.CHANNEL not in self.params.judges:
            check_without_channels({"when": self.when, "unless": self.unless}, self.kind)
        return self


def _filled_in(rules: object, info: ValidationInfo) -> object:
    if not isinstance(rules, list):
        return rules
    if not rules:
        raise ValueError("expected at least one rule, found an empty list")
    return _with_defaults(rules, info.data.get("defaults", Defaults()))


def _with_defaults(rules: list[object], defaults: Defaults) -> list[object]:
    given = defaults.model_dump()
    return [{**given, **rule} if isinstance(rule, Mapping) else rule for rule in rules]


def filled_in_rules(document: object) -> list[object]:
    """The rules of a document that may be wrong, each with the defaults, if these are right."""
    rules = document.get("rules") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(rules, list):
        return []
    try:
        defaults = Defaults.model_validate(document.get("defaults", {}))
    except ValidationError:
        defaults = Defaults()
    return _with_defaults(rules, defaults)


class RulesDocument(BaseModel):
    """The part of a policy that decides."""

    model_config = ConfigDict(frozen=True)

    version: Annotated[
        int, Strict(), AfterValidator(_readable), Field(json_schema_extra={"const": VERSION})
    ]
    defaults: Defaults = Defaults()
    rules: Annotated[
        tuple[RuleDocument, ...],
        BeforeValidator(_filled_in),
        Field(json_schema_extra={"minItems": 1}),
    ]


# The fields of the last base come first.
class PolicyDocument(RoutingDocument, RulesDocument):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"patternProperties": {f"^{_OWN_PREFIX}": {"description": _OWN}}},
    )

    @model_validator(mode="before")
    @classmethod
    def _without_own_keys(cls, document: object) -> object:
        if not isinstance(document, Mapping):
            return document
        return {
            key: value
            for key, value in document.items()
            if not (isinstance(key, str) and key.startswith(_OWN_PREFIX))
        }
