"""What the records of a stack say, in the words of a scenario: what no listing of IVS has.

Never the value of a stream key, which no record has, and never who gave an order.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from streamwarden.domain.brakes import exemption_from, protection_from
from streamwarden.domain.decision import Standing
from streamwarden.domain.state.airtime import spans_on_air
from streamwarden.domain.state.controls import AccountControls, ChannelControls, ModeSetting
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.orders import quarantine_in_force
from streamwarden.domain.state.resource import Recording
from streamwarden.domain.verdicts import Breach
from streamwarden.services.records import Record
from streamwarden_cli.fleet.members import Members, as_span, as_time, not_after, without_empty

_A_DAY: Final = timedelta(days=1)


def record_of(record: Record, live: Members | None, now: datetime) -> Members:
    """`live` is what a listing says of the channel's stream, if it has one."""
    facts, standing = Facts(record.state, record.standing.orders), record.standing
    controls = record.state.controls
    members = {
        "firstSeenAt": as_time(record.state.first_seen_at),
        "lastOnAirAt": as_time(record.state.last_on_air_at),
        "streamSessions": list(_ended(facts, live, now)),
        "recordings": list(_recordings(facts, live)),
        "exemptions": list(_exemptions(controls, now)),
        "protection": _protection(controls, now),
        "quarantine": _quarantine(facts, now),
        "repetitions": list(_repetitions(standing)),
        "breaches": list(_breaches(standing)),
    }
    # A channel without a key is another than one of whose key nothing is known.
    found: Members = not_after(without_empty(members) | _stream_keys(facts), now)
    return found


def account_of(controls: AccountControls) -> Members:
    """The modes that rules have by command, and the limits that were set since."""
    modes = [
        {"rule": rule_id, "mode": str(each.value.mode)}
        for rule_id, each in sorted(controls.modes.items())
        if each.value.mode is not None
    ]
    limits = [
        {"rule": rule_id, "mode": limit}
        for rule_id, limit, given in _limits(controls)
        if rule_id not in controls.modes or given.at > controls.modes[rule_id].at
    ]
    return without_empty({"modes": modes, "modeLimits": limits})


def _limits(controls: AccountControls) -> Iterator[tuple[str, str, Stamped[ModeSetting]]]:
    for name, given in sorted(controls.mode_limits.items()):
        rule_id, _, limit = name.rpartition("/")
        yield rule_id, limit, given


def _stream_keys(facts: Facts) -> Members:
    key_arn, key = facts.state.key_arn, facts.stream_key
    if key_arn is None:
        return {}
    if key_arn.value is None:
        return {"streamKeys": [], "keylessSince": as_time(key_arn.at)}
    minted_at = as_time(key.minted_at) if key is not None else None
    return {"streamKeys": [without_empty({"createdAt": minted_at})]}


def _ended(facts: Facts, live: Members | None, now: datetime) -> Iterator[Members]:
    """The streams that a budget of any period may count now, to five minutes.

    Without what is on the air, which counts from its own start.
    """
    session = facts.live
    goes_on = session is not None and live is not None and session.stream_id == live["streamId"]
    airtime = facts.aired_before if goes_on else facts.state.airtime
    first_day = _first_day_counted(now).isoformat()
    counted = {day: slots for day, slots in airtime.items() if day >= first_day}
    for start, end in spans_on_air(counted):
        yield {"startTime": as_time(start), "endTime": as_time(end)}


def _first_day_counted(now: datetime) -> date:
    """Of this week or month, whichever began first, by the clock of any time zone."""
    yesterday = now.astimezone(UTC).date() - _A_DAY  # somewhere it is yesterday still
    monday = yesterday - timedelta(days=yesterday.weekday())
    return min(monday, yesterday.replace(day=1)) - _A_DAY


def _recordings(facts: Facts, live: Members | None) -> Iterator[Members]:
    """Those of the stream that is on the air: without them it would be taken as not recorded."""
    for each in facts.recordings:
        if live is not None and live["streamId"] in each.stream_ids and each.started_at:
            yield _recording(each)


def _recording(given: Recording) -> Members:
    return without_empty(
        {
            "recordingSessionId": given.recording_id,
            "streamIds": sorted(given.stream_ids),
            "startTime": as_time(given.started_at),
            "endTime": as_time(given.ended_at),
        }
    )


def _exemptions(controls: ChannelControls | None, now: datetime) -> Iterator[Members]:
    for rule_id in sorted(controls.exemptions) if controls else ():
        found = exemption_from(controls, rule_id, now)
        if found is not None:
            until = as_time(found.value.until)
            yield {"rule": rule_id, "until": until, "reason": found.value.reason}


def _protection(controls: ChannelControls | None, now: datetime) -> Members:
    protection = protection_from(controls, now)
    if protection is None:
        return {}
    return without_empty({"reason": protection.reason, "until": as_time(protection.until)})


def _quarantine(facts: Facts, now: datetime) -> Members:
    found = quarantine_in_force(facts.orders, now)
    if found is None:
        return {}
    members = {
        "since": as_time(found.since),
        "until": as_time(found.until),
        "reason": found.reason,
        "rule": found.rule_id,
        "actedAt": as_time(found.acted_at),
        "spans": [as_span(each) for each in found.spans],
    }
    return {**without_empty(members), "number": found.number}


def _repetitions(standing: Standing) -> Iterator[Members]:
    for rule_id, counted in sorted(standing.repetitions.items()):
        for each in counted:
            of_stream = without_empty({"stream": each.stream})
            yield {"rule": rule_id, "at": as_time(each.at)} | of_stream


def _breaches(standing: Standing) -> Iterator[Members]:
    """The open ones, and those that `for` holds back."""
    for key in sorted(standing.breaches.keys() | standing.pending_since.keys()):
        rule_id, _, subject = key.partition("/")
        breach, since = standing.breaches.get(key), standing.pending_since.get(key)
        members: Members = {"rule": rule_id, "subject": subject, "since": as_time(since)}
        yield without_empty(members | (_opened(breach, since) if breach else {}))


def _opened(breach: Breach, since: datetime | None) -> Members:
    return {
        "since": as_time(since or breach.since),
        "openedAt": as_time(breach.opened_at),
        "severity": str(breach.severity),
        "mode": str(breach.mode),
        "streamId": breach.stream_id,
    }
