"""Times as the API and events carry them: ISO 8601, always with an offset."""

from datetime import datetime


def parse_time(text: str) -> datetime:
    """An ISO 8601 time; one without an offset is refused, since no one can say when it was."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time needs an offset or Z: {text!r}")
    return at
