"""Endpoints that play the viewers: one asks to watch, leaves, or the count of all is not known."""

from ivs_simulator.control import fields
from ivs_simulator.control.context import Answer, Body, ControlContext
from ivs_simulator.playback.restrictions import Viewer


def watch(context: ControlContext, body: Body) -> Answer:
    """A player asks for the stream; raises PlaybackRefused. The token is not repeated."""
    viewer = Viewer(fields.text_or_none(body, "country"), fields.text_or_none(body, "origin"))
    token = fields.text_or_none(body, "token")
    view = context.world.watch(fields.channel_arn(body), viewer, token)
    return {"viewId": view.id, "streamId": view.stream_id}


def stop_watching(context: ControlContext, body: Body) -> Answer:
    context.world.stop_watching(fields.channel_arn(body), fields.text(body, "viewId"))
    return {}


def time_out_viewer_counts(context: ControlContext, body: Body) -> Answer:
    """The next readings of the channel's viewer count answer -1."""
    readings = fields.whole(body, "readings", at_least=1)
    context.world.time_out_viewer_counts(fields.channel_arn(body), readings)
    return {}
