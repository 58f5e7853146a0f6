"""What was requested about a breach, and what became of it, as a record holds both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from streamwarden.domain.decision import Incident
from streamwarden.domain.state.orders import quarantine_in_force
from streamwarden.domain.state.resource import Outcome
from streamwarden.domain.verdicts import Breach, Mode, action_id
from streamwarden.services.records import Record
from streamwarden_cli.operate.notified import Notifications, withheld_in_words
from streamwarden_cli.operate.wording import format_ago, format_moment


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


def describe_done(
    record: Record,
    incident: Incident | None,
    breach: Breach | None,
    notifications: Notifications,
    now: datetime,
) -> str:
    """What was done about an open incident, or who was notified.

    Where something is done, only of notifications that are not sent is there more to say.
    """
    if incident is None:
        return "recorded only"
    if breach is not None and breach.mode is Mode.NOTIFY:
        return notifications.describe(record, incident)
    done = (
        _calm(incident, now)
        if breach is None
        else f"{_done(record, incident, breach)}{_next(record, now)}"
    )
    withheld = withheld_in_words(notifications.of(record, incident))
    return "; ".join(filter(None, (_quarantined(record, incident, now), done, withheld)))


def _quarantined(record: Record, incident: Incident, now: datetime) -> str:
    quarantine = quarantine_in_force(record.standing.orders, now)
    if quarantine is None or quarantine.rule_id != incident.rule_id:
        return ""
    until = format_moment(quarantine.until) if quarantine.until else "it is released"
    held = f", held: {quarantine.held}" if quarantine.held else ""
    return f"in quarantine until {until}{held}"


def _calm(incident: Incident, now: datetime) -> str:
    done = f"{incident.last_done}; " if incident.last_done else ""
    since = incident.calm_since or now
    return f"{done}calm since {format_moment(since)}, and resolved if it stays so"


def _done(record: Record, incident: Incident, breach: Breach) -> str:
    done = "; ".join(each.text for each in requested_for(record, breach))
    if breach.held:
        return f"{done}; held: {breach.held}" if done else f"held: {breach.held}"
    if not done and breach.rotates_key:
        return "the next rotation window replaces the stream key"
    done = "; ".join(filter(None, (done, breach.waits)))
    return done or incident.last_done or "no action is requested"


def _next(record: Record, now: datetime) -> str:
    """A decision requests again what failed, and what the next step does."""
    at = record.timer_at
    return f"; decided again {format_ago(at, now)}" if at is not None and at > now else ""
