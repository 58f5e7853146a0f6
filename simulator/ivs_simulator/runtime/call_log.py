"""The calls to a world, for tests and demos; never the answers."""

from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

KEPT_CALLS = 10_000


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call. Its answer could carry key values and is not kept."""

    operation: str
    params: dict[str, Any]
    outcome: str
    caller_arn: str
    account: str
    region: str
    at: datetime


class CallLog:
    """The last calls, numbered so that a test can ask for those after a number."""

    def __init__(self) -> None:
        self._calls: deque[tuple[int, RecordedCall]] = deque(maxlen=KEPT_CALLS)
        self._next = 0

    def append(self, call: RecordedCall) -> None:
        self._calls.append((self._next, call))
        self._next += 1

    def since(self, number: int) -> dict[str, Any]:
        shown = [{"number": n, **asdict(call)} for n, call in self._calls if n >= number]
        return {"calls": shown, "next": self._next}
