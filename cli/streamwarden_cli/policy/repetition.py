"""A rule's `on_repeat`: what to do once it was broken several times within a while."""

from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    TypeAdapter,
    ValidationInfo,
)

from streamwarden.domain.policy import OnRepeat
from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.policy.actions import ActionDocument
from streamwarden_cli.policy.spans import RepetitionWindow
from streamwarden_cli.policy.steps import not_empty

_FEWEST: Final = 2
# What counts stands in the record of the resource, which has little room.
_MOST: Final = 10
_TIMES: Final = Field(
    description=f"a number of breaches, or of streams in breach, from {_FEWEST} to {_MOST}",
    json_schema_extra={"minimum": _FEWEST, "maximum": _MOST},
)


def _countable(times: int) -> int:
    if not _FEWEST <= times <= _MOST:
        raise ValueError(f"expected {_FEWEST} to {_MOST} times, found {times}")
    return times


class OnRepeatDocument(BaseModel):
    """What to `do` at once when the rule is broken for the so-many-th time `within` a while."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Annotated[int, Strict(), AfterValidator(_countable), _TIMES]
    within: RepetitionWindow
    do: Annotated[
        tuple[ActionDocument, ...],
        BeforeValidator(not_empty),
        Field(json_schema_extra={"minItems": 1}),
    ]

    def compiled(self) -> OnRepeat:
        return OnRepeat(
            times=self.times,
            within=self.within,
            do=tuple(each for each in self.do if each is not None),
        )


_DOCUMENT: Final = TypeAdapter(OnRepeatDocument)


def _read(value: object, info: ValidationInfo) -> OnRepeatDocument:
    kind = info.data.get("kind")
    if kind and (reason := RULE_KINDS[kind].begins_once):
        raise ValueError(f"{kind} is never broken again: {reason}; let a step follow instead")
    return _DOCUMENT.validate_python(value, context={"kind": kind})


type RepetitionDocument = Annotated[
    OnRepeatDocument | None, PlainValidator(_read, json_schema_input_type=OnRepeatDocument)
]
