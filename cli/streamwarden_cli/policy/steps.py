"""A rule's `steps`: what to do at once, and what to do when that did not help."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import InitErrorDetails

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.duration import format_duration
from streamwarden.domain.policy import Step
from streamwarden_cli.documents.errors import as_error
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.actions import ActionDocument
from streamwarden_cli.policy.spans import Span

_ONCE: Final = {word for word, kind in ACTION_KINDS.items() if not kind.is_per_step}


def not_empty(entries: object) -> object:
    # Of a list, pydantic counts only the entries that are right.
    if entries == []:
        raise ValueError("expected at least one entry, found an empty list")
    return entries


_ANY: Final = Field(json_schema_extra={"minItems": 1})


class StepDocument(BaseModel):
    """What to `do` once a breach has been open for so long; 0s is at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Span
    do: Annotated[tuple[ActionDocument, ...], BeforeValidator(not_empty), _ANY]

    def compiled(self) -> Step:
        return Step(after=self.after, do=tuple(each for each in self.do if each is not None))


_Steps = Annotated[tuple[StepDocument, ...], BeforeValidator(not_empty), _ANY]
_STEPS: Final[TypeAdapter[tuple[StepDocument, ...]]] = TypeAdapter(_Steps)


def _read(value: object, info: ValidationInfo) -> tuple[StepDocument, ...]:
    if info.data.get("actions"):
        raise ValueError("give either `actions` or `steps`, not both")
    steps = _STEPS.validate_python(value, context={"kind": info.data.get("kind")})
    if faults := list(_out_of_order(steps)):
        raise ValidationError.from_exception_data("steps", faults)
    return steps


def _out_of_order(steps: Iterable[StepDocument]) -> Iterator[InitErrorDetails]:
    for number, (before, step) in enumerate(pairwise(steps), 1):
        if step.after <= before.after:
            text = (
                f"expected longer than {format_duration(before.after)}, "
                "which the step before it has; "
                f"found {format_duration(step.after)}"
            )
            yield as_error(text, (number, "after"), step.after)


def repeated_actions(rule: Mapping[object, object]) -> Iterator[Location]:
    """Where a rule, as it was written, gives an action that it gives already.

    Each step may tag, warn and tell again; once a stream is stopped, there is nothing to stop.
    """
    given: set[object] = set()
    for place, actions in _lists_of_actions(rule):
        here: set[object] = set()
        for index, entry in enumerate(actions):
            word = next(iter(entry), None) if isinstance(entry, Mapping) else entry
            if isinstance(word, str) and (word in here or word in given & _ONCE):
                yield (*place, index)
            here |= {word} if isinstance(word, str) else set()
        given |= here


def _lists_of_actions(rule: Mapping[object, object]) -> Iterator[tuple[Location, list[object]]]:
    steps = rule.get("steps")
    lists: list[tuple[Location, object]] = [(("actions",), rule.get("actions"))]
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        lists.append((("steps", index, "do"), step.get("do") if isinstance(step, Mapping) else ()))
    repeat = rule.get("on_repeat")
    lists.append((("on_repeat", "do"), repeat.get("do") if isinstance(repeat, Mapping) else ()))
    return ((place, actions) for place, actions in lists if isinstance(actions, list))


type StepDocuments = Annotated[
    tuple[StepDocument, ...], PlainValidator(_read, json_schema_input_type=_Steps)
]
