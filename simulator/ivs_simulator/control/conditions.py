"""Endpoints that set the scene: time, chaos, behaviour, limits, and what was before it began."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ivs_simulator.control import fields, settings, showing
from ivs_simulator.control.desk import Answer, Body, Desk
from ivs_simulator.control.fields import BadRequest, Refused
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.runtime.clock import check_advance
from ivs_simulator.runtime.rate_limits import RateLimits
from ivs_simulator.state.options import LIFELIKE, PROMPT
from ivs_simulator.wire.errors import ErrorCode, IvsError

_PACES = {"prompt": PROMPT, "lifelike": LIFELIKE}
# The two spellings AWS itself uses, see Behaviour.
_LIMIT_NAMES = ("limit_name", "limit")
CREATION = frozenset({"createdAt", "account", "region", "callerArn"})


def advance(desk: Desk, body: Body) -> Answer:
    """Moves time on; everything due on the way happens at its own time."""
    if desk.clock is None:
        raise Refused("NoClock", "the time of this world is its caller's: it cannot be advanced")
    try:
        span = timedelta(seconds=fields.seconds(body, "seconds"))
    except OverflowError:
        span = timedelta.max
    with fields.judged():
        check_advance(span)
    desk.clock.advance(span, desk.world)
    return {
        "now": desk.world.now(),
        "clockOffsetSeconds": desk.clock.offset.total_seconds(),
    }


def chaos(desk: Desk, _: Body) -> Answer:
    return settings.shown(desk.world.chaos)


def set_chaos(desk: Desk, body: Body) -> Answer:
    """Turns the knobs that are given."""
    desk.world.chaos = settings.changed(desk.world.chaos, body)
    return chaos(desk, {})


def behaviour(desk: Desk, _: Body) -> Answer:
    current = desk.world.behaviour
    return {**settings.shown(current), "paceName": showing.pace_name(current.pace)}


def set_behaviour(desk: Desk, body: Body) -> Answer:
    """Changes what is given, from now on; `pace` may be a name, or single spans in seconds."""
    current, given = desk.world.behaviour, dict(body)
    pace = given.get("pace")
    if "pace" in given and not isinstance(pace, Mapping):
        if not isinstance(pace, str) or pace not in _PACES:
            raise BadRequest(f"pace is {' or '.join(_PACES)}, or an object of single spans")
        current = replace(current, pace=_PACES[pace])
        del given["pace"]
    if given.get("limitNameMember", "limit") not in _LIMIT_NAMES:
        raise BadRequest(f"limitNameMember is {' or '.join(_LIMIT_NAMES)}")
    desk.world.behaviour = settings.changed(current, given)
    return behaviour(desk, {})


def rate_limits(desk: Desk, _: Body) -> Answer:
    return {"enabled": desk.world.rate_limits is not None}


def set_rate_limits(desk: Desk, body: Body) -> Answer:
    """Turned on, they start from nothing used."""
    desk.world.rate_limits = RateLimits() if fields.flag(body, "enabled") else None
    return rate_limits(desk, {})


def create_channel_at(desk: Desk, body: Body) -> Answer:
    """A channel made at a time past, by a call CloudTrail tells of with that time."""
    caller_arn = fields.text_or_none(body, "callerArn")
    answer = desk.world.call(
        "CreateChannel",
        {name: value for name, value in body.items() if name not in CREATION},
        account=fields.text_or_none(body, "account") or desk.account,
        region=fields.text_or_none(body, "region") or desk.region,
        caller=Caller(caller_arn) if caller_arn else None,
        at=fields.moment(body, "createdAt"),
        is_limited=False,
    )
    key_arn = answer["streamKey"]["arn"]
    return {"channelArn": answer["channel"]["arn"], "streamKeyArn": key_arn}


def fail_next(desk: Desk, body: Body) -> Answer:
    message = fields.text_or_none(body, "message")
    error = IvsError(_error_code(body), "Simulated failure" if message is None else message)
    times = fields.whole(body, "times") if "times" in body else 1
    operation = fields.text(body, "operation")
    with fields.judged():
        desk.world.fail_next(operation, error, times=times)
    return {}


def publish(desk: Desk, body: Body) -> Answer:
    desk.world.publish(fields.mapping(body, "envelope"))
    return {}


def witness(desk: Desk, body: Body) -> Answer:
    """The world becomes what an observed event says, without an event of its own."""
    envelope = fields.mapping(body, "envelope")
    fields.mapping(envelope, "detail")
    try:
        desk.world.witness(envelope)
    except (KeyError, ValueError) as error:
        # It is the world that reads an envelope's inside; not repeated, as it may hold anything.
        raise BadRequest("the envelope is not like those that IVS and CloudTrail send") from error
    return {}


def reset(desk: Desk, _: Body) -> Answer:
    desk.world.clear()
    return {}


def state(desk: Desk, _: Body) -> Answer:
    return showing.whole(desk)


def calls(desk: Desk, query: Body) -> Answer:
    """Those recorded from a number on, which comes as text in a query."""
    since = fields.text(query, "since") if "since" in query else "0"
    if not since.isdecimal():
        raise BadRequest("since is a whole number, 0 or more")
    return desk.calls.since(int(since))


def _error_code(body: Body) -> ErrorCode:
    code = fields.text(body, "code")
    if code not in set(ErrorCode):
        raise BadRequest(f"code is one of {', '.join(ErrorCode)}")
    return ErrorCode(code)
