"""The one way from a file to a model: text, values with their places, a model or its problems."""

import re
import sys
from collections.abc import Iterable
from io import BufferedReader, BytesIO, TextIOWrapper
from pathlib import Path
from typing import Final, cast

from pydantic import BaseModel, ValidationError

from streamwarden_cli.documents.explanations import SchemaAt, explain_all
from streamwarden_cli.documents.forms import other_form
from streamwarden_cli.documents.problems import DocumentErrors, InvalidInput, Problem
from streamwarden_cli.documents.source import Source

# As it is given, so it is called in messages.
STANDARD_INPUT: Final = Path("-")
# Neither JSON begins so, nor a line of a log that begins with a time.
_MAPPING: Final = re.compile(rb"\s*(#|---|[\w-]+:(\s|$))")


def read_bytes(path: Path) -> bytes:
    """The file, or standard input. Raises OSError, and InvalidInput for what was read before."""
    if path != STANDARD_INPUT:
        try:
            return path.read_bytes()
        except ValueError as error:  # a NUL
            raise InvalidInput(f"{str(path)!r}: this is no path: {error}") from error
    if sys.stdin.closed:
        raise InvalidInput("-: standard input can be read only once; name a file for the rest")
    with sys.stdin:
        return sys.stdin.buffer.read()


def is_mapping_given() -> bool:
    """Whether standard input begins with a mapping in YAML. Nothing is taken from it.

    It is also said of what was read before, which only a second reading can refuse.
    """
    given = cast("BufferedReader", sys.stdin.buffer)
    return sys.stdin.closed or _MAPPING.match(given.peek()) is not None


def read_text(path: Path) -> str:
    """Raises DocumentErrors when the file cannot be read, InvalidInput as `read_bytes` does."""
    try:
        content = read_bytes(path)
        if form := other_form(content):
            raise DocumentErrors([_unreadable(path, f"it is {form}")])
        return TextIOWrapper(BytesIO(content), encoding="utf-8-sig").read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DocumentErrors([_unreadable(path, str(reason))]) from error


def _unreadable(path: Path, reason: str) -> Problem:
    return Problem(str(path), 1, 1, "", f"the file cannot be read: {reason}")


def read_model[M: BaseModel](
    source: Source, model: type[M], schema_at: SchemaAt, more: Iterable[Problem] = ()
) -> M:
    """The document. Raises DocumentErrors with all that is wrong.

    `more` is what is wrong beside what the model finds.
    """
    problems = [*more]
    try:
        document = model.model_validate(source.data)
    except ValidationError as error:
        problems += explain_all(error, source, schema_at)
        raise DocumentErrors(source.with_numbers(problems)) from error
    if problems := source.with_numbers(problems):
        raise DocumentErrors(problems)
    return document
