"""Records as they are read: what this version does not write, or no decision bears, is refused.

An earlier version may have let something in that no event brings today.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from streamwarden.adapters.dynamodb.formats import readable_members
from streamwarden.adapters.dynamodb.items import decode
from streamwarden.adapters.dynamodb.requests import read_requested
from streamwarden.domain.decision import Effect, Incident, Repetition, ShareNotified, Standing
from streamwarden.domain.events.bounds import EARLIEST, LATEST
from streamwarden.domain.events.members import check_members
from streamwarden.domain.ledger.end import NO_LEDGER, End
from streamwarden.domain.state.controls import AccountControls, ChannelControls
from streamwarden.domain.state.deployment import Deployment
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.state.orders import NO_ORDERS, Orders
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Action, Breach, Notification
from streamwarden.services.records import FleetEntry, PendingMessages, Record

# The parts of a channel, and the member by which each is kept.
ID_OF: Final = {"sessions": "stream_id", "recordings": "recording_id", "stream_keys": "arn"}


def read_record(item: Mapping[str, Any], entry: FleetEntry, pending: PendingMessages) -> Record:
    """Raises msgspec.DecodeError or KeyError."""
    state = _read_state(item)
    record = Record(
        state=state,
        standing=_read_standing(item),
        pending=pending,
        requested=read_requested(item),
        timer_at=entry.recheck_at,
        decided_under=entry.decided_under,
        aired=entry.aired,
        ledger=read_end(item),
        is_swept="expires_at" not in item or Facts(state).is_gone,
        version=int(item["version"]["N"]),
    )
    _check_moments(record, item)
    return record


def read_end(item: Mapping[str, Any] | None) -> End:
    """The end of the ledger; also of a record that is not what this version writes."""
    try:
        return msgspec.json.decode(item["ledger"]["S"], type=End) if item else NO_LEDGER
    except (msgspec.DecodeError, KeyError):
        return NO_LEDGER


class _Controls(Struct, frozen=True):
    """The part of a document that is not known from IVS."""

    controls: ChannelControls | None = None
    account_controls: AccountControls | None = None


class _UnreadControls(Struct, frozen=True):
    controls: dict[str, msgspec.Raw] | None = None
    account_controls: dict[str, msgspec.Raw] | None = None


def read_controls(arn: str, item: Mapping[str, Any] | None) -> Resource:
    """What operators have set; also of a record that is not what this version writes."""
    try:
        found = _read_controls(item) if item else _Controls()
    except (msgspec.DecodeError, KeyError):
        found = _Controls()
    if any(map(_is_absurd, _moments(found))):
        found = _Controls()
    return Resource(arn=arn, controls=found.controls, account_controls=found.account_controls)


def _read_controls(item: Mapping[str, Any]) -> _Controls:
    """A pause or an exemption is not lost because another brake has a new value."""
    try:
        return decode(item, _Controls)
    except msgspec.DecodeError:
        unread = decode(item, _UnreadControls)
        return _Controls(
            controls=readable_members(unread.controls, ChannelControls),
            account_controls=readable_members(unread.account_controls, AccountControls),
        )


def read_orders(item: Mapping[str, Any] | None) -> Orders:
    """What is done to a channel apart from breaches; also of such a record."""
    try:
        found = _read_part(item, "orders", Orders) if item else None
    except (msgspec.DecodeError, KeyError):
        return NO_ORDERS
    return NO_ORDERS if found is None or any(map(_is_absurd, _moments(found))) else found


class _Outbox(Struct, frozen=True):
    """Pending messages, none of which is read yet."""

    actions: tuple[msgspec.Raw, ...] = ()
    notifications: tuple[msgspec.Raw, ...] = ()
    left_out: int = 0
    unreadable: tuple[str, ...] = ()


def read_pending(item: Mapping[str, Any]) -> PendingMessages:
    """One that cannot be read holds up none of the others. No queue takes an empty text."""
    if not item.get("document", {}).get("S"):
        return PendingMessages()
    try:
        return decode(item, PendingMessages)
    except msgspec.DecodeError:
        pass
    try:
        found = decode(item, _Outbox)
    except msgspec.DecodeError:
        return PendingMessages(unreadable=(item["document"]["S"],))
    actions, no_actions = _read_each(found.actions, Action)
    notifications, no_notifications = _read_each(found.notifications, Notification)
    return PendingMessages(
        actions=actions,
        notifications=notifications,
        left_out=found.left_out,
        unreadable=(*found.unreadable, *no_actions, *no_notifications),
    )


def _read_each[T](
    given: Sequence[msgspec.Raw], model: type[T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """What can be read, and the JSON of what cannot."""
    readable, unreadable = list[T](), list[str]()
    for each in given:
        try:
            readable.append(msgspec.json.decode(each, type=model))
        except msgspec.DecodeError:
            unreadable.append(bytes(each).decode())
    return tuple(readable), tuple(unreadable)


def _read_state(item: Mapping[str, Any]) -> Resource:
    document = msgspec.json.decode(item["document"]["S"])
    for name in ID_OF.keys() & document.keys():
        document[name] = {each[ID_OF[name]]: each for each in document[name]}
    state = msgspec.convert({**document, "arn": item["pk"]["S"]}, Resource)
    check_members({name: each.value for name, each in state.settings.items()})
    return state


def _read_standing(item: Mapping[str, Any]) -> Standing:
    breaches = _read_part(item, "breaches", list[Breach])
    incidents = _read_part(item, "incidents", list[Incident])
    return Standing(
        breaches={each.id: each for each in breaches or ()},
        incidents={each.rule_id: each for each in incidents or ()},
        pending_since=_read_part(item, "pending_since", dict[str, datetime]) or {},
        notification_history=_read_part(item, "notification_history", dict[str, datetime]) or {},
        effects=_read_part(item, "effects", dict[str, dict[str, Effect]]) or {},
        controls_notified=_read_part(item, "controls_notified", dict[str, datetime]) or {},
        is_protected=_read_part(item, "is_protected", bool) or False,
        orders=_read_part(item, "orders", Orders) or NO_ORDERS,
        repetitions=_read_part(item, "repetitions", dict[str, tuple[Repetition, ...]]) or {},
        recordings_notified=_read_part(item, "recordings_notified", frozenset[str]) or EMPTY,
        shares_notified=_read_part(item, "shares_notified", dict[str, ShareNotified]) or {},
        deployed=_read_part(item, "deployed", Deployment),
    )


def _read_part[T](item: Mapping[str, Any], name: str, model: type[T]) -> T | None:
    return msgspec.json.decode(item[name]["S"], type=model) if name in item else None


def _check_moments(record: Record, item: Mapping[str, Any]) -> None:
    """Raises msgspec.ValidationError for a moment that no event is taken in with.

    Every value is only looked at where a text looks like one.
    """
    texts = [each["S"] for each in item.values() if "S" in each]
    if any(map(_odd_year().search, texts)) and any(map(_is_absurd, _moments(record))):
        raise msgspec.ValidationError("a moment is absurd")


def _is_absurd(moment: datetime) -> bool:
    return not EARLIEST <= moment <= LATEST


@cache
def _odd_year() -> re.Pattern[str]:
    """The beginning of a moment outside of the years from 2015 to 2999."""
    return re.compile(r'"(?!2(?:01[5-9]|0[2-9]|[1-9]))[0-9]{4}-[0-9]{2}-[0-9]{2}T')


def _moments(value: object) -> Iterator[datetime]:
    match value:
        case datetime():
            yield value
        case Struct():
            yield from _moments(structs.astuple(value))
        case Mapping():
            yield from _moments(tuple(value.values()))
        case tuple() | frozenset():
            for each in value:
                yield from _moments(each)
        case _:
            pass
