"""Endpoints that play the broadcasters: encoders connect, change what they send, fail and leave."""

from collections.abc import Callable

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.control import fields, settings, showing
from ivs_simulator.control.desk import Answer, Body, Desk
from ivs_simulator.control.fields import BadRequest, Refused
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import StreamKeyRefused

INGEST = frozenset(settings.names(Ingest))
# Streams of neither size nor speed do not exist; every number of an ingest counts something.
_AT_LEAST_ONE = frozenset(
    name for name in INGEST if isinstance(settings.shown(Ingest())[name], int)
)


def go_live(desk: Desk, body: Body) -> Answer:
    """An encoder connects; raises Refused if it is let in and its stream ends at once."""
    value = fields.text_or_none(body, "keyValue") or desk.world.key_value(fields.channel_arn(body))
    if value is None:
        raise StreamKeyRefused("the channel has no stream key")
    broadcast = desk.world.go_live(
        value,
        started_at=fields.moment_or_none(body, "startedAt"),
        reconnects=fields.flag(body, "reconnects", False),
        priority=fields.whole(body, "priority", at_least=1) if "priority" in body else None,
        ingest=settings.changed(Ingest(), _ingest(body)),
        stream_id=fields.text_or_none(body, "streamId"),
    )
    if not broadcast.is_live:
        raise Refused(
            "StreamEnded", f"the encoder was let in, but its stream ended: {_told(desk, broadcast)}"
        )
    return showing.on_air(broadcast)


def change_ingest(desk: Desk, body: Body) -> Answer:
    """The encoder sends something else from now on; fields that are not given stay as they are."""
    broadcast = _broadcast(desk, body)
    given = _ingest(body)
    if not given:
        raise BadRequest(f"nothing to change: give some of {', '.join(sorted(INGEST))}")
    ingest = settings.changed(broadcast.session.ingest, given)
    names = settings.names(Ingest)
    broadcast.change(**{names[name]: getattr(ingest, names[name]) for name in given})
    return showing.whether_live(broadcast)


def leave(desk: Desk, body: Body) -> Answer:
    broadcast = _broadcast(desk, body)
    broadcast.leave()
    return {"channelArn": broadcast.channel_arn, "streamId": broadcast.stream_id}


def crash(desk: Desk, body: Body) -> Answer:
    broadcast = _broadcast(desk, body)
    broadcast.crash()
    return showing.whether_live(broadcast)


def fail_stream(desk: Desk, body: Body) -> Answer:
    """IVS cannot process the stream any more; `reason` is what its event says."""
    broadcast = _broadcast(desk, body)
    if "reason" in body:
        broadcast.fail(fields.text(body, "reason"))
    else:
        broadcast.fail()
    return showing.whether_live(broadcast)


def backdate(desk: Desk, body: Body) -> Answer:
    broadcast = _broadcast(desk, body)
    broadcast.backdate(fields.moment(body, "startedAt"))
    return showing.on_air(broadcast)


def viewers(desk: Desk, body: Body) -> Answer:
    broadcast = _broadcast(desk, body)
    broadcast.watched_by(fields.whole(body, "count"))
    return showing.on_air(broadcast)


def exceed_limit(desk: Desk, body: Body) -> Answer:
    broadcast = _broadcast(desk, body)
    broadcast.exceed_limit(
        fields.text(body, "limitName"),
        fields.whole(body, "limitValue"),
        fields.whole(body, "exceededBy"),
        fields.text(body, "limitUnit"),
    )
    return showing.on_air(broadcast)


def on_air(change: Callable[[Broadcast], None]) -> Callable[[Desk, Body], Answer]:
    """An endpoint that does one thing to a live broadcast."""

    def endpoint(desk: Desk, body: Body) -> Answer:
        broadcast = _broadcast(desk, body)
        change(broadcast)
        return showing.on_air(broadcast)

    return endpoint


def reconnect(desk: Desk, _: Body) -> Answer:
    returned = desk.world.reconnect_encoders()
    return {"broadcasts": [showing.on_air(each) for each in returned if each.is_live]}


def _broadcast(desk: Desk, body: Body) -> Broadcast:
    return desk.world.broadcast(fields.channel_arn(body))


def _told(desk: Desk, broadcast: Broadcast) -> str:
    """The events of the last session: they say why it ended."""
    arn = Arn.parse(broadcast.channel_arn)
    session = desk.world.realm(arn.account, arn.region).history(broadcast.channel_arn)[-1]
    return ", ".join(event.name for event in session.events)


def _ingest(body: Body) -> dict[str, object]:
    given = {name: body[name] for name in INGEST & body.keys()}
    for name in _AT_LEAST_ONE & given.keys():
        fields.whole(given, name, at_least=1)
    return given
