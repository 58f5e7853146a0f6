"""What the events of a detail-type hold, as the models of events say."""

from itertools import chain
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
        names=frozenset(each for kind in shapes.items() for each in _names(*kind)),
        name_keys=frozenset(chain(*keys)),
        other_name_keys=frozenset(key for _, *others in filter(None, keys) for key in others),
        fields=frozenset(chain(*map(_fields, shapes.values()))) if is_closed else None,
    )


def _names(detail_type: str, shape: EventShape) -> frozenset[str]:
    """A kind of event without names goes by its detail-type."""
    return frozenset(shape.names if shape.name_keys else {detail_type}) - NEVER_FORWARDED


def _fields(shape: EventShape) -> set[str]:
    of_model = {each.name for each in fields_of(shape.model)} - _NOT_IN_DETAIL
    return {*(shape.keys.get(each, each) for each in of_model), *shape.name_keys}
