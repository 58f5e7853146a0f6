"""Reflects what was done elsewhere to key pairs, configurations and policies."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from ivs_simulator.operations import playback_restriction_policies as policies
from ivs_simulator.operations import recording_configurations as configurations
from ivs_simulator.playback import keys
from ivs_simulator.playback.keys import PlaybackKeyRefused
from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.resources import Configuration, PlaybackKeyPair

type Members = Mapping[str, Any]
type Reflect = Callable[[Realm, Members, Members, datetime], None]


def _imported_key_pair(realm: Realm, request: Members, answer: Members, _: datetime) -> None:
    """A record that does not hold the key, or not all of it, is of no use to the world."""
    made, material = answer.get("keyPair"), str(request.get("publicKeyMaterial") or "")
    if made is None or made["arn"] in realm.deleted:
        return
    try:
        fingerprint = keys.fingerprint(keys.parse(material))
    except PlaybackKeyRefused:
        return
    realm.playback_key_pairs[made["arn"]] = PlaybackKeyPair(
        arn=made["arn"],
        name=made.get("name") or "",
        public_key_material=material,
        fingerprint=fingerprint,
        tags=dict(made.get("tags") or {}),
    )


def _created_configuration(realm: Realm, _: Members, answer: Members, __: datetime) -> None:
    made = answer.get("recordingConfiguration")
    if made is not None and made["arn"] not in realm.deleted:
        known = (*configurations.DEFAULTS, "destinationConfiguration")
        settings = {name: made[name] for name in known if name in made}
        configurations.install(realm, made["arn"], settings, dict(made.get("tags") or {}))


def _created_policy(realm: Realm, _: Members, answer: Members, __: datetime) -> None:
    made = answer.get("playbackRestrictionPolicy")
    if made is not None and made["arn"] not in realm.deleted:
        settings = policies.DEFAULTS | {key: made[key] for key in policies.DEFAULTS if key in made}
        policy = Configuration(made["arn"], settings, dict(made.get("tags") or {}))
        realm.playback_restriction_policies[policy.arn] = policy


def _updated_policy(realm: Realm, request: Members, _: Members, __: datetime) -> None:
    arn = unquote(request["arn"])
    if arn in realm.playback_restriction_policies:
        given = {key: request[key] for key in policies.DEFAULTS if request.get(key) is not None}
        held = realm.playback_restriction_policies[arn]
        held.settings = {**held.settings, **given}


def _deleted(realm: Realm, request: Members, _: Members, __: datetime) -> None:
    """ARNs are not used again: a creation that is heard of late revives nothing."""
    arn = unquote(request["arn"])
    realm.deleted.add(arn)
    for shelf in (
        realm.playback_key_pairs,
        realm.recording_configurations,
        realm.playback_restriction_policies,
    ):
        shelf.pop(arn, None)


WRITES: Mapping[str, Reflect] = {
    "ImportPlaybackKeyPair": _imported_key_pair,
    "DeletePlaybackKeyPair": _deleted,
    "CreateRecordingConfiguration": _created_configuration,
    "DeleteRecordingConfiguration": _deleted,
    "CreatePlaybackRestrictionPolicy": _created_policy,
    "UpdatePlaybackRestrictionPolicy": _updated_policy,
    "DeletePlaybackRestrictionPolicy": _deleted,
}
