"""The document of scenarios as pydantic models. Channels and steps are checked one by one later."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from streamwarden.domain.calendar import CalendarDate
from streamwarden.domain.duration import Duration
from streamwarden_cli.scenario.recorded import AccountRecord
from streamwarden_cli.scenario.times import DAY, bounded_day
from streamwarden_cli.scenario.times import EXPECTED as EXPECTED_MOMENT

_MODEL: Final = ConfigDict(extra="forbid", frozen=True)
_NEXT_PAGE: Final = frozenset({"nextToken", "NextToken"})
type Moment = Annotated[str, Field(description=EXPECTED_MOMENT)]
type Members = dict[str, Any]


class StepTimes(BaseModel):
    """What every step has beside what it does: when, how often, and whether it is refused."""

    model_config = _MODEL

    at: Moment
    do: str
    times: Annotated[int, Field(ge=1, le=1000, description="a number from 1 to 1000")] = 1
    every: Duration = timedelta(seconds=1)
    refused: bool = False


class EventsStep(BaseModel):
    """A file of events as they were sent. `detail` says what is different in all of them."""

    model_config = _MODEL

    file: str
    at: Moment | None = None
    detail: Members = {}


def _list(value: object) -> object:
    return [value] if isinstance(value, Mapping) else value


class ScenarioDocument(BaseModel):
    """`aws ivs list-channels` also prints where its next page begins, if it has not listed all."""

    model_config = _MODEL

    name: Annotated[str, Field(min_length=1)] | None = None
    day: Annotated[CalendarDate, AfterValidator(bounded_day)] = DAY
    channels: Annotated[tuple[Members, ...], BeforeValidator(_list)] | None = None
    account: AccountRecord | None = None
    steps: tuple[Members, ...] = ()
    begins: Annotated[Moment | None, Field(alias="from")] = None
    until: Moment | None = None
    expect: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _without_next_page(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {key: value for key, value in given.items() if key not in _NEXT_PAGE}


class ScenariosDocument(BaseModel):
    model_config = _MODEL

    scenarios: Annotated[tuple[ScenarioDocument, ...], Field(min_length=1)]
