"""What IVS says of a stream: the details of its service events."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ivs_simulator.events.envelopes import DetailType, EventName, envelope
from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.ingest import Excess
from ivs_simulator.state.resources import Session


def tell_state(
    realm: Realm,
    session: Session,
    name: EventName,
    at: datetime,
    extra: dict[str, str] | None = None,
) -> None:
    """`extra` is what only some of these events have: a code or a reason."""
    detail = {"event_name": str(name), **_stream(realm, session), **(extra or {})}
    realm.announce(session, DetailType.STREAM_STATE, name, detail, at)


def tell_health(realm: Realm, session: Session, name: EventName, at: datetime) -> None:
    detail = {"event_name": str(name), **_stream(realm, session)}
    realm.announce(session, DetailType.STREAM_HEALTH, name, detail, at)


def tell_breach(realm: Realm, session: Session, excess: Excess, at: datetime) -> None:
    detail = {**_limit(realm, excess), **_stream(realm, session)}
    realm.announce(session, DetailType.LIMIT_BREACH, excess.limit_name, detail, at)


def tell_account_breach(realm: Realm, excess: Excess, at: datetime) -> None:
    """Told of the account in the region: such an event has no resource."""
    realm.emit(envelope(realm.postmark(at), DetailType.LIMIT_BREACH, [], _limit(realm, excess)))


def _stream(realm: Realm, session: Session) -> dict[str, str]:
    return {
        "channel_name": realm.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
    }


def _limit(realm: Realm, excess: Excess) -> dict[str, Any]:
    told = asdict(excess)
    name = told.pop("limit_name")
    return {realm.behaviour.limit_name_member: name, **told}
