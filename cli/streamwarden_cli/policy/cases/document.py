"""What a scenario beside a policy expects of its rules, as pydantic models."""

from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from streamwarden.domain.verdicts import NotificationStatus, Status
from streamwarden_cli.policy.actions import ActionDocument

_MODEL: Final = ConfigDict(extra="forbid", frozen=True)


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


class ExpectationsDocument(BaseModel):
    """The part of a scenario that only tests of policies read."""

    model_config = _MODEL

    expect: Annotated[
        dict[str, Annotated[ExpectationDocument, BeforeValidator(_verdict_alone)]],
        Field(min_length=1),
    ]
