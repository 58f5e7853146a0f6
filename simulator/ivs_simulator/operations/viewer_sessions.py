"""Viewer sessions: revoked by the viewer id that was in the viewer's playback token."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivs_simulator.broadcasting import viewers
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire.errors import IvsError


def start_viewer_session_revocation(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Whether anyone of this id ever watched, or the channel is private at all, is not asked:
    a revocation may come before the viewer does.
    """
    _revoke(account_region, params, at)
    return {}


def batch_start_viewer_session_revocation(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Each pair by itself: one that cannot be revoked keeps no other from being so."""
    outcomes = (_attempt(account_region, each, at) for each in params["viewerSessions"])
    return {"errors": [error for error in outcomes if error is not None]}


def _attempt(
    account_region: AccountRegion, pair: Mapping[str, Any], at: datetime
) -> dict[str, str] | None:
    """Revokes; the answer's error entry when that fails."""
    try:
        _revoke(account_region, pair, at)
    except IvsError as error:
        named = {name: pair[name] for name in ("channelArn", "viewerId")}
        return {**named, "code": error.code, "message": error.message}
    return None


def _revoke(account_region: AccountRegion, pair: Mapping[str, Any], at: datetime) -> None:
    channel = account_region.channel(pair["channelArn"])
    version = pair.get("viewerSessionVersionsLessThanOrEqualTo") or 0
    viewers.revoke(account_region, channel.arn, pair["viewerId"], version, at)
