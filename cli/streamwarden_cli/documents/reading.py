"""The one way from a file to a model: text, values with their places, a model or its problems."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from streamwarden_cli.documents.explanations import SchemaAt, explain_all
from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.source import Source


def read_text(path: Path) -> str:
    """Raises DocumentErrors when the file cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = Problem(str(path), 1, 1, "", f"the file cannot be read: {reason}")
        raise DocumentErrors([problem]) from error


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
