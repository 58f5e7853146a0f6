"""What the events of a detail-type hold, as the models of events say."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec.structs import fields as fields_of

from streamwarden.domain.events import DETAIL_TYPES, ApiCall, ApiCallName, EventShape, TagChange
from streamwarden.domain.globs import Texts, matcher

# A stop changes no setting, so template.yaml does not forward the call.
NEVER_FORWARDED: Final = frozenset({str(ApiCallName.STOP_STREAM)})
# Of a call, and of a change of tags, AWS sends more than a model has.
_OPEN: Final = (ApiCall, TagChange)
_NOT_IN_DETAIL: Final = frozenset({"envelope", "name"})


class Contents(NamedTuple):
    """`fields` are those of `detail`; None where they are not a closed list.

    `name_keys` are the fields that hold a name. `other_name_keys` are those that AWS does not
    document and may send.
    """

    names: frozenset[str]
    name_keys: frozenset[str]
    other_name_keys: frozenset[str]
    fields: frozenset[str] | None


def contents_of(detail_types: Texts) -> Contents:
    """Of all events that these globs select."""
    is_wanted = matcher(detail_types)
    shapes = {name: shape for name, shape in DETAIL_TYPES.items() if is_wanted(name)}
    is_closed = not any(shape.model in _OPEN for shape in shapes.values())
    keys = [shape.name_keys for shape in shapes.values()]
    return Contents(
        names=_all(_names(name, shape) for name, shape in shapes.items()),
        name_keys=_all(map(frozenset, keys)),
        other_name_keys=_all(frozenset(each[1:]) for each in keys),
        fields=_all(map(_fields, shapes.values())) if is_closed else None,
    )


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _names(detail_type: str, shape: EventShape) -> frozenset[str]:
    """A kind of event without names goes by its detail-type."""
    if not shape.name_keys:
        return frozenset({detail_type})
    return frozenset(map(str, shape.names)) - NEVER_FORWARDED


def _fields(shape: EventShape) -> frozenset[str]:
    of_model = {each.name for each in fields_of(shape.model)} - _NOT_IN_DETAIL
    return frozenset({*(shape.keys.get(each, each) for each in of_model), *shape.name_keys})
