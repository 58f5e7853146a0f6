"""Mirrors writes that were seen elsewhere: key pairs, configurations and policies."""

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from ivs_simulator.mirror import observed_real_time
from ivs_simulator.mirror.observed_real_time import REAL_TIME
from ivs_simulator.operations import ad_configurations as ads
from ivs_simulator.operations import failover_slate_configurations as slates
from ivs_simulator.operations import playback_restriction_policies as policies
from ivs_simulator.operations import recording_configurations as configurations
from ivs_simulator.playback import keys
from ivs_simulator.playback.keys import PlaybackKeyRefused
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Configuration, PlaybackKeyPair

type Members = Mapping[str, Any]
type StoreOf = Callable[[AccountRegion], MutableMapping[str, Configuration]]
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


def _created(member: str, store_of: StoreOf, defaults: Members, **known: str) -> Reflect:
    """Of what has settings and tags alone. `known` is so of each that was made."""

    def reflect(account_region: AccountRegion, _: Members, answer: Members, __: datetime) -> None:
        made = answer.get(member)
        if made is not None and made["arn"] not in account_region.deleted:
            settings = {name: made.get(name, default) for name, default in defaults.items()}
            tags = dict(made.get("tags") or {})
            held = Configuration(made["arn"], {**settings, **known}, tags)
            store_of(account_region)[held.arn] = held

    return reflect


def _updated(store_of: StoreOf, defaults: Members) -> Reflect:
    def reflect(account_region: AccountRegion, request: Members, _: Members, __: datetime) -> None:
        held = store_of(account_region).get(unquote(request["arn"]))
        if held is not None:
            given = {name: request[name] for name in defaults if request.get(name) is not None}
            held.settings = {**held.settings, **given}

    return reflect


def _deleted(account_region: AccountRegion, request: Members, _: Members, __: datetime) -> None:
    """ARNs are not used again: a creation that arrives late restores nothing."""
    arn = unquote(request["arn"])
    account_region.deleted.add(arn)
    stores: tuple[MutableMapping[str, Any], ...] = (
        account_region.playback_key_pairs,
        account_region.recording_configurations,
        account_region.playback_restriction_policies,
        account_region.ad_configurations,
        account_region.failover_slate_configurations,
        *account_region.real_time.values(),
    )
    for store in stores:
        store.pop(arn, None)


def _policies(account_region: AccountRegion) -> MutableMapping[str, Configuration]:
    return account_region.playback_restriction_policies


def _ads(account_region: AccountRegion) -> MutableMapping[str, Configuration]:
    return account_region.ad_configurations


def _slates(account_region: AccountRegion) -> MutableMapping[str, Configuration]:
    return account_region.failover_slate_configurations


_OF_AD: Members = {**ads.DEFAULTS, "mediaTailorPlaybackConfigurations": []}

WRITES: Mapping[str, Reflect] = {
    "ImportPlaybackKeyPair": _imported_key_pair,
    "DeletePlaybackKeyPair": _deleted,
    "CreateRecordingConfiguration": _created_configuration,
    "DeleteRecordingConfiguration": _deleted,
    "CreatePlaybackRestrictionPolicy": _created(
        "playbackRestrictionPolicy", _policies, policies.DEFAULTS
    ),
    "UpdatePlaybackRestrictionPolicy": _updated(_policies, policies.DEFAULTS),
    "DeletePlaybackRestrictionPolicy": _deleted,
    "CreateAdConfiguration": _created("adConfiguration", _ads, _OF_AD),
    "UpdateAdConfiguration": _updated(_ads, _OF_AD),
    "DeleteAdConfiguration": _deleted,
    "CreateFailoverSlateConfiguration": _created(
        "failoverSlateConfiguration", _slates, slates.DEFAULTS, state="CREATED"
    ),
    "UpdateFailoverSlateConfiguration": _updated(_slates, slates.DEFAULTS),
    "DeleteFailoverSlateConfiguration": _deleted,
    **{f"Delete{each.shape}": _deleted for each in REAL_TIME},
    **observed_real_time.WRITES,
}
