"""What of a record is kept in the fleet index, and the digest that sweeps compare."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.brakes import is_protected_by_tag
from streamwarden.domain.decision import Standing
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.redaction import redacted
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Session
from streamwarden.domain.state.retention import kept_settings
from streamwarden.domain.state.stale_session import stale_session
from streamwarden.domain.verdicts import Breach, Mode
from streamwarden.services.records import FleetEntry, OpenIncident, Record

# What listings say and rules or selectors can look at; of others, events tell more members. Some
# are not the API's: a sweep adds them (`listings`).
_COMPARED: Final[Mapping[ResourceType, tuple[str, ...]]] = {
    ResourceType.CHANNEL: (
        "authorized",
        "insecureIngest",
        "latencyMode",
        "name",
        "playbackRestrictionPolicy",
        "playbackRestrictionPolicyArn",
        "preset",
        "recordingConfigurationArn",
        "type",
    ),
    **{
        resource: (*each.compared, "channels") if each.has_uses else each.compared
        for resource, each in LISTED_TYPES.items()
    },
    ResourceType.ACCOUNT: (
        "channels",
        "concurrentStreams",
        "concurrentViews",
        "playbackKeyPairs",
        "playbackRestrictionPolicies",
        "recordingConfigurations",
    ),
}

# What a listing that leaves one of these out says of it. A count that is not made any more is none.
_LEFT_OUT: Final[Mapping[str, Any]] = {
    "allowedCountries": (),
    "allowedOrigins": (),
    "name": "",
    "playbackKeyPairs": None,
    "playbackRestrictionPolicies": None,
    "playbackRestrictionPolicyArn": "",
    "preset": "",
    "recordingConfigurationArn": "",
    "recordingConfigurations": None,
}

# AWS does not say when the encoder's configuration appears, only that it may have gaps (User
# Guide, Monitoring Stream Health).
_INGEST_SETTLED_AFTER: Final = timedelta(minutes=10)


def fleet_entry(record: Record) -> FleetEntry:
    """What sweeps and rotations need of a record."""
    facts, quarantine = Facts(record.state), record.standing.orders.quarantine
    viewers = facts.live.viewers if facts.live else None
    due = [] if quarantine else [each for each in record.breaches.values() if _is_due(each)]
    return FleetEntry(
        resource_arn=facts.arn,
        digest=digest(facts.resource_type, facts.settings, facts.tags)
        if facts.are_settings_known
        else "",
        live_stream_id=facts.session.stream_id if facts.session else None,
        is_on_air=facts.live is not None,
        is_stalled=facts.stalled_since is not None,
        is_stale=stale_session(facts) is not None,
        is_ingest_known=facts.live is not None and _is_ingest_known(facts.live),
        viewers=viewers.value if viewers else None,
        counted_at=viewers.at if viewers else None,
        counts=_counts(facts),
        recheck_at=record.timer_at,
        has_pending=bool(record.pending),
        is_held=any(breach.held for breach in record.breaches.values())
        or (quarantine is not None and bool(quarantine.held)),
        has_controls=_has_controls(facts) or quarantine is not None,
        is_rotation_due=bool(due),
        rotation_due_since=min((each.since for each in due), default=None),
        keyless_since=_keyless_since(facts),
        key_made_on=_key_made_on(facts),
        are_key_tags_known=facts.are_stream_key_tags_whole,
        is_gone=facts.is_gone,
        aired=record.aired,
        peers=facts.live.peers if facts.live else None,
        decided_under=record.decided_under,
        name=facts.name,
        incidents=tuple(open_incidents(record.standing)),
    )


def open_incidents(standing: Standing) -> Iterator[OpenIncident]:
    """One for each rule that has a breach or an incident, in the order of the rules' ids."""
    breaches = {each.rule_id: each for each in standing.breaches.values()}
    for rule_id in sorted(breaches.keys() | standing.incidents.keys()):
        is_calm = rule_id not in breaches
        incident = standing.incidents.get(rule_id)
        is_acknowledged = incident is not None and incident.acknowledged_at is not None
        each = incident or breaches[rule_id]
        yield OpenIncident(rule_id, each.severity, each.mode, is_calm, is_acknowledged)


def _has_controls(facts: Facts) -> bool:
    """The end of one may have come since: its record says that."""
    if is_protected_by_tag(facts.tags):
        return True
    controls = facts.state.controls
    if controls is None:
        return False
    protection = controls.longest_protection
    is_protected = protection is not None and protection.value is not None
    return is_protected or any(each.value is not None for each in controls.exemptions.values())


def _is_due(breach: Breach) -> bool:
    return breach.rotates_key and breach.mode is Mode.ENFORCE


def _keyless_since(facts: Facts) -> datetime | None:
    """A quarantine takes the key, and its release asks for another."""
    key = facts.state.key_arn
    if key is None or key.value is not None or facts.quarantine is not None:
        return None
    return max(key.at, facts.released_at or key.at)


def _key_made_on(facts: Facts) -> int | None:
    key = facts.stream_key
    return key.minted_at.toordinal() if key and key.minted_at else None


def _counts(facts: Facts) -> dict[str, int]:
    if facts.resource_type is not ResourceType.ACCOUNT:
        return {}
    return {name: value for name, value in facts.settings.items() if isinstance(value, int)}


def _is_ingest_known(session: Session) -> bool:
    """An answer with gaps counts once the stream is old enough for IVS to know all it ever will."""
    ingest = session.ingest
    if ingest is None or session.on_air_at is None:
        return False
    return ingest.value.is_complete or ingest.at >= session.on_air_at + _INGEST_SETTLED_AFTER


def settings_listed(resource: ResourceType | None, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What a listing says, with what it leaves out: else what was known of that would stand, and
    be found to differ by every sweep."""
    names = _COMPARED.get(resource, ()) if resource else ()
    left_out = {name: _LEFT_OUT[name] for name in names if name in _LEFT_OUT}
    return {**left_out, **settings}


def digest(
    resource: ResourceType | None, settings: Mapping[str, Any], tags: Mapping[str, str]
) -> str:
    """A short name for settings and tags: equal when nothing a rule sees differs.

    No value of a stream key gets into a queue or the table, so what is compared has none either.
    """
    names = _COMPARED.get(resource, ()) if resource else ()
    kept = kept_settings(settings)
    compared = {name: _compared(kept.get(name)) for name in names}
    document = msgspec.json.encode(redacted([compared, dict(tags)]), order="sorted")
    return sha256(document).hexdigest()[:16]


def _compared(value: object) -> object:
    """What IVS leaves out of a listing stands for empty; a count of none is more than no count."""
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count else value or None
