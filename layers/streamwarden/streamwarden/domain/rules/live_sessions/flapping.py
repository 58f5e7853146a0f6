"""Sessions of one channel that begin in quick succession."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, format_duration
from streamwarden.domain.rules.check import LiveCheck, breach, compliant, not_applicable
from streamwarden.domain.rules.counts import CountCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding

# `retention` keeps no more sessions, and keeps none for longer.
_MOST: Final = 30
_LONGEST: Final = timedelta(hours=48)


class Flapping(CountCheck, LiveCheck, frozen=True):
    """At most `sessions` sessions may begin within any `window`.

    `sessions` is 30 at most, and `window` is 48h at most, because a record keeps no more sessions
    and keeps none for longer. The breach ends by itself when fewer sessions began within the
    window. `warnings` are shares of the limit, such as 80%, at which people get an early warning,
    each once until the count has gone a tenth of the limit below it.
    Data: `Session Created` and `Stream Start` events, `ListStreams`. Costs no IVS call.
    """

    upper_limit: ClassVar = "sessions"

    sessions: int
    window: Duration

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise ValueError(f"`sessions`: expected 1 or more, found {self.sessions}")
        if self.sessions > _MOST:
            raise ValueError(f"`sessions`: expected at most {_MOST}, found {self.sessions}")
        self.refuse_warnings_of(self.sessions, "sessions")
        if self.window > _LONGEST:
            raise ValueError(
                f"`window`: expected at most 48h, found {format_duration(self.window)}; "
                "older sessions are forgotten"
            )

    def judge(self, facts: Facts, now: datetime) -> Finding:
        starts, allowed = facts.session_starts, self.sessions
        if not starts and not facts.state.sessions:
            return _NO_SESSION
        earliest, within = now - self.window, format_duration(self.window)
        recent = [at for at in starts if at > earliest]
        verb = "is" if allowed == 1 else "are"
        reason = f"{len(recent)} sessions began within {within}; {allowed} {verb} allowed"
        near = self.near(len(recent), allowed, reason)
        if len(recent) <= allowed:
            # Sessions leave the window while nothing happens, and the next ones are news again.
            recheck_at = recent[0] + self.window if near else None
            kept = f"no more than {allowed} sessions began within {within}"
            return compliant(kept, near=near, recheck_at=recheck_at)
        return breach(
            reason,
            about=RESOURCE,
            near=near,
            since=min(recent[allowed], now),
            compared={"sessions": len(recent), "session_starts": recent},
            recheck_at=recent[-allowed - 1] + self.window,
        )


_NO_SESSION: Final = not_applicable("no session of the channel is known")
