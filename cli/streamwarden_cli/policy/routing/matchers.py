"""Which incidents a route or an inhibition is about, checked for what no incident can be like."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from streamwarden.domain.globs import Texts
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.verdicts import NotificationStatus, Severity
from streamwarden_cli.documents.errors import as_error
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.globs import can_fit, some
from streamwarden_cli.policy.matching import (
    Fault,
    fault_of_account,
    fault_of_arn,
    fault_of_name,
    fault_of_region,
    faults_of,
)
from streamwarden_cli.policy.tag_globs import fault_of_one_key, fault_of_value, remedy_of

# What an incident ends with is told where it was opened, and by no route.
ENDINGS: Final = frozenset(
    each for each in NotificationStatus if each in ("resolved", "acknowledged")
)
_RULE_ID: Final = some("abcdefghijklmnopqrstuvwxyz0123456789-:")
_RULE: Final = (
    "The id of a rule, or a glob; or one of Streamwarden's own words, such as quarantine."
)
_STATUSES: Final = f"a list of {format_list(list(NotificationStatus), last='and')}"


def fault_of_rule(glob: str) -> str | None:
    if can_fit(glob, _RULE_ID):
        return None
    expected = "small letters, digits and -"
    return f"no rule has an id like {glob!r}: ids have {expected}{remedy_of(glob)}"


def _fault_of_channel(glob: str) -> str | None:
    return fault_of_arn(glob) if glob.startswith("arn:") else fault_of_name(glob)


def _possible(check: Fault) -> Callable[[Texts], Texts]:
    def checked(globs: Texts) -> Texts:
        if errors := [*faults_of(globs, check, ())]:
            raise ValidationError.from_exception_data("match", errors)
        return globs

    return checked


def _possible_tags(tags: dict[str, Texts]) -> dict[str, Texts]:
    errors = [as_error(fault, (key,), key) for key in tags if (fault := fault_of_one_key(key))]
    for key, globs in tags.items():
        errors += faults_of(globs, fault_of_value, (key,))
    if errors:
        raise ValidationError.from_exception_data("tags", errors)
    return tags


def _some(statuses: object) -> object:
    if statuses == []:
        raise ValueError(f"expected {_STATUSES}, found an empty list; leave it out for all")
    return statuses


class MatcherDocument(BaseModel):
    """All that is given must hold; of several globs one is enough. An absent tag never matches.
    `severity` is the least one, `at_most` the highest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Severity = Severity.LOW
    at_most: Severity = Severity.CRITICAL
    rule: Annotated[Texts, AfterValidator(_possible(fault_of_rule))] = ()
    tags: Annotated[dict[str, Texts], AfterValidator(_possible_tags)] = Field(default_factory=dict)
    owner: Annotated[Texts, AfterValidator(_possible(fault_of_value))] = ()
    channel: Annotated[Texts, AfterValidator(_possible(_fault_of_channel))] = ()
    account: Annotated[Texts, AfterValidator(_possible(fault_of_account))] = ()
    region: Annotated[Texts, AfterValidator(_possible(fault_of_region))] = ()
    status: Annotated[tuple[NotificationStatus, ...], BeforeValidator(_some)] = ()

    @model_validator(mode="after")
    def _takes_some_severity(self) -> Self:
        if self.severity.is_above(self.at_most):
            raise ValueError(
                f"`at_most`: expected {self.severity} or above, as `severity` has it, "
                f"found {str(self.at_most)!r}"
            )
        return self

    def compiled_match(self) -> IncidentMatch:
        given: dict[str, Any] = {name: getattr(self, name) for name in MatcherDocument.model_fields}
        return IncidentMatch(**given)
