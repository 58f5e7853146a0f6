"""The options of a kind of destination as a pydantic model, made of what its module says."""

from functools import cache
from inspect import cleandoc
from typing import Any, Final

from msgspec import NODEFAULT, MsgspecError, convert, structs
from pydantic import BaseModel, ConfigDict, Field, create_model

from streamwarden.adapters.destinations import DESTINATION_KINDS, limits_of
from streamwarden.domain.notifications.routing import DestinationSpec

_MODEL: Final = ConfigDict(extra="forbid", frozen=True)


@cache
def options_of(kind: str) -> type[BaseModel]:
    options = DESTINATION_KINDS[kind].options
    fields: dict[str, Any] = {
        each.name: (each.type, _field(each)) for each in structs.fields(options)
    }
    name = f"{''.join(part.capitalize() for part in kind.split('_'))}Options"
    return create_model(name, __config__=_MODEL, __doc__=cleandoc(options.__doc__ or ""), **fields)


def has_no_groups(destination: DestinationSpec) -> bool:
    """Whether it is told of each incident by itself, so that groups mean nothing to it."""
    return limits_of(destination).largest == 1


def check_options(kind: str, given: object) -> dict[str, Any]:
    """The options as they were given. Raises ValueError, also for what the kind itself refuses.

    A number that is not decimal is told where it stands, wherever it is in a document.
    """
    model = options_of(kind).model_validate(given)
    read = model.model_dump(mode="json", exclude_unset=True, fallback=str)
    try:
        convert(read, DESTINATION_KINDS[kind].options)
    except MsgspecError as error:
        raise ValueError(str(error).partition(" - at `$")[0]) from None
    return read


def _field(field: structs.FieldInfo) -> Any:
    if field.required:
        return ...
    if field.default_factory is not NODEFAULT:
        return Field(default_factory=field.default_factory)
    return field.default
