"""Mirrors writes that were seen elsewhere: key pairs, configurations and policies."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from ivs_simulator.operations import playback_restriction_policies as policies
from ivs_simulator.operations import recording_configurations as configurations
from ivs_simulator.playback import keys
from ivs_simulator.playback.keys import PlaybackKeyRefused
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Configuration, PlaybackKeyPair

type Members = Mapping[str, Any]
type Reflect = Callable[[AccountRegion, Members, Members, datetime], None]


def _imported_key_pair(
    account_region: AccountRegion, request: Members, answer: Members, _: datetime
) -> None:
    """A record without the whole key is ignored."""
    made, material = answer.get("keyPair"), str(request.get("publicKeyMaterial") or "")
    if made is None or made["arn"] in account_region.deleted:
        return
    try:
        fingerprint = keys.fingerprint(keys.parse(material))
    except PlaybackKeyRefused:
        return
    account_region.playback_key_pairs[made["arn"]] = PlaybackKeyPair(
        arn=made["arn"],
        name=made.get("name") or "",
        public_key_material=material,
        fingerprint=fingerprint,
        tags=dict(made.get("tags") or {}),
    )


def _created_configuration(
    account_region: AccountRegion, _: Members, answer: Members, __: datetime
) -> None:
    made = answer.get("recordingConfiguration")
    if made is not None and made["arn"] not in account_region.deleted:
        names = (*configurations.DEFAULTS, "destinationConfiguration")
        settings = {name: made[name] for name in names if name in made}
        configurations.install(account_region, made["arn"], settings, dict(made.get("tags") or {}))


def _created_policy(
    account_region: AccountRegion, _: Members, answer: Members, __: datetime
) -> None:
    made = answer.get("playbackRestrictionPolicy")
    if made is not None and made["arn"] not in account_region.deleted:
        settings = policies.DEFAULTS | {key: made[key] for key in policies.DEFAULTS if key in made}
        policy = Configuration(made["arn"], settings, dict(made.get("tags") or {}))
        account_region.playback_restriction_policies[policy.arn] = policy


def _updated_policy(
    account_region: AccountRegion, request: Members, _: Members, __: datetime
) -> None:
    arn = unquote(request["arn"])
    if arn in account_region.playback_restriction_policies:
        given = {key: request[key] for key in policies.DEFAULTS if request.get(key) is not None}
        held = account_region.playback_restriction_policies[arn]
        held.settings = {**held.settings, **given}


def _deleted(account_region: AccountRegion, request: Members, _: Members, __: datetime) -> None:
    """ARNs are not used again: a creation that arrives late restores nothing."""
    arn = unquote(request["arn"])
    account_region.deleted.add(arn)
    for store in (
        account_region.playback_key_pairs,
        account_region.recording_configurations,
        account_region.playback_restriction_policies,
    ):
        store.pop(arn, None)


WRITES: Mapping[str, Reflect] = {
    "ImportPlaybackKeyPair": _imported_key_pair,
    "DeletePlaybackKeyPair": _deleted,
    "CreateRecordingConfiguration": _created_configuration,
    "DeleteRecordingConfiguration": _deleted,
    "CreatePlaybackRestrictionPolicy": _created_policy,
    "UpdatePlaybackRestrictionPolicy": _updated_policy,
    "DeletePlaybackRestrictionPolicy": _deleted,
}
