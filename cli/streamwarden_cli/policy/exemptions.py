"""`unless`: a condition alone, or one with the moment at which the exemption ends."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from streamwarden_cli.policy.conditions.expressions import Expression, check_expression

_EXPECTED: Final = "the last day, such as 2026-12-31, or a moment such as 2026-12-31T18:00:00Z"


def _read_end(value: object) -> datetime:
    """The first moment that is no longer exempt."""
    wrong = ValueError(f"expected {_EXPECTED}, found {value!r}")
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise wrong
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        return datetime.combine(date.fromisoformat(value) + timedelta(days=1), time.min, UTC)
    except (ValueError, OverflowError) as error:
        raise wrong from error


type ExemptionEnd = Annotated[
    datetime,
    BeforeValidator(_read_end),
    WithJsonSchema({"type": "string", "description": _EXPECTED}),
]


class Exemption(BaseModel):
    """Exempt where `condition` holds, until the end of the day or the moment `until`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    condition: Expression
    until: ExemptionEnd | None = None


def _read(value: object) -> object:
    return Exemption(condition=check_expression(value)) if isinstance(value, str) else value


type ExemptionDocument = Annotated[
    Exemption | None, BeforeValidator(_read, json_schema_input_type=str | Exemption | None)
]
