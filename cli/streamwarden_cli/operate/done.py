"""What was requested about a breach, and what became of it, as a record holds both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from streamwarden.domain.state.resource import Outcome
from streamwarden.domain.verdicts import Breach, action_id
from streamwarden.services.records import Record
from streamwarden_cli.operate.wording import format_moment


@dataclass(frozen=True, slots=True)
class Requested:
    """The last request of an action. `action` is the word of its kind; `outcome` is None until it
    arrives, and `finished_at` is when it did."""

    rule_id: str
    action: str
    at: datetime
    attempt: int
    outcome: Outcome | None = None
    finished_at: datetime | None = None

    @property
    def text(self) -> str:
        """`stop done at …: stopped stream st-1`"""
        again = f" (attempt {self.attempt})" if self.attempt > 1 else ""
        if self.outcome is None or self.finished_at is None:
            return f"{self.action}{again} requested at {format_moment(self.at)}, no outcome yet"
        at = format_moment(self.finished_at)
        return f"{self.action}{again} {self.outcome.status} at {at}: {self.outcome.reason}"


def requested_for(record: Record, breach: Breach) -> Iterator[Requested]:
    """An outcome of an earlier attempt still says what became of that one."""
    for key, request in breach.requests.items():
        last = record.state.outcomes.get(action_id(record.state.arn, breach, key))
        action = key.partition("/")[0]
        yield Requested(
            breach.rule_id,
            action,
            request.at,
            request.attempts,
            last.value if last else None,
            last.at if last else None,
        )
