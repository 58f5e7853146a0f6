"""The file of cases as pydantic models. What a channel and an event may say is checked later."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from streamwarden.domain.calendar import CalendarDate
from streamwarden.domain.duration import Duration
from streamwarden.domain.verdicts import NotificationStatus, Status
from streamwarden_cli.policy.actions import ActionDocument
from streamwarden_cli.policy.cases.moments import DAY
from streamwarden_cli.policy.cases.moments import EXPECTED as EXPECTED_MOMENT

_MODEL: Final = ConfigDict(extra="forbid", frozen=True)
type Moment = Annotated[str, Field(description=EXPECTED_MOMENT)]
type Members = dict[str, Any]


class EventDocument(BaseModel):
    """An event by its name, with defaults for all else; or a file of events as they were sent."""

    model_config = _MODEL

    at: Moment | None = None
    event: str | None = None
    channel: str | None = None
    stream: str | None = None
    detail: Members = {}
    by: str | None = None
    request: Members = {}
    response: Members = {}
    times: Annotated[int, Field(ge=1, le=1000, description="a number from 1 to 1000")] = 1
    every: Duration = timedelta(seconds=1)
    file: str | None = None


class ExpectationDocument(BaseModel):
    """What is expected of a rule at the end of a case; what is not given is not looked at."""

    model_config = _MODEL

    verdict: Status | None = None
    reason: str | None = None
    actions: tuple[ActionDocument, ...] | None = None
    notifications: tuple[NotificationStatus, ...] | None = None
    channel: str | None = None


def _verdict_alone(value: object) -> object:
    return {"verdict": value} if isinstance(value, str) else value


def _list(value: object) -> object:
    return [value] if isinstance(value, Mapping) else value


class CaseDocument(BaseModel):
    model_config = _MODEL

    name: Annotated[str, Field(min_length=1)]
    day: CalendarDate = DAY
    given: Annotated[tuple[Members, ...], BeforeValidator(_list), Field(min_length=1)] = ({},)
    events: tuple[EventDocument, ...] = ()
    now: Moment | None = None
    until: Moment | None = None
    expect: Annotated[
        dict[str, Annotated[ExpectationDocument, BeforeValidator(_verdict_alone)]],
        Field(min_length=1),
    ]


class CasesDocument(BaseModel):
    model_config = _MODEL

    cases: Annotated[tuple[CaseDocument, ...], Field(min_length=1)]
