"""Endpoints that set the scene: time, chaos, behaviour, limits, and what was before it began."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from simulator.api.errors import IvsError
from simulator.api.rate_limits import RateLimits
from simulator.behaviour import LIFELIKE, PROMPT
from simulator.control import fields, settings, showing
from simulator.control.desk import Answer, Body, Desk
from simulator.control.fields import Refused
from simulator.events.cloudtrail import Caller
from simulator.events.envelopes import parse_time

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
        if pace not in _PACES:
            raise ValueError(f"pace is {' or '.join(_PACES)}, or an object of single spans")
        current = replace(current, pace=_PACES[given.pop("pace")])
    if given.get("limitNameMember", "limit") not in _LIMIT_NAMES:
        raise ValueError(f"limitNameMember is {' or '.join(_LIMIT_NAMES)}")
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
    answer = desk.world.call(
        "CreateChannel",
        {name: value for name, value in body.items() if name not in CREATION},
        account=body.get("account", desk.account),
        region=body.get("region", desk.region),
        caller=Caller(body["callerArn"]) if "callerArn" in body else None,
        at=parse_time(body["createdAt"]),
        is_limited=False,
    )
    key_arn = answer["streamKey"]["arn"]
    return {"channelArn": answer["channel"]["arn"], "streamKeyArn": key_arn}


def fail_next(desk: Desk, body: Body) -> Answer:
    error = IvsError(body["code"], body.get("message", "Simulated failure"))
    times = fields.whole(body, "times") if "times" in body else 1
    desk.world.fail_next(body["operation"], error, times=times)
    return {}


def publish(desk: Desk, body: Body) -> Answer:
    desk.world.publish(dict(body["envelope"]))
    return {}


def witness(desk: Desk, body: Body) -> Answer:
    """The world becomes what an observed event says, without an event of its own."""
    desk.world.witness(dict(body["envelope"]))
    return {}


def reset(desk: Desk, _: Body) -> Answer:
    desk.world.clear()
    return {}


def state(desk: Desk, _: Body) -> Answer:
    return showing.whole(desk)


def calls(desk: Desk, query: Body) -> Answer:
    return desk.calls.since(int(query.get("since", 0)))
