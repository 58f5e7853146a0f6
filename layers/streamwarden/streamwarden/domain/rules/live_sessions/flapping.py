"""Whether an encoder comes and goes."""

from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.duration import Duration, say_duration
from streamwarden.domain.facts import Facts
from streamwarden.domain.knowledge.resource import Session
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.verdicts import Finding

# Sessions that are over are forgotten after three days, and may be told of a day late.
_LONGEST: Final = timedelta(hours=48)


class Flapping(Check, frozen=True):
    """At most `sessions` sessions may begin within any `window`.

    The breach ends by itself as soon as fewer began within the window.
    Data: `Session Created` and `Stream Start` events, `ListStreams`. Costs no IVS call.
    """

    sessions: int
    window: Duration

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise ValueError(f"`sessions`: expected 1 or more, found {self.sessions}")
        if self.window > _LONGEST:
            raise ValueError(
                f"`window`: expected at most 48h, found {say_duration(self.window)}; "
                "older sessions are forgotten"
            )

    def prepare(self) -> Judge:
        allowed, window, within = self.sessions, self.window, say_duration(self.window)
        demand = f"{allowed} {'is' if allowed == 1 else 'are'} allowed"
        steady = compliant(f"no more than {allowed} sessions began within {within}")

        def judge(facts: Facts, now: datetime) -> Finding:
            sessions = facts.known.sessions
            if not sessions:
                return _NO_SESSION
            if len(sessions) <= allowed:
                return steady
            earliest = now - window
            begun = (_begun_at(each) for each in sessions.values())
            recent = sorted(at for at in begun if at is not None and at > earliest)
            if len(recent) <= allowed:
                return steady
            return breach(
                f"{len(recent)} sessions began within {within}; {demand}",
                about=RESOURCE,
                since=min(recent[allowed], now),
                next_check=recent[-allowed - 1] + window,
            )

        return judge


_NO_SESSION: Final = not_applicable("no session of the channel is known")


def _begun_at(session: Session) -> datetime | None:
    """Being created comes first; a session of which only the end is known did not begin lately."""
    return session.created_at or session.on_air_at
