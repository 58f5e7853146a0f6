"""The time of a replay: it stands still until an event or a timer moves it, and never goes back."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class VirtualClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, to: datetime) -> None:
        self.now = max(self.now, to)
