"""The age of stream keys."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import breach, not_applicable
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding


class StreamKeyAge(DeadlineCheck, frozen=True):
    """A stream key may be at most `limit` old.

    The age of a key whose creation is not known counts from when it was first seen. Keys that were
    created together come due together. `spread` is how much earlier a key may come due: a hash of
    the channel's ARN says how much, so it is always the same for a channel. `warnings` says how
    long before the limit people get an early warning, each once per key.
    Data: CloudTrail `CreateChannel` and `CreateStreamKey`, the minted-at tag of rotated keys. Costs
    no IVS call; `rotate_keys` lists the key before it replaces it.
    """

    traits: ClassVar = frozenset({Trait.KEY_AGE, Trait.TAGS})
    upper_limit: ClassVar = "limit"

    limit: Duration
    spread: Duration = timedelta(0)

    def __post_init__(self) -> None:
        if self.spread >= self.limit:
            raise ValueError("`spread`: expected a duration shorter than `limit`")
        what = "`limit` less `spread`" if self.spread else "the limit"
        self.refuse_warnings_from(self.limit - self.spread, what)

    @property
    def coming(self) -> str:
        return "the stream key of this channel will be due for replacement"

    @property
    def repeats_after(self) -> timedelta:
        return self.limit - self.spread

    def judge(self, facts: Facts, now: datetime) -> Finding:
        minted_at = facts.key_minted_at
        if minted_at is None:
            return _UNKNOWN
        if facts.has_no_key:
            return _NO_KEY if facts.rotation_begun_at is None else _HALF_WAY
        earlier = _share_of(facts.arn, self.spread)
        deadline, age = minted_at + self.limit - earlier, now - minted_at
        reason = f"the stream key is {format_duration(age)} old{describe_limit(age, self.limit)}"
        if earlier:
            reason += f", and {format_duration(earlier)} less on this channel"
        if now < deadline:
            return self.ahead(reason, about=RESOURCE, deadline=deadline, now=now)
        waits = "; it is replaced when the stream has ended" if facts.session else ""
        return breach(
            f"{reason}{waits}",
            about=RESOURCE,
            since=deadline,
            compared={"minted_at": minted_at, "age": age, "earlier": earlier},
        )


def _share_of(channel_arn: str, spread: timedelta) -> timedelta:
    """A part of the time, in whole seconds: another for each channel, and always the same."""
    if not spread:
        return spread
    share = int.from_bytes(sha256(channel_arn.encode()).digest()[:4])
    return timedelta(seconds=int(spread.total_seconds()) * share >> 32)


_UNKNOWN: Final = not_applicable("nothing is known of the channel's stream key")
_NO_KEY: Final = not_applicable("the channel has no stream key")
_HALF_WAY: Final = not_applicable("the old stream key is deleted; the rotation makes the new one")
