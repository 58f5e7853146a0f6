"""Streams that IVS could not process."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.rules.check import LiveCheck, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding

# No action helps a stream that IVS could not process, so its breach must end by itself.
_CLOSES_AFTER: Final = timedelta(hours=24)


class StreamFailure(LiveCheck, frozen=True):
    """IVS must not fail to process a stream, as it does when its capacity runs out.

    The breach ends with the next stream of the channel that starts, or after 24 hours.
    Data: `Stream Failure` events. Costs no IVS call.
    """

    traits: ClassVar = frozenset({Trait.TAGS})
    lacks: ClassVar = {Trait.ON_AIR: "IVS has ended the stream already"}

    def judge(self, facts: Facts, now: datetime) -> Finding:
        sessions = facts.state.sessions
        if not sessions:
            return _NO_SESSION
        failed = max(
            (
                (each.failure, each.stream_id)
                for each in sessions.values()
                if each.failure is not None
            ),
            key=lambda failed: (failed[0].at, failed[1]),
            default=None,
        )
        if failed is None:
            return _NONE_FAILED
        failure, stream_id = failed
        if any(each.on_air_at and each.on_air_at > failure.at for each in sessions.values()):
            return _STARTED_AGAIN
        closes_at = failure.at + _CLOSES_AFTER
        if now >= closes_at:
            return _LONG_AGO
        reason = f"IVS could not process the stream ({failure.value})"
        return breach(
            reason,
            about=one_stream(stream_id),
            since=min(failure.at, now),
            compared={"failure": failure},
            recheck_at=closes_at,
        )


_NO_SESSION: Final = not_applicable("no session of the channel is known")
_NONE_FAILED: Final = compliant("IVS reported no failure of a stream")
_STARTED_AGAIN: Final = compliant("a stream has started since the last failure")
_LONG_AGO: Final = not_applicable("the last stream failure is more than 24h old")
