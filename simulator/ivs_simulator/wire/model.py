"""The public models of the IVS APIs, as botocore ships them: the one source for routes and shapes.

There are two: for low latency, and for real-time. They share no operation but those of tags, which
are taken from the first: its constraints on tags are the stricter ones. Nothing about a request or
a response is written down twice; a newer botocore brings new members.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
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


class Api(StrEnum):
    """The APIs of IVS, by the names that botocore has for their clients."""

    LOW_LATENCY = "ivs"
    REAL_TIME = "ivs-realtime"


@cache
def service(api: Api = Api.LOW_LATENCY) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(api, "service-2"), api)


@cache
def _apis() -> Mapping[str, Api]:
    """Each operation with the API whose model describes it."""
    return {name: api for api in reversed(Api) for name in service(api).operation_names}


def operation_names(api: Api | None = None) -> Iterable[str]:
    """Those of an API, or of both."""
    return _apis() if api is None else service(api).operation_names


def is_operation(name: str) -> bool:
    return name in _apis()


def operation(name: str) -> OperationModel:
    return service(_apis()[name]).operation_model(name)


@cache  # a shape resolves its members once, and botocore makes another shape for each question
def structure(name: str, api: Api = Api.LOW_LATENCY) -> StructureShape:
    """By its name: both APIs have an IngestConfiguration, and it is another one in each."""
    shape = service(api).shape_for(name)
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{name} is not a structure")
    return shape


@cache
def members(shape_name: str, api: Api = Api.LOW_LATENCY) -> frozenset[str]:
    return frozenset(structure(shape_name, api).members)


def only_members(
    shape_name: str, values: Mapping[str, Any], api: Api = Api.LOW_LATENCY
) -> dict[str, Any]:
    """What of these values the shape knows; botocore versions differ in their newest members."""
    allowed = members(shape_name, api)
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
