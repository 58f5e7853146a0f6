"""What an operator reads in a dead-letter queue when an event cannot be understood."""

_LONGEST_SHOWN = 60


class MalformedEvent(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {self.reason}")


def shown(value: object) -> str:
    """Short enough for one line, and never the inside of an object."""
    if value is None:
        return "nothing"
    if not isinstance(value, str):
        return type(value).__name__
    return repr(value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…")
