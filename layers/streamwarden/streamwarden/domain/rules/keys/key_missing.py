"""Whether a channel can be streamed to at all."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.acting.traits import Trait
from streamwarden.domain.duration import Duration, format_duration
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable, pending
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding


class KeyMissing(Check, frozen=True):
    """A channel may be without a stream key for at most `limit`, the time to replace one.

    It does not allow `rotate_key`: a rotation replaces whatever key it lists, and would delete one
    that was made in the meantime unseen. The record of a deletion names the key alone, and not its
    channel: it counts where it is known whose key that is, from its creation, from a rotation, or
    because a rule looks at tags of stream keys. A session that begins minutes later shows that
    there is a key again, also where the record of its creation was lost.
    Data: CloudTrail `CreateChannel`, `CreateStreamKey` and `DeleteStreamKey`, stream events,
    `ListStreams`. Costs no IVS call.
    """

    traits: ClassVar = frozenset({Trait.TAGS})

    limit: Duration = timedelta(minutes=10)

    def prepare(self) -> Judge:
        limit, allowed = self.limit, format_duration(self.limit)

        def judge(facts: Facts, now: datetime) -> Finding:
            key = facts.state.key_arn
            if key is None:
                return _UNKNOWN
            if not facts.has_no_key:
                return _HAS_KEY
            began_at = facts.state.keyed_at
            if began_at is not None and began_at > key.at + _REVOKED_AFTER:
                return _BEGAN_SINCE
            deadline = key.at + limit
            lasted = format_duration(now - key.at)
            if now < deadline:
                said = f"without a stream key for {lasted} of {allowed} allowed"
                return pending(said, about=RESOURCE, recheck_at=deadline)
            said = f"without a stream key for {lasted}; {allowed} is allowed"
            return breach(
                f"{said}; nobody can stream to the channel", about=RESOURCE, since=deadline
            )

        return judge


# IVS does not say how soon nobody can connect with a deleted key any more.
_REVOKED_AFTER: Final = timedelta(minutes=5)

_UNKNOWN: Final = not_applicable("nothing is known of the channel's stream key")
_BEGAN_SINCE: Final = compliant(
    "a session began after the stream key was deleted: the channel has another one"
)

_HAS_KEY: Final = compliant("the channel has a stream key")
