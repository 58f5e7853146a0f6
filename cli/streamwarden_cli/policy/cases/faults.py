"""What makes a case unplayable, with its place in the file."""

from streamwarden_cli.documents.source import Location


class Fault(Exception):
    """Raised where a part of a case is read, and told by whoever reads the file."""

    def __init__(self, location: Location, message: str, *, at_key: bool = False) -> None:
        super().__init__(message)
        self.location = location
        self.message = message
        self.at_key = at_key
