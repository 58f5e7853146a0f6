"""Public keys of the API for real-time: they verify tokens of participants, who never come."""

from datetime import datetime
from typing import Any, Final

from ivs_simulator.operations.real_time_resources import RealTimeResource
from ivs_simulator.playback import keys
from ivs_simulator.playback.keys import PlaybackKeyRefused
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire.errors import conflict, invalid

PUBLIC_KEYS: Final = RealTimeResource(
    kind="public-key", shape="PublicKey", defaults={"name": "", "publicKeyMaterial": ""}
)


def import_public_key(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """A key that is there already is refused before the quota is checked, as playback keys are."""
    try:
        fingerprint = keys.fingerprint(keys.parse(str(params["publicKeyMaterial"])))
    except PlaybackKeyRefused as error:
        raise invalid(str(error)) from error
    held = PUBLIC_KEYS.held(account_region).values()
    if any(each.settings["fingerprint"] == fingerprint for each in held):
        raise conflict("The public key has been imported already")
    settings = {**PUBLIC_KEYS.defaults, **PUBLIC_KEYS.given(params), "fingerprint": fingerprint}
    return PUBLIC_KEYS.add(account_region, params, settings)
