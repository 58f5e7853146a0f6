"""Dataclasses of settings as JSON and back: fields in the API's spelling, times in seconds.

Whatever field `Options`, `Chaos` or `Ingest` gets one day is settable without a change here.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_type_hints

from ivs_simulator.control.fields import BadRequest, judged, refuse_unknown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def camel(name: str) -> str:
    """`video_bitrate` as the API spells it: `videoBitrate`."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def names(kind: "type[DataclassInstance]") -> dict[str, str]:
    """The fields of a dataclass by their names in JSON."""
    return {camel(each.name): each.name for each in fields(kind)}


def shown(settings: "DataclassInstance") -> dict[str, Any]:
    return {name: _shown(getattr(settings, field)) for name, field in names(type(settings)).items()}


def changed[T: "DataclassInstance"](settings: T, given: Mapping[str, Any]) -> T:
    """The settings with those given in their place; raises BadRequest, naming the field."""
    attributes, types = names(type(settings)), get_type_hints(type(settings))
    refuse_unknown(given, attributes)
    read = {
        attributes[name]: _read(
            name, types[attributes[name]], getattr(settings, attributes[name]), value
        )
        for name, value in given.items()
    }
    with judged():
        return replace(settings, **read)


def _shown(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return shown(value) if is_dataclass(value) and not isinstance(value, type) else value


def _read(name: str, kind: Any, current: Any, value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match value:
        case Mapping() if is_dataclass(kind):
            return changed(current, value)
        case None if kind == timedelta | None:
            return None
        case int() | float() if is_number and kind in (timedelta, timedelta | None) and value >= 0:
            return _span(name, value)
        case int() | float() if is_number and kind is float:
            return float(value)
        case int() if is_number and kind is int and value >= 0:
            return value
        case bool() | str() if type(value) is kind:
            return value
    raise BadRequest(f"{name} is {_describe_kind(kind)}")


def _span(name: str, value: float) -> timedelta:
    try:
        return timedelta(seconds=value)
    except (OverflowError, ValueError):
        raise BadRequest(f"{name} is longer than time") from None


def _describe_kind(kind: Any) -> str:
    if is_dataclass(kind):
        return "an object"
    if kind == timedelta | None:
        return "a number of seconds, 0 or more, or null"
    text = {
        timedelta: "a number of seconds, 0 or more",
        int: "a whole number, 0 or more",
        float: "a number",
        bool: "true or false",
    }
    return text.get(kind, "text")
