"""The record with which a stack begins a replay, where a scenario says what a deployed one holds.

Airtime is derived from streams that ended by the function that derives it from events. All else
stands in the record as an observer would have left it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Final

from streamwarden.domain.decision import Incident, Repetition, Standing
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.airtime import Airtime, newest_days, slots_between
from streamwarden.domain.state.controls import (
    AccountControls,
    ChannelControls,
    Exemption,
    ModeSetting,
    Protection,
    Sender,
    given_until,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.orders import NO_ORDERS, Orders, Quarantine
from streamwarden.domain.state.resource import Recording, Resource, StreamKey
from streamwarden.domain.verdicts import Breach, breach_id
from streamwarden.services.records import Record
from streamwarden_cli.scenario.recorded import (
    AccountRecord,
    ChannelRecord,
    RecordedBreach,
    RecordedMode,
    RecordedQuarantine,
    RecordedRecording,
)

# An export does not say who: a file of a fleet is read by many.
_OPERATOR: Final = Sender(id="an operator")
_SET: Final = "set before"


def remembered(arn: str, given: ChannelRecord, key_arn: str | None, at: datetime) -> Record:
    """As it was at a moment. `key_arn` is the channel's key, where it has one."""
    return Record(state=_state(arn, given, key_arn, at), standing=_standing(given, at))


def remembered_of_account(arn: str, given: AccountRecord, at: datetime) -> Record:
    """The record of an account and region. People know of each mode."""
    modes = {each.rule: _setting(each, at) for each in given.modes}
    limits = {f"{each.rule}/{each.mode}": _setting(each, at) for each in given.mode_limits}
    names = [*(f"mode/{rule}" for rule in modes), *(f"limit/{limit}" for limit in limits)]
    controls = AccountControls(modes=modes, mode_limits=limits)
    return Record(
        state=Resource(arn=arn, account_controls=controls),
        standing=Standing(controls_notified=dict.fromkeys(names, at)),
    )


def _setting(given: RecordedMode, at: datetime) -> Stamped[ModeSetting]:
    return Stamped(ModeSetting(mode=given.mode, reason=_SET, author=_OPERATOR), at)


def _state(arn: str, given: ChannelRecord, key_arn: str | None, at: datetime) -> Resource:
    ended = [each.end_time for each in given.stream_sessions]
    key = _key(given, key_arn)
    return Resource(
        arn=arn,
        first_seen_at=given.first_seen_at,
        last_on_air_at=given.last_on_air_at or max(ended, default=None),
        key_arn=_key_arn(given, key, at),
        stream_keys={key.arn: key} if key else {},
        recordings={each.recording_session_id: _recording(each) for each in given.recordings},
        airtime=_airtime(given),
        controls=_controls(given, at),
    )


def _key_arn(
    given: ChannelRecord, key: StreamKey | None, at: datetime
) -> Stamped[str | None] | None:
    if given.stream_keys is None:
        return None
    return Stamped(None, given.keyless_since or at) if key is None else Stamped(key.arn, at)


def _key(given: ChannelRecord, key_arn: str | None) -> StreamKey | None:
    if not given.stream_keys or key_arn is None:
        return None
    return StreamKey(arn=key_arn, minted_at=given.stream_keys[0].created_at)


def _recording(given: RecordedRecording) -> Recording:
    return Recording(
        recording_id=given.recording_session_id,
        stream_ids=frozenset(given.stream_ids),
        started_at=given.start_time,
        ended_at=given.end_time,
    )


def _airtime(given: ChannelRecord) -> Airtime:
    slots = (slots_between(each.start_time, each.end_time) for each in given.stream_sessions)
    return reduce(newest_days, slots, {})


def _controls(given: ChannelRecord, at: datetime) -> ChannelControls | None:
    if not given.exemptions and given.protection is None:
        return None
    exemptions = {
        each.rule: Stamped(Exemption(until=each.until, reason=each.reason, author=_OPERATOR), at)
        for each in given.exemptions
    }
    protection = given.protection and Protection(
        reason=given.protection.reason, until=given.protection.until, author=_OPERATOR
    )
    return ChannelControls(
        exemptions=dict(exemptions),
        protection=Stamped(protection, at) if protection else None,
        protections=given_until(protection, at) if protection else {},
    )


def _standing(given: ChannelRecord, at: datetime) -> Standing:
    opened = {_id_of(each): _breach(each, on) for each in given.breaches if (on := each.opened_at)}
    repetitions: dict[str, tuple[Repetition, ...]] = {}
    for each in given.repetitions:
        found = Repetition(each.stream, each.at)
        repetitions[each.rule] = (*repetitions.get(each.rule, ()), found)
    return Standing(
        breaches=opened,
        incidents=_incidents(opened.values()),
        pending_since={_id_of(each): each.since for each in given.breaches},
        # People know of it.
        controls_notified={"protection": at} if given.protection else {},
        orders=_orders(given.quarantine),
        repetitions=repetitions,
    )


def _id_of(given: RecordedBreach) -> str:
    return breach_id(given.rule, given.subject)


def _breach(given: RecordedBreach, opened_at: datetime) -> Breach:
    return Breach(
        rule_id=given.rule,
        subject=given.subject,
        severity=given.severity,
        mode=given.mode,
        since=given.since,
        opened_at=opened_at,
        stream_id=given.stream_id,
    )


def _incidents(breaches: Iterable[Breach]) -> dict[str, Incident]:
    """People know of what is open, unless its rule only observes."""
    found: dict[str, Incident] = {}
    for each in sorted(breaches, key=lambda breach: breach.opened_at):
        if each.mode is not Mode.OBSERVE and each.rule_id not in found:
            found[each.rule_id] = Incident(
                rule_id=each.rule_id,
                severity=each.severity,
                mode=each.mode,
                opened_at=each.opened_at,
            )
    return found


def _orders(given: RecordedQuarantine | None) -> Orders:
    if given is None:
        return NO_ORDERS
    quarantine = Quarantine(
        since=given.since,
        reason=given.reason,
        until=given.until,
        rule_id=given.rule or "",
        author=None if given.rule else _OPERATOR,
        spans=given.spans,
        number=given.number,
        acted_at=given.acted_at,
    )
    return Orders(quarantine=quarantine, earlier=(given.since,))
