"""Everything the control interface can be asked, with the fields each request may have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.control import broadcasts, calls, conditions, settings, viewers
from ivs_simulator.control.context import Answer, Body, ControlContext
from ivs_simulator.control.fields import refuse_unknown
from ivs_simulator.events.delivery import Chaos
from ivs_simulator.state.options import Options
from ivs_simulator.wire import model as api_model


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is done, and the names a body (or a query) may have."""

    act: Callable[[ControlContext, Body], Answer]
    fields: frozenset[str] = frozenset()

    def answer(self, context: ControlContext, body: Body) -> Answer:
        refuse_unknown(body, self.fields)
        return self.act(context, body)


_CHANNEL: Final = frozenset({"channelArn"})
_GO_LIVE: Final = frozenset({"keyValue", "startedAt", "reconnects", "priority", "streamId"})
_LIMIT: Final = frozenset({"limitName", "limitValue", "exceededBy", "limitUnit"})
_CREATE_CHANNEL: Final = frozenset(api_model.structure("CreateChannelRequest").members)
_ENVELOPE: Final = frozenset({"envelope"})


def index(_: ControlContext, __: Body) -> Answer:
    """What can be asked, and with which fields."""
    return {
        "endpoints": [
            {"method": method, "path": path, "fields": sorted(endpoint.fields)}
            for (method, path), endpoint in ENDPOINTS.items()
        ]
    }


ENDPOINTS: Final[dict[tuple[str, str], Endpoint]] = {
    ("GET", "/"): Endpoint(index),
    ("POST", "/go-live"): Endpoint(broadcasts.go_live, _CHANNEL | _GO_LIVE | broadcasts.INGEST),
    ("POST", "/change-ingest"): Endpoint(broadcasts.change_ingest, _CHANNEL | broadcasts.INGEST),
    ("POST", "/leave"): Endpoint(broadcasts.leave, _CHANNEL),
    ("POST", "/crash"): Endpoint(broadcasts.crash, _CHANNEL),
    ("POST", "/stall"): Endpoint(broadcasts.on_air(Broadcast.stall), _CHANNEL),
    ("POST", "/resume"): Endpoint(broadcasts.on_air(Broadcast.resume), _CHANNEL),
    ("POST", "/fail-stream"): Endpoint(broadcasts.fail_stream, _CHANNEL | {"reason"}),
    ("POST", "/backdate"): Endpoint(broadcasts.backdate, _CHANNEL | {"startedAt"}),
    ("POST", "/viewers"): Endpoint(broadcasts.viewers, _CHANNEL | {"count"}),
    ("POST", "/watch"): Endpoint(viewers.watch, _CHANNEL | {"country", "origin", "token"}),
    ("POST", "/stop-watching"): Endpoint(viewers.stop_watching, _CHANNEL | {"viewId"}),
    ("POST", "/time-out-viewer-counts"): Endpoint(
        viewers.time_out_viewer_counts, _CHANNEL | {"readings"}
    ),
    ("POST", "/exceed-limit"): Endpoint(broadcasts.exceed_limit, _CHANNEL | _LIMIT),
    ("POST", "/fail-recording"): Endpoint(broadcasts.fail_recording, _CHANNEL),
    ("POST", "/reconnect"): Endpoint(broadcasts.reconnect),
    ("POST", "/call"): Endpoint(calls.call, calls.CALL),
    ("POST", "/add-channel"): Endpoint(calls.add_channel, calls.SEEDED),
    ("POST", "/create-channel-at"): Endpoint(
        conditions.create_channel_at, conditions.CREATION | _CREATE_CHANNEL
    ),
    ("POST", "/fail-next"): Endpoint(
        conditions.fail_next, frozenset({"operation", "code", "message", "times"})
    ),
    ("POST", "/publish"): Endpoint(conditions.publish, _ENVELOPE),
    ("POST", "/mirror"): Endpoint(conditions.mirror, _ENVELOPE),
    ("POST", "/advance"): Endpoint(conditions.advance, frozenset({"seconds"})),
    ("GET", "/chaos"): Endpoint(conditions.chaos),
    ("POST", "/chaos"): Endpoint(conditions.set_chaos, frozenset(settings.names(Chaos))),
    ("GET", "/options"): Endpoint(conditions.options),
    ("POST", "/options"): Endpoint(conditions.set_options, frozenset(settings.names(Options))),
    ("GET", "/rate-limits"): Endpoint(conditions.rate_limits),
    ("POST", "/rate-limits"): Endpoint(conditions.set_rate_limits, frozenset({"enabled"})),
    ("POST", "/reset"): Endpoint(conditions.reset),
    ("GET", "/state"): Endpoint(conditions.state),
    ("GET", "/calls"): Endpoint(conditions.calls, frozenset({"since"})),
}
