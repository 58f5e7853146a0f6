"""Endpoints that play the broadcasters: encoders connect, change what they send, fail and leave."""

from collections.abc import Callable

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.control import fields, settings, showing
from ivs_simulator.control.context import Answer, Body, ControlContext
from ivs_simulator.control.fields import BadRequest, Conflict
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import StreamKeyRefused

INGEST = frozenset(settings.names(Ingest))
# Streams of neither size nor speed do not exist; every number of an ingest counts something.
_AT_LEAST_ONE = frozenset(
    name for name in INGEST if isinstance(settings.shown(Ingest())[name], int)
)


def go_live(context: ControlContext, body: Body) -> Answer:
    """An encoder connects; raises Refused if it is let in and its stream ends at once."""
    value = fields.text_or_none(body, "keyValue") or context.world.key_value(
        fields.channel_arn(body)
    )
    if value is None:
        raise StreamKeyRefused("the channel has no stream key")
    broadcast = context.world.go_live(
        value,
        started_at=fields.moment_or_none(body, "startedAt"),
        reconnects=fields.flag(body, "reconnects", False),
        priority=fields.whole(body, "priority", at_least=1) if "priority" in body else None,
        ingest=settings.changed(Ingest(), _ingest(body)),
        stream_id=fields.text_or_none(body, "streamId"),
    )
    if not broadcast.is_live:
        raise Conflict(
            "StreamEnded",
            f"the encoder was let in, but its stream ended: {_event_names(context, broadcast)}",
        )
    return showing.on_air(broadcast)


def change_ingest(context: ControlContext, body: Body) -> Answer:
    """The encoder sends something else from now on; fields that are not given stay as they are."""
    broadcast = _broadcast(context, body)
    given = _ingest(body)
    if not given:
        raise BadRequest(f"nothing to change: give some of {', '.join(sorted(INGEST))}")
    ingest = settings.changed(broadcast.session.ingest, given)
    names = settings.names(Ingest)
    broadcast.change(**{names[name]: getattr(ingest, names[name]) for name in given})
    return showing.whether_live(broadcast)


def leave(context: ControlContext, body: Body) -> Answer:
    broadcast = _broadcast(context, body)
    broadcast.leave()
    return {"channelArn": broadcast.channel_arn, "streamId": broadcast.stream_id}


def crash(context: ControlContext, body: Body) -> Answer:
    broadcast = _broadcast(context, body)
    broadcast.crash()
    return showing.whether_live(broadcast)


def fail_stream(context: ControlContext, body: Body) -> Answer:
    """IVS cannot process the stream any more; `reason` is what its event says."""
    broadcast = _broadcast(context, body)
    if "reason" in body:
        broadcast.fail(fields.text(body, "reason"))
    else:
        broadcast.fail()
    return showing.whether_live(broadcast)


def backdate(context: ControlContext, body: Body) -> Answer:
    broadcast = _broadcast(context, body)
    broadcast.backdate(fields.moment(body, "startedAt"))
    return showing.on_air(broadcast)


def viewers(context: ControlContext, body: Body) -> Answer:
    broadcast = _broadcast(context, body)
    broadcast.watched_by(fields.whole(body, "count"))
    return showing.on_air(broadcast)


def exceed_limit(context: ControlContext, body: Body) -> Answer:
    broadcast = _broadcast(context, body)
    broadcast.exceed_limit(
        fields.text(body, "limitName"),
        fields.whole(body, "limitValue"),
        fields.whole(body, "exceededBy"),
        fields.text(body, "limitUnit"),
    )
    return showing.on_air(broadcast)


def fail_recording(context: ControlContext, body: Body) -> Answer:
    """The running recording breaks off; while none runs, the channel's next one fails to start."""
    context.world.fail_recording(fields.channel_arn(body))
    return {}


def on_air(change: Callable[[Broadcast], None]) -> Callable[[ControlContext, Body], Answer]:
    """An endpoint that does one thing to a live broadcast."""

    def endpoint(context: ControlContext, body: Body) -> Answer:
        broadcast = _broadcast(context, body)
        change(broadcast)
        return showing.on_air(broadcast)

    return endpoint


def reconnect(context: ControlContext, _: Body) -> Answer:
    returned = context.world.reconnect_encoders()
    return {"broadcasts": [showing.on_air(each) for each in returned if each.is_live]}


def _broadcast(context: ControlContext, body: Body) -> Broadcast:
    return context.world.broadcast(fields.channel_arn(body))


def _event_names(context: ControlContext, broadcast: Broadcast) -> str:
    """The events of the last session: they say why it ended."""
    arn = Arn.parse(broadcast.channel_arn)
    session = context.world.account_region(arn.account, arn.region).history(broadcast.channel_arn)[
        -1
    ]
    return ", ".join(event.name for event in session.events)


def _ingest(body: Body) -> dict[str, object]:
    given = {name: body[name] for name in INGEST & body.keys()}
    for name in _AT_LEAST_ONE & given.keys():
        fields.whole(given, name, at_least=1)
    return given
