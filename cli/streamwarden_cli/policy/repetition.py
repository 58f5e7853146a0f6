"""A rule's `on_repeat`: what to do once it was broken by several streams within a while."""

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
from streamwarden.domain.traits import Trait
from streamwarden_cli.policy.actions import ActionDocument
from streamwarden_cli.policy.spans import Window
from streamwarden_cli.policy.steps import not_empty

_FEWEST: Final = 2
# The streams are counted in the record of the channel, which has little room.
_MOST: Final = 10
_TIMES: Final = Field(
    description=f"a number of streams from {_FEWEST} to {_MOST}",
    json_schema_extra={"minimum": _FEWEST, "maximum": _MOST},
)


def _countable(times: int) -> int:
    if not _FEWEST <= times <= _MOST:
        raise ValueError(f"expected {_FEWEST} to {_MOST} streams, found {times}")
    return times


class OnRepeatDocument(BaseModel):
    """What to `do` at once with the stream that is the so-many-th in breach `within` a while."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Annotated[int, Strict(), AfterValidator(_countable), _TIMES]
    within: Window
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
    if kind and Trait.ON_AIR not in RULE_KINDS[kind].traits:
        raise ValueError(f"{kind} is about no stream on the air, and streams are what is counted")
    return _DOCUMENT.validate_python(value, context={"kind": kind})


type RepetitionDocument = Annotated[
    OnRepeatDocument | None, PlainValidator(_read, json_schema_input_type=OnRepeatDocument)
]
