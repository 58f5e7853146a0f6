"""What is known of the value of an expression before there is a document to evaluate it on.

A shape says what a value is unless it is null, which almost anything may be. Where nothing can be
said it is None, and nothing is refused.
"""

from collections.abc import Iterable
from typing import Final

from streamwarden.domain.calendar import WEEK
from streamwarden.domain.expressions.shape import Form, Kind, Shape

type Inferred = Shape | None

BOOLEAN: Final = Shape(kind=Kind.BOOLEAN, values=(False, True))
NUMBER: Final = Shape(kind=Kind.NUMBER)
COUNT: Final = Shape(kind=Kind.NUMBER, least=0)
TEXT: Final = Shape(kind=Kind.TEXT, form=Form.FREE)
LIST: Final = Shape(kind=Kind.LIST)
MAPPING: Final = Shape(kind=Kind.MAPPING)
HOUR: Final = Shape(kind=Kind.NUMBER, values=tuple(range(24)))
WEEKDAY: Final = Shape(kind=Kind.TEXT, values=WEEK)
DATE: Final = Shape(kind=Kind.TEXT, form=Form.DATE)
TYPE: Final = Shape(
    kind=Kind.TEXT, values=("string", "number", "boolean", "array", "object", "null")
)


def of_literal(value: object) -> Inferred:
    match value:
        case bool():
            return Shape(kind=Kind.BOOLEAN, values=(value,))
        case int() | float():
            return Shape(kind=Kind.NUMBER, values=(value,))
        case str():
            return Shape(kind=Kind.TEXT, values=(value,), form=Form.FREE)
        case list():
            return list_of(of_literal(each) for each in value)
        case dict():
            return MAPPING
        case _:
            return None


def list_of(items: Iterable[Inferred]) -> Shape:
    return Shape(kind=Kind.LIST, items=either(items))


def either(shapes: Iterable[Inferred]) -> Inferred:
    """What can be said of a value that has one of these shapes."""
    found = list(shapes)
    state = [shape for shape in found if shape is not None]
    if not state or len(state) < len(found) or len({shape.kind for shape in state}) > 1:
        return None
    if all(shape == state[0] for shape in state):
        return state[0]
    is_closed = all(shape.values for shape in state)
    forms = {shape.form for shape in state}
    return Shape(
        kind=state[0].kind,
        values=tuple(value for shape in state for value in shape.values) if is_closed else (),
        form=forms.pop() if len(forms) == 1 else Form.FREE,
    )
