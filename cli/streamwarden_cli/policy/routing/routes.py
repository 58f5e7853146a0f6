"""`routes` and `inhibit`: who is told of which incidents, when, and of which not."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from streamwarden.domain.notifications.routing import GroupBy, Grouping, Inhibition, Route
from streamwarden_cli.policy.names import NAME_SCHEMA
from streamwarden_cli.policy.routing.matchers import MatcherDocument
from streamwarden_cli.policy.routing.quiet import QuietDocument
from streamwarden_cli.policy.routing.secrets import name_of_no_secret
from streamwarden_cli.policy.spans import ShortSpan, Window

_MODEL: Final = ConfigDict(extra="forbid", frozen=True)
_TO: Final = "the name of a destination, or a list of names; [] tells nobody"
_TO_SCHEMA: Final = {"type": ["string", "array"], "items": {"type": "string"}}
_NAME: Final = "a name in kebab-case such as night-shift"
_CONTINUE: Final = "true to try the routes below as well"


def _as_list(given: object) -> object:
    return (given,) if isinstance(given, str) else given


def _name(name: str) -> str:
    return name_of_no_secret(name, _NAME)


class GroupDocument(BaseModel):
    """Incidents with the same `by` are told in one message. The first waits `wait` for others, and
    between two messages of a group passes `interval` at least.
    """

    model_config = _MODEL

    by: tuple[GroupBy, ...] = Grouping().by
    wait: ShortSpan = Grouping().wait
    interval: ShortSpan = Grouping().interval

    def compiled(self) -> Grouping:
        return Grouping(by=self.by, wait=self.wait, interval=self.interval)


class RouteDocument(MatcherDocument):
    """Who is told of the incidents that it matches, and when. An incident that is still open
    `repeat` after its last message is told again; without it, never.
    """

    to: Annotated[
        tuple[str, ...],
        BeforeValidator(_as_list),
        Field(description=_TO, json_schema_extra={**_TO_SCHEMA}),
    ]
    name: Annotated[
        str, AfterValidator(_name), Field(description=_NAME, json_schema_extra={**NAME_SCHEMA})
    ] = ""
    group: GroupDocument = GroupDocument()
    repeat: Window | None = None
    quiet: QuietDocument | None = None
    goes_on: Annotated[bool, Strict(), Field(alias="continue", description=_CONTINUE)] = False

    def compiled(self) -> Route:
        return Route(
            to=self.to,
            name=self.name,
            match=self.compiled_match(),
            group=self.group.compiled(),
            repeat=self.repeat,
            quiet=self.quiet.compiled() if self.quiet else None,
            goes_on=self.goes_on,
        )


class InhibitionDocument(BaseModel):
    """While an incident of `by` is open, nothing is told of those `of` the same channel."""

    model_config = _MODEL

    by: MatcherDocument
    of: MatcherDocument

    def compiled(self) -> Inhibition:
        return Inhibition(by=self.by.compiled_match(), of=self.of.compiled_match())


# Checks compare each with each, and what is decided asks each. Nobody reads so many either.
_MOST: Final = 500

type RouteDocuments = Annotated[tuple[RouteDocument, ...], Field(max_length=_MOST)]
type InhibitionDocuments = Annotated[tuple[InhibitionDocument, ...], Field(max_length=_MOST)]
