"""What an operator reads in a dead-letter queue when an event cannot be understood."""

from streamwarden.domain.redaction import without_stream_keys

_LONGEST_SHOWN = 60


class MalformedEvent(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = without_stream_keys(reason)
        super().__init__(f"{field}: {self.reason}")


def shown(value: object) -> str:
    """Short enough for one line, and never a stream key or the inside of an object."""
    if value is None:
        return "nothing"
    if not isinstance(value, str):
        return type(value).__name__
    # Keys go before the cut: a truncated key would no longer look like one.
    text = without_stream_keys(value)
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")
