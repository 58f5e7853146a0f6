"""The broadcaster's side of a running local AWS: JSON over HTTP on the loopback interface.

Tests and the demo play encoders here; no answer carries a stream key's value.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulator.api.call_log import CallLog
from simulator.api.errors import IvsError, StreamKeyRefused
from simulator.api.wire import jsonable
from simulator.broadcasting.broadcast import Broadcast
from simulator.events.cloudtrail import Caller
from simulator.events.envelopes import parse_time
from simulator.realm import Realm
from simulator.resources import Channel
from simulator.world import World

type Body = Mapping[str, Any]
type Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the control interface works on; whoever touches the world holds its lock."""

    world: World
    account: str
    region: str
    calls: CallLog = field(default_factory=CallLog)
    lock: Lock = field(default_factory=Lock)


def go_live(desk: Desk, body: Body) -> Answer:
    value = body.get("keyValue") or desk.world.key_value(body["channelArn"])
    if value is None:
        raise StreamKeyRefused("the channel has no stream key")
    broadcast = desk.world.go_live(
        value,
        started_at=_time(body.get("startedAt")),
        reconnects=bool(body.get("reconnects", False)),
        stream_id=body.get("streamId"),
    )
    return _on_air(broadcast)


def leave(desk: Desk, body: Body) -> Answer:
    broadcast = desk.world.broadcast(body["channelArn"])
    broadcast.leave()
    return {"channelArn": broadcast.channel_arn, "streamId": broadcast.stream_id}


def backdate(desk: Desk, body: Body) -> Answer:
    broadcast = desk.world.broadcast(body["channelArn"])
    broadcast.backdate(parse_time(body["startedAt"]))
    return _on_air(broadcast)


def viewers(desk: Desk, body: Body) -> Answer:
    broadcast = desk.world.broadcast(body["channelArn"])
    broadcast.watched_by(int(body["count"]))
    return _on_air(broadcast)


def exceed_limit(desk: Desk, body: Body) -> Answer:
    broadcast = desk.world.broadcast(body["channelArn"])
    broadcast.exceed_limit(
        body["limitName"], body["limitValue"], body["exceededBy"], body["limitUnit"]
    )
    return _on_air(broadcast)


def on_air(change: Callable[[Broadcast], None]) -> Callable[[Desk, Body], Answer]:
    """An endpoint that does one thing to a live broadcast."""

    def endpoint(desk: Desk, body: Body) -> Answer:
        broadcast = desk.world.broadcast(body["channelArn"])
        change(broadcast)
        return _on_air(broadcast)

    return endpoint


def create_channel_at(desk: Desk, body: Body) -> Answer:
    """A channel made at a time past, by a call CloudTrail tells of with that time."""
    account, region = body.get("account", desk.account), body.get("region", desk.region)
    named = {"createdAt", "account", "region", "callerArn"}
    answer = desk.world.call(
        "CreateChannel",
        {name: value for name, value in body.items() if name not in named},
        account=account,
        region=region,
        caller=Caller(body["callerArn"]) if "callerArn" in body else None,
        at=parse_time(body["createdAt"]),
    )
    key_arn = answer["streamKey"]["arn"]
    return {"channelArn": answer["channel"]["arn"], "streamKeyArn": key_arn}


def fail_next(desk: Desk, body: Body) -> Answer:
    error = IvsError(body["code"], body.get("message", "Simulated failure"))
    desk.world.fail_next(body["operation"], error, times=int(body.get("times", 1)))
    return {}


def publish(desk: Desk, body: Body) -> Answer:
    desk.world.publish(dict(body["envelope"]))
    return {}


def witness(desk: Desk, body: Body) -> Answer:
    """The world becomes what an observed event says, without an event of its own."""
    desk.world.witness(dict(body["envelope"]))
    return {}


def reconnect(desk: Desk, _: Body) -> Answer:
    return {"broadcasts": [_on_air(each) for each in desk.world.reconnect_encoders()]}


def reset(desk: Desk, _: Body) -> Answer:
    desk.world.clear()
    return {}


def state(desk: Desk, _: Body) -> Answer:
    realms = desk.world.realms()
    return {"channels": [_shown(r, c) for r in realms for c in r.channels.values()]}


def calls(desk: Desk, query: Body) -> Answer:
    return desk.calls.since(int(query.get("since", 0)))


ENDPOINTS: dict[tuple[str, str], Callable[[Desk, Body], Answer]] = {
    ("POST", "/go-live"): go_live,
    ("POST", "/leave"): leave,
    ("POST", "/stall"): on_air(Broadcast.stall),
    ("POST", "/resume"): on_air(Broadcast.resume),
    ("POST", "/backdate"): backdate,
    ("POST", "/viewers"): viewers,
    ("POST", "/exceed-limit"): exceed_limit,
    ("POST", "/fail-recording"): on_air(Broadcast.fail_recording),
    ("POST", "/create-channel-at"): create_channel_at,
    ("POST", "/fail-next"): fail_next,
    ("POST", "/publish"): publish,
    ("POST", "/witness"): witness,
    ("POST", "/reconnect"): reconnect,
    ("POST", "/reset"): reset,
    ("GET", "/state"): state,
    ("GET", "/calls"): calls,
}


def answer(desk: Desk, method: str, target: str, body: bytes) -> tuple[int, Answer]:
    """One request to the control interface, without the socket it came by."""
    url = urlsplit(target)
    endpoint = ENDPOINTS.get((method, url.path))
    if endpoint is None:
        return 404, {"error": f"nothing at {method} {url.path}"}
    try:
        given = json.loads(body) if body else {n: v[0] for n, v in parse_qs(url.query).items()}
        with desk.lock:
            return 200, jsonable(endpoint(desk, given))
    except IvsError as error:
        return error.status, {"error": error.message, "code": error.code}
    except StreamKeyRefused as error:
        return 409, {"error": str(error), "code": "StreamKeyRefused"}
    except KeyError as error:
        return 400, {"error": f"missing: {error.args[0]}"}
    except (ValueError, TypeError, AttributeError) as error:
        return 400, {"error": str(error)}


def serve(desk: Desk, port: int) -> ThreadingHTTPServer:
    """Starts the control interface in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def log_message(self, *_: object) -> None:
            """Silent: a request may carry a stream key's value."""

        def _reply(self, body: bytes) -> None:
            status, content = answer(desk, self.command, self.path, body)
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    Thread(target=server.serve_forever, name="simulator-control", daemon=True).start()
    return server


def _on_air(broadcast: Broadcast) -> Answer:
    session = broadcast.session
    return {
        "channelArn": session.channel_arn,
        "streamId": session.stream_id,
        "startTime": session.started_at,
        "health": str(session.health),
        "viewerCount": session.viewers,
    }


def _shown(realm: Realm, channel: Channel) -> Answer:
    session = realm.on_air(channel.arn)
    waiting = realm.encoders.get(channel.arn)
    return {
        "arn": channel.arn,
        "createdAt": channel.created_at,
        "tags": dict(channel.tags),
        **channel.settings,
        "streamKeyArns": [key.arn for key in realm.keys_of(channel.arn)],
        "live": None
        if session is None
        else {
            "streamId": session.stream_id,
            "startTime": session.started_at,
            "health": str(session.health),
            "viewerCount": session.viewers,
        },
        "encoderReturns": waiting is not None and waiting.returns_at is not None,
        "sessions": len(realm.history(channel.arn)),
    }


def _time(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)
