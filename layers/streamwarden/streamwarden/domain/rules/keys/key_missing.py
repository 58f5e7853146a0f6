"""Channels without a stream key."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import breach, compliant, not_applicable
from streamwarden.domain.rules.deadlines import LastingCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding


class KeyMissing(LastingCheck, frozen=True):
    """A channel may be without a stream key for at most `limit`.

    `limit` is the time that a replacement of a key may take. The rule does not allow the action
    `rotate_key`. A rotation replaces every key that it lists, so it would delete a key that was
    created unseen in the meantime. The record of a deletion names only the key, and not its
    channel. It counts only if the channel of the key is known: from the key's creation, from a
    rotation, or because a rule reads tags of stream keys. A session that begins minutes after the
    deletion shows that the channel has a key again, even if the record of its creation was lost.
    While a rotation by Streamwarden is not finished, the reason says so. A quarantine takes the key
    away, so the rule does not apply to a quarantined channel, and the time counts from its release.
    `warnings` says how long before the limit people get an early warning, each once per deletion.
    Data: CloudTrail `CreateChannel`, `CreateStreamKey` and `DeleteStreamKey`, stream events,
    `ListStreams`. Costs no IVS call.
    """

    traits: ClassVar = frozenset({Trait.TAGS})

    limit: Duration = timedelta(minutes=10)

    @property
    def coming(self) -> str:
        return f"this channel will have been without a stream key for {format_duration(self.limit)}"

    def judge(self, facts: Facts, now: datetime) -> Finding:
        key = facts.state.key_arn
        if facts.quarantine is not None:
            return _QUARANTINED
        if key is None:
            return _UNKNOWN
        if not facts.has_no_key:
            return _HAS_KEY
        began_at = facts.state.keyed_at
        if began_at is not None and began_at > key.at + _REVOKED_AFTER:
            return _BEGAN_SINCE
        without_since = max(key.at, facts.released_at or key.at)
        deadline = without_since + self.limit
        reason = f"without a stream key for {format_duration(now - without_since)}"
        if now < deadline:
            reason = f"{reason} of {format_duration(self.limit)} allowed{_describe_cause(facts)}"
            return self.ahead(reason, about=RESOURCE, deadline=deadline, now=now)
        reason = (
            f"{reason}{describe_limit(now - without_since, self.limit)}{_describe_cause(facts)}"
        )
        return breach(
            f"{reason}; nobody can stream to the channel",
            about=RESOURCE,
            since=deadline,
            compared={
                "without_key_since": without_since,
                "lasted": now - without_since,
                "rotation_begun_at": facts.rotation_begun_at,
            },
        )


# IVS does not document for how long an encoder can still connect with a deleted key.
_REVOKED_AFTER: Final = timedelta(minutes=5)

_UNKNOWN: Final = not_applicable("nothing is known of the channel's stream key")
_BEGAN_SINCE: Final = compliant(
    "a session began after the stream key was deleted: the channel has another one"
)

_QUARANTINED: Final = not_applicable("the channel is quarantined: its stream key was revoked")
_HAS_KEY: Final = compliant("the channel has a stream key")


def _describe_cause(facts: Facts) -> str:
    at = facts.rotation_begun_at
    if at is None:
        return ""
    return f"; a rotation by Streamwarden began at {at:%Y-%m-%d %H:%M:%S} UTC and has not finished"
