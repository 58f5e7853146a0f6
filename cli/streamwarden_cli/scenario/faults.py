"""What makes a part of a scenario unusable, with its place in the file."""

from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import Location, Source


class Fault(Exception):
    """Raised where a part is read, and reported by the reader of the file."""

    def __init__(self, location: Location, message: str, *, at_key: bool = False) -> None:
        super().__init__(message)
        self.location = location
        self.message = message
        self.at_key = at_key

    def problem(self, source: Source) -> Problem:
        return source.problem(self.location, self.message, at_key=self.at_key)
