"""The public model of the IVS API, as botocore ships it: the one source for routes and shapes.

Nothing about a request or a response is written down twice; a newer botocore brings new members.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    ServiceModel,
    Shape,
    StructureShape,
)

READ_PREFIXES = ("Get", "List", "BatchGet")


@cache
def service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("ivs", "service-2"), "ivs")


def is_operation(name: str) -> bool:
    return name in service().operation_names


def operation(name: str) -> OperationModel:
    return service().operation_model(name)


@cache  # a shape resolves its members once, and botocore makes another shape for each question
def structure(name: str) -> StructureShape:
    shape = service().shape_for(name)
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{name} is not a structure")
    return shape


@cache
def members(shape_name: str) -> frozenset[str]:
    return frozenset(structure(shape_name).members)


def only_members(shape_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What of these values the shape knows; botocore versions differ in their newest members."""
    allowed = members(shape_name)
    return {name: value for name, value in values.items() if name in allowed}


def is_write(operation_name: str) -> bool:
    return not operation_name.startswith(READ_PREFIXES)


def without_nulls(shape: Shape | None, value: Any) -> Any:
    """The value less the structure members that are null, which is how JSON says absent."""
    match shape, value:
        case StructureShape(), Mapping():
            return {
                name: without_nulls(shape.members.get(name), item)
                for name, item in value.items()
                if item is not None
            }
        case ListShape(), list():
            return [without_nulls(shape.member, item) for item in value]
        case _:
            return value


def without_secrets(shape: Shape | None, value: Any) -> Any:
    """The value less every member the model marks sensitive (stream key values, passphrases)."""
    match shape, value:
        case StructureShape(), Mapping():
            return {
                name: without_secrets(shape.members.get(name), item)
                for name, item in value.items()
                if not _is_sensitive(shape.members.get(name))
            }
        case ListShape(), list():
            return [without_secrets(shape.member, item) for item in value]
        case MapShape(), Mapping():
            return {name: without_secrets(shape.value, item) for name, item in value.items()}
        case _:
            return value


def _is_sensitive(shape: Shape | None) -> bool:
    return shape is not None and bool(shape.metadata.get("sensitive"))
