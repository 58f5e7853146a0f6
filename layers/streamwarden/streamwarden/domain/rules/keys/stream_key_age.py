"""The age of stream keys."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import Check, breach, not_applicable, pending
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding


class StreamKeyAge(Check, frozen=True):
    """A stream key may be at most `limit` old.

    The age of a key whose creation is not known counts from when it was first seen.
    Data: CloudTrail `CreateChannel` and `CreateStreamKey`, the minted-at tag of rotated keys. Costs
    no IVS call; `rotate_keys` lists the key before it replaces it.
    """

    traits: ClassVar = frozenset({Trait.KEY_AGE, Trait.TAGS})
    upper_limit: ClassVar = "limit"

    limit: Duration

    def judge(self, facts: Facts, now: datetime) -> Finding:
        minted_at = facts.key_minted_at
        if minted_at is None:
            return _UNKNOWN
        if facts.has_no_key:
            return _NO_KEY
        deadline, age = minted_at + self.limit, now - minted_at
        reason = f"the stream key is {format_duration(age)} old{describe_limit(age, self.limit)}"
        if now < deadline:
            return pending(reason, about=RESOURCE, recheck_at=deadline)
        waits = "; it is replaced when the stream has ended" if facts.session else ""
        return breach(f"{reason}{waits}", about=RESOURCE, since=deadline)


_UNKNOWN: Final = not_applicable("nothing is known of the channel's stream key")
_NO_KEY: Final = not_applicable("the channel has no stream key")
