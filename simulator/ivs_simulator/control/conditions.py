"""Endpoints for the conditions of a test: time, chaos, options, limits, and what was before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ivs_simulator.control import fields, settings, showing
from ivs_simulator.control.context import Answer, Body, ControlContext
from ivs_simulator.control.fields import BadRequest, Conflict
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.runtime.clock import check_advance
from ivs_simulator.runtime.rate_limits import RateLimits
from ivs_simulator.state.options import INSTANT, REALISTIC
from ivs_simulator.wire.errors import ErrorCode, IvsError

_LATENCIES = {"instant": INSTANT, "realistic": REALISTIC}
# The two spellings AWS itself uses, see Options.
_LIMIT_NAMES = ("limit_name", "limit")
CREATION = frozenset({"createdAt", "account", "region", "callerArn"})


def advance(context: ControlContext, body: Body) -> Answer:
    """Moves time on; everything due on the way happens at its own time."""
    if context.clock is None:
        raise Conflict("NoClock", "the time of this world is its caller's: it cannot be advanced")
    try:
        span = timedelta(seconds=fields.seconds(body, "seconds"))
    except OverflowError:
        span = timedelta.max
    with fields.judged():
        check_advance(span)
    context.clock.advance(span, context.world)
    return {
        "now": context.world.now(),
        "clockOffsetSeconds": context.clock.offset.total_seconds(),
    }


def chaos(context: ControlContext, _: Body) -> Answer:
    return settings.shown(context.world.chaos)


def set_chaos(context: ControlContext, body: Body) -> Answer:
    """Turns the knobs that are given."""
    context.world.chaos = settings.changed(context.world.chaos, body)
    return chaos(context, {})


def options(context: ControlContext, _: Body) -> Answer:
    current = context.world.options
    return {**settings.shown(current), "latenciesName": showing.latencies_name(current.latencies)}


def set_options(context: ControlContext, body: Body) -> Answer:
    """Changes what is given, from now on; `latencies` may be a name, or single spans in seconds."""
    current, given = context.world.options, dict(body)
    latencies = given.get("latencies")
    if "latencies" in given and not isinstance(latencies, Mapping):
        if not isinstance(latencies, str) or latencies not in _LATENCIES:
            raise BadRequest(
                f"latencies is {' or '.join(_LATENCIES)}, or an object of single spans"
            )
        current = replace(current, latencies=_LATENCIES[latencies])
        del given["latencies"]
    if given.get("limitNameMember", "limit") not in _LIMIT_NAMES:
        raise BadRequest(f"limitNameMember is {' or '.join(_LIMIT_NAMES)}")
    context.world.options = settings.changed(current, given)
    return options(context, {})


def rate_limits(context: ControlContext, _: Body) -> Answer:
    return {"enabled": context.world.rate_limits is not None}


def set_rate_limits(context: ControlContext, body: Body) -> Answer:
    """Turned on, they start from nothing used."""
    context.world.rate_limits = RateLimits() if fields.flag(body, "enabled") else None
    return rate_limits(context, {})


def create_channel_at(context: ControlContext, body: Body) -> Answer:
    """A channel made at a time past, by a call whose CloudTrail event has that time."""
    caller_arn = fields.text_or_none(body, "callerArn")
    answer = context.world.call(
        "CreateChannel",
        {name: value for name, value in body.items() if name not in CREATION},
        account=fields.text_or_none(body, "account") or context.account,
        region=fields.text_or_none(body, "region") or context.region,
        caller=Caller(caller_arn) if caller_arn else None,
        at=fields.moment(body, "createdAt"),
        is_limited=False,
    )
    key_arn = answer["streamKey"]["arn"]
    return {"channelArn": answer["channel"]["arn"], "streamKeyArn": key_arn}


def fail_next(context: ControlContext, body: Body) -> Answer:
    message = fields.text_or_none(body, "message")
    error = IvsError(_error_code(body), "Simulated failure" if message is None else message)
    times = fields.whole(body, "times") if "times" in body else 1
    operation = fields.text(body, "operation")
    with fields.judged():
        context.world.fail_next(operation, error, times=times)
    return {}


def publish(context: ControlContext, body: Body) -> Answer:
    context.world.publish(fields.mapping(body, "envelope"))
    return {}


def mirror(context: ControlContext, body: Body) -> Answer:
    """The world becomes what an observed event says, without an event of its own."""
    envelope = fields.mapping(body, "envelope")
    fields.mapping(envelope, "detail")
    try:
        context.world.mirror(envelope)
    except (KeyError, ValueError) as error:
        # It is the world that reads an envelope's inside; not repeated, as it may hold anything.
        raise BadRequest("the envelope is not like those that IVS and CloudTrail send") from error
    return {}


def reset(context: ControlContext, _: Body) -> Answer:
    context.world.clear()
    return {}


def state(context: ControlContext, _: Body) -> Answer:
    return showing.whole(context)


def calls(context: ControlContext, query: Body) -> Answer:
    """Those recorded from a number on, which comes as text in a query."""
    since = fields.text(query, "since") if "since" in query else "0"
    if not since.isdecimal():
        raise BadRequest("since is a whole number, 0 or more")
    return context.calls.since(int(since))


def _error_code(body: Body) -> ErrorCode:
    code = fields.text(body, "code")
    if code not in set(ErrorCode):
        raise BadRequest(f"code is one of {', '.join(ErrorCode)}")
    return ErrorCode(code)
