"""The playback key pairs that are allowed."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.globs import Texts, format_texts, matcher
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding


class PlaybackKeyAllowlist(Check, frozen=True):
    """A playback key pair must be one of `fingerprints`, and have one of `names`.

    Give `fingerprints`, `names` or both. A key pair must match everything that is given. The holder
    of an imported key pair can let anybody watch private channels. `fingerprints` are those that
    IVS shows, in upper or lower case. `names` are globs. A name can be chosen freely, so only a
    fingerprint identifies a key pair.
    Data: CloudTrail `ImportPlaybackKeyPair`, `ListPlaybackKeyPairs` and `GetPlaybackKeyPair` in a
    sweep. Costs one call a sweep, and one for each key pair (at most three).
    """

    traits: ClassVar = frozenset({Trait.TAGS, Trait.CALLERS})
    needs_settings: ClassVar = True
    begins_once: ClassVar = (
        "the name and the fingerprint of a key pair never change, so its breach begins once"
    )

    fingerprints: Texts = ()
    names: Texts = ()

    def __post_init__(self) -> None:
        if not self.fingerprints and not self.names:
            raise ValueError("give `fingerprints`, `names` or both: which key pairs there may be")

    @property
    def judges(self) -> frozenset[ResourceType]:
        return _KEY_PAIRS

    @property
    def needs(self) -> Needs:
        return _NEEDS

    def prepare(self) -> Judge:
        is_named, wanted = matcher(self.names or ("*",)), format_texts(self.names)
        fingerprints = frozenset(each.lower() for each in self.fingerprints)

        def judge(facts: Facts, now: datetime) -> Finding:
            if not is_named(facts.name):
                return _foreign(f"name is {facts.name!r}, not {wanted}", facts, now)
            if not fingerprints:
                return _ALLOWED
            fingerprint = facts.settings.get("fingerprint")
            if not fingerprint:
                return _UNKNOWN
            if str(fingerprint).lower() in fingerprints:
                return _ALLOWED
            return _foreign(f"fingerprint is {fingerprint}, which is not allowed", facts, now)

        return judge


_KEY_PAIRS: Final = frozenset({ResourceType.PLAYBACK_KEY_PAIR})
_NEEDS: Final = Needs(resources=_KEY_PAIRS)
_ALLOWED: Final = compliant("the playback key pair is one of those allowed")
_UNKNOWN: Final = not_applicable("the playback key pair's fingerprint is not known yet")


def _foreign(fault: str, facts: Facts, now: datetime) -> Finding:
    creator = facts.state.creator
    by = f"; {creator.value.full_name} imported it" if creator and creator.value.is_named else ""
    since = min(facts.state.first_seen_at or now, now)
    return breach(
        f"the playback key pair's {fault}{by}",
        about=RESOURCE,
        since=since,
        compared={
            "name": facts.name,
            "fingerprint": facts.settings.get("fingerprint"),
            "creator": creator,
        },
    )
