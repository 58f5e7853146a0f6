"""What there is to say of a rule kind, read off its class: nothing is said twice.

The docstring of a kind is its first sentence (the demand), more sentences, `Data: …`, and
`Costs …`. What it says of a parameter are the sentences that name it in backticks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import Enum
from functools import cache
from inspect import cleandoc
from typing import Final

from msgspec import NODEFAULT, Struct, structs

from streamwarden.adapters.destinations import DESTINATION_KINDS
from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules import FAMILIES, RULE_KINDS
from streamwarden_cli.documents.expectations import Schema
from streamwarden_cli.policy.actions import allowed_actions
from streamwarden_cli.policy.document import params_of
from streamwarden_cli.policy.reference.value_types import format_type
from streamwarden_cli.policy.routing.options import options_of

_DOCSTRING: Final = re.compile(r"(?P<about>.+?)\s+Data: (?P<data>.+?)\s+(?P<cost>Costs .+)")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its type, default and meaning in words. Without a `default`, none is said."""

    name: str
    type: str
    is_required: bool
    default: str
    about: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A rule kind in words: what it demands, more about it, what it looks at, what that costs."""

    name: str
    family: str
    demand: str
    details: str
    data: str
    cost: str
    parameters: tuple[Parameter, ...]
    actions: tuple[str, ...]


class UndocumentedKind(ValueError):
    """The docstring of a rule kind lacks what the reference says of each."""


@cache
def kind_of(name: str) -> Kind:
    """Raises UndocumentedKind; KeyError for what is no kind."""
    text = " ".join(cleandoc(RULE_KINDS[name].__doc__ or "").split())
    found = _DOCSTRING.fullmatch(text)
    if found is None:
        raise UndocumentedKind(
            f"{name}: expected a docstring of a demand, more sentences, `Data: …` and `Costs …`"
        )
    demand, *details = sentences(found["about"])
    return Kind(
        name=name,
        family=next(family for family, kinds in FAMILIES.items() if name in kinds),
        demand=demand,
        details=" ".join(details),
        data=found["data"],
        cost=found["cost"],
        parameters=tuple(_parameters(name, [demand, *details])),
        actions=tuple(allowed_actions(name)),
    )


def all_kinds() -> list[Kind]:
    return [kind_of(name) for name in RULE_KINDS]


def sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text)


def options_in_words(kind: str) -> tuple[Parameter, ...]:
    """Of a kind of destination. The docstring of its options says what each is, as that of a rule
    kind does.
    """
    options = DESTINATION_KINDS[kind].options
    message = sentences(" ".join(cleandoc(options.__doc__ or "").split()))
    return tuple(_fields(options, options_of(kind).model_json_schema(), message))


def _parameters(kind: str, message: list[str]) -> Iterator[Parameter]:
    yield from _fields(RULE_KINDS[kind], params_of(kind).json_schema(), message)


def _fields(struct: type[Struct], schema: Schema, message: list[str]) -> Iterator[Parameter]:
    for field in structs.fields(struct):
        about = " ".join(each for each in message if f"`{field.name}`" in each)
        yield Parameter(
            name=field.name,
            type=format_type(schema["properties"][field.name], schema),
            is_required=field.required,
            default=_default(field),
            about=about,
        )


def _default(field: structs.FieldInfo) -> str:
    if field.default_factory is not NODEFAULT:
        return format_value(field.default_factory())
    return "" if field.default is NODEFAULT else format_value(field.default)


def format_value(value: object) -> str:
    """A parameter as it would be written; empty for what stands for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case timedelta():
            return format_duration(value).replace(" ", "")
        case time():
            return f"{value:%H:%M}"
        case Enum():
            return str(value.value)
        case tuple() | list() | set() | frozenset():
            return ", ".join(map(format_value, value))
        case Mapping():
            return ", ".join(f"{key}: {format_value(each)}" for key, each in value.items())
        case Struct():
            parts = {name: format_value(getattr(value, name)) for name in value.__struct_fields__}
            message = ", ".join(f"{name}: {part}" for name, part in parts.items() if part)
            return f"{{{message}}}"
        case _:
            return str(value)
