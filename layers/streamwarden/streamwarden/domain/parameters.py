"""What a policy's author fills in, as values that msgspec loads and pydantic can read.

A cold start creates the class of every rule kind in use. A Struct is made in a thirtieth of the
time that a dataclass takes; this module lets pydantic, which checks policies, read one.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import NODEFAULT, Struct, structs

_STRICT: Final = frozenset({"int", "float", "bool"})


class Parameters(Struct, frozen=True):
    """Frozen fields with types that pydantic understands. pydantic alone calls the hooks."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": lambda members: cls(**members)},
            "schema": {
                "type": "typed-dict",
                "fields": {field.name: _schema(field, handler) for field in structs.fields(cls)},
                "extra_behavior": "forbid",
            },
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(schema), "title": cls.__name__, "description": cls.__doc__}


class ReadBy(Struct, frozen=True, eq=False):
    """Lets pydantic read a parameter by a function, as people write it. pydantic alone calls the
    hooks. `schema` is the JSON schema of what they write.
    """

    read: Callable[[object], object]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "function-before",
            "function": {"type": "no-info", "function": self.read},
            "schema": handler(source),
        }

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(self.schema)


def _schema(field: structs.FieldInfo, handler: Any) -> dict[str, Any]:
    schema = _strict(handler.generate_schema(field.type))
    if field.required:
        return {"type": "typed-dict-field", "schema": schema, "required": True}
    default: dict[str, Any] = {"type": "default", "schema": schema}
    if field.default is NODEFAULT:
        default["default_factory"] = field.default_factory
    else:
        default["default"] = field.default
    return {"type": "typed-dict-field", "schema": default, "required": False}


def _strict(schema: Any) -> Any:
    """The same, but no number is made of `true`, and none of a text: `viewers: yes` is not 1."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(part) for key, part in schema.items()}
    return {**strict, "strict": True} if schema.get("type") in _STRICT else strict
