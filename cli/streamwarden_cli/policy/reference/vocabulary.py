"""What expressions can name and call, as rows of tables."""

from collections.abc import Iterator, Mapping

from streamwarden.domain.expressions.shape import Form, Kind, Member, Shape
from streamwarden.domain.expressions.time_functions import FUNCTIONS
from streamwarden_cli.documents.suggestion import format_list


def members(document: Mapping[str, Member], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Every name with its type and meaning; what is within comes after what it is within."""
    for name, member in document.items():
        # A name that is no plain word stands in quotes in JMESPath.
        path = prefix + (name if name.isidentifier() else f'"{name}"')
        yield f"`{path}`", _type(member.shape, is_nullable=member.is_nullable), member.description
        yield from members(member.shape.members or {}, f"{path}.")


def functions() -> Iterator[tuple[str, str, str]]:
    for function in FUNCTIONS.values():
        # Literals of JMESPath stand in backticks themselves.
        yield f"`{function.signature}`", function.description, f"`` {function.example} ``"


def _type(shape: Shape, *, is_nullable: bool) -> str:
    text = _describe(shape)
    return f"{text}, or null" if is_nullable else text


def _describe(shape: Shape) -> str:
    if shape.kind is Kind.TEXT and shape.values:
        return format_list([f"`{value}`" if value else "empty" for value in map(str, shape.values)])
    if shape.form is Form.MOMENT:
        return "a moment, as text"
    if shape.items is not None:
        inner = "of" if shape.kind is Kind.LIST else "of names to"
        return f"{shape.kind} {inner} {_describe(shape.items)}"
    return str(shape.kind)
