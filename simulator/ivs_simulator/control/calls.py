"""Endpoints for what others do by the API, and for what was there before anybody looked."""

from collections.abc import Mapping
from typing import Any

from ivs_simulator.control import fields
from ivs_simulator.control.context import Answer, Body, ControlContext
from ivs_simulator.control.fields import BadRequest
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.mirror.seeding import CHANNEL_FIELDS
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.arns import Arn

CALL = frozenset({"operation", "request", "callerArn"})
SEEDED = frozenset({"channelArn", "live", "tags", "hasStreamKey"}) | CHANNEL_FIELDS
# The members of requests that name the resource of a call, and so its account and region.
_ARNS = ("arn", "resourceArn", "channelArn")


def call(context: ControlContext, body: Body) -> Answer:
    """An API call as made by a given caller, with its CloudTrail event. No answer has a key."""
    operation = fields.text(body, "operation")
    if not api_model.is_operation(operation):
        # Not repeated: a caller that mixes up fields may have given anything.
        raise BadRequest("operation is one of the IVS API, such as CreateChannel")
    request = fields.mapping(body, "request") if "request" in body else {}
    caller_arn = fields.text_or_none(body, "callerArn")
    account, region = _place(context, request)
    result = context.world.call(
        operation,
        request,
        account=account,
        region=region,
        caller=Caller(caller_arn) if caller_arn else None,
        is_limited=False,
    )
    shape = api_model.operation(operation).output_shape
    return dict(api_model.without_secrets(shape, result))


def add_channel(context: ControlContext, body: Body) -> Answer:
    """A channel as it is elsewhere: it was there before, so nothing is emitted."""
    arn = fields.channel_arn(body)
    given = {name: value for name, value in body.items() if name in CHANNEL_FIELDS}
    live = fields.mapping(body, "live") if "live" in body else None
    tags = fields.mapping(body, "tags") if "tags" in body else None
    has_key = fields.flag(body, "hasStreamKey", default=True)
    with fields.judged():
        context.world.add_channel(arn=arn, live=live, tags=tags, has_stream_key=has_key, **given)
    return {"channelArn": arn}


def _place(context: ControlContext, request: Mapping[str, Any]) -> tuple[str, str]:
    """Account and region of what the call is about; those of the interface where it names none."""
    for member in _ARNS:
        if isinstance(request.get(member), str):
            try:
                arn = Arn.parse(request[member])
            except ValueError:
                break  # The API says what is wrong with it.
            return arn.account, arn.region
    return context.account, context.region
