"""What is wrong with a document, and where: one line each, as compilers and editors do."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One error; lines and columns count from 1, `path` is empty for the whole document.

    `level` is empty for what makes the document unusable. `rule` is the id of the part of the
    document that it is in, where parts have one.
    """

    filename: str
    line: int
    column: int
    path: str
    message: str
    level: str = ""
    rule: str = field(default="", compare=False)

    def __str__(self) -> str:
        where = f"{self.filename}:{self.line}:{self.column}: "
        where += f"{self.level}: " if self.level else ""
        return f"{where}{self.path}: {self.message}" if self.path else f"{where}{self.message}"


class InvalidInput(ValueError):
    """A file or an option that cannot be used; the message names it, and the place in it."""


class DocumentErrors(InvalidInput):
    """A document that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(each) for each in self.problems))
