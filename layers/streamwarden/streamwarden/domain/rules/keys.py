"""Rules about stream keys. A key's value is never part of any fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from streamwarden.domain.duration import Duration, say_duration
from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.check import not_applicable, pending
from streamwarden.domain.verdicts import ActionKind, Finding, Status


@dataclass(frozen=True)
class StreamKeyAge:
    """A stream key may be `limit` old; a key of unknown age counts from first seen.

    Data: CloudTrail `CreateChannel` and `CreateStreamKey`, the minted-at tag of rotated keys.
    Costs no IVS call; `rotate_keys` lists the key before it replaces it.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    allowed_actions: ClassVar = frozenset({ActionKind.ROTATE_KEY, ActionKind.TAG})
    needs_settings: ClassVar = False
    stops_only_if_stalled: ClassVar = False

    limit: Duration

    def assess(self, facts: Facts, now: datetime) -> Finding:
        minted_at = facts.key_minted_at
        if minted_at is None:
            return not_applicable("nothing is known of the channel's stream key")
        if facts.has_no_key:
            return not_applicable("the channel has no stream key")
        deadline = minted_at + self.limit
        age = say_duration(now - minted_at)
        limit = say_duration(self.limit)
        if now < deadline:
            return pending(
                f"the stream key is {age} old; {limit} is allowed",
                next_check=deadline,
            )
        waits = "; it is replaced when the stream has ended" if facts.session else ""
        return Finding(
            status=Status.BREACH,
            reason=f"the stream key is {age} old; {limit} is allowed{waits}",
            since=deadline,
        )
