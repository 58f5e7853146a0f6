"""Playback key pairs: public keys that verify playback tokens; never changed, only replaced."""

from datetime import datetime
from typing import Any

from ivs_simulator.operations import tags
from ivs_simulator.playback import keys
from ivs_simulator.playback.keys import PlaybackKeyRefused, PublicKey
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import PlaybackKeyPair
from ivs_simulator.wire.errors import conflict, invalid, quota_exceeded
from ivs_simulator.wire.paging import page


def import_playback_key_pair(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """A key that is there already is refused before the quota is checked.

    AWS models the conflict without saying what it is or which check comes first. The conflict
    helps a caller that imports a key twice more than the quota does.
    """
    given_tags = tags.accepted(params.get("tags"))
    material = str(params["publicKeyMaterial"])
    key = _parsed(material)
    _refuse_second(account_region, key)
    _refuse_beyond_quota(account_region)
    made = PlaybackKeyPair(
        arn=account_region.new_arn("playback-key"),
        name=params.get("name") or "",
        public_key_material=material,
        fingerprint=keys.fingerprint(key),
        tags=given_tags,
    )
    account_region.playback_key_pairs[made.arn] = made
    return {"keyPair": _describe(made)}


def get_playback_key_pair(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return {"keyPair": _describe(account_region.playback_key_pairs.named(params["arn"]))}


def list_playback_key_pairs(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    shown, more = page(account_region.playback_key_pairs, params, default=100)
    return {"keyPairs": [_summarise(each) for each in shown], **more}


def delete_playback_key_pair(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """Tokens signed with it let no one in any more; views that are playing go on.

    Source: the API reference, "invalidates future viewer tokens". It says
    nothing about views that are playing; to end those, revoke their sessions.
    """
    held = account_region.playback_key_pairs.named(params["arn"])
    del account_region.playback_key_pairs[held.arn]
    return {}


def _parsed(material: str) -> PublicKey:
    try:
        return keys.parse(material)
    except PlaybackKeyRefused as error:
        raise invalid(str(error)) from error


def _refuse_second(account_region: AccountRegion, key: PublicKey) -> None:
    held = account_region.playback_key_pairs.values()
    if any(keys.parse(each.public_key_material) == key for each in held):
        raise conflict("The public key has been imported already")


def _refuse_beyond_quota(account_region: AccountRegion) -> None:
    quota = account_region.options.quotas.playback_key_pairs
    if len(account_region.playback_key_pairs) >= quota:
        raise quota_exceeded(f"An account can have {quota} playback key pairs in a region")


def _describe(held: PlaybackKeyPair) -> dict[str, Any]:
    return {**_summarise(held), "fingerprint": held.fingerprint}


def _summarise(held: PlaybackKeyPair) -> dict[str, Any]:
    return {"arn": held.arn, "name": held.name, "tags": dict(held.tags)}
