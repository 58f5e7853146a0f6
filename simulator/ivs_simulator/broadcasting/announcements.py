"""The service events of a stream, with their details."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ivs_simulator.events.envelopes import DetailType, EventName, envelope
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.ingest import Excess
from ivs_simulator.state.resources import Session


def announce_state(
    account_region: AccountRegion,
    session: Session,
    name: EventName,
    at: datetime,
    extra: dict[str, str] | None = None,
) -> None:
    """`extra` is what only some of these events have: a code or a reason."""
    detail = {"event_name": str(name), **_stream(account_region, session), **(extra or {})}
    account_region.announce(session, DetailType.STREAM_STATE, name, detail, at)


def announce_health(
    account_region: AccountRegion, session: Session, name: EventName, at: datetime
) -> None:
    detail = {"event_name": str(name), **_stream(account_region, session)}
    account_region.announce(session, DetailType.STREAM_HEALTH, name, detail, at)


def announce_breach(
    account_region: AccountRegion, session: Session, excess: Excess, at: datetime
) -> None:
    detail = {**_limit(account_region, excess), **_stream(account_region, session)}
    account_region.announce(session, DetailType.LIMIT_BREACH, excess.limit_name, detail, at)


def announce_account_breach(account_region: AccountRegion, excess: Excess, at: datetime) -> None:
    """About the account in the region: such an event has no resource."""
    account_region.emit(
        envelope(
            account_region.envelope_metadata(at),
            DetailType.LIMIT_BREACH,
            [],
            _limit(account_region, excess),
        )
    )


def _stream(account_region: AccountRegion, session: Session) -> dict[str, str]:
    return {
        "channel_name": account_region.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
    }


def _limit(account_region: AccountRegion, excess: Excess) -> dict[str, Any]:
    members = asdict(excess)
    name = members.pop("limit_name")
    return {account_region.options.limit_name_member: name, **members}
