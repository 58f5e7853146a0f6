"""The age of playback key pairs."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import breach, not_applicable
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding


class PlaybackKeyAge(DeadlineCheck, frozen=True):
    """A playback key pair may be at most `limit` old.

    The holder of the private key can let anybody watch private channels. IVS gives no date of a key
    pair. Its age counts from its import if CloudTrail recorded the import. Otherwise its age counts
    from when it was first seen. The reason says which. No action replaces a key pair, because the
    program that signs tokens must change first. `warnings` says how long before the limit people
    get an early warning, each once per key pair.
    Data: CloudTrail `ImportPlaybackKeyPair`, `ListPlaybackKeyPairs` in a sweep. Costs one call a
    sweep, and one `GetPlaybackKeyPair` for each key pair (at most three).
    """

    traits: ClassVar = frozenset({Trait.TAGS})
    begins_once: ClassVar = "a key pair only becomes older, so its breach begins once"

    limit: Duration

    def __post_init__(self) -> None:
        """Raises ValueError."""
        self.refuse_warnings_from(self.limit)

    @property
    def coming(self) -> str:
        return f"this playback key pair will be {format_duration(self.limit)} old"

    @property
    def judges(self) -> frozenset[ResourceType]:
        return _KEY_PAIRS

    @property
    def needs(self) -> Needs:
        return _NEEDS

    def judge(self, facts: Facts, now: datetime) -> Finding:
        since = facts.state.first_seen_at
        if since is None:
            return _UNKNOWN
        age = now - since
        # The creator is known only from the event of the import, which comes first.
        was = "imported" if facts.state.creator is not None else "first seen"
        text = f"the playback key pair was {was} {format_duration(age)} ago"
        reason = f"{text}{describe_limit(age, self.limit)}"
        deadline = since + self.limit
        if now < deadline:
            return self.ahead(reason, about=RESOURCE, deadline=deadline, now=now)
        return breach(
            reason, about=RESOURCE, since=deadline, compared={"first_seen_at": since, "age": age}
        )


_KEY_PAIRS: Final = frozenset({ResourceType.PLAYBACK_KEY_PAIR})
_NEEDS: Final = Needs(resources=_KEY_PAIRS)
_UNKNOWN: Final = not_applicable("nothing is known of the playback key pair")
