"""What the walks through a channel's life see of its broadcaster, besides what the API says."""

from typing import Final

from ivs_simulator.control.client import Control
from tests.stack.account import eventually

RETURN_SECONDS: Final = 20.0


def live_stream(control: Control, channel_arn: str) -> str | None:
    """The id of the stream on air."""
    (channel,) = (each for each in control.state() if each["arn"] == channel_arn)
    return channel["live"] and str(channel["live"]["streamId"])


def stream_after(control: Control, channel_arn: str, stopped: str) -> str:
    """The id of the stream an encoder comes back with, once it is back by itself."""

    def returned() -> str | None:
        stream_id = live_stream(control, channel_arn)
        return stream_id if stream_id != stopped else None

    return eventually(returned, within=RETURN_SECONDS)


def all_leave(control: Control) -> None:
    for channel in control.state():
        if channel["live"]:
            control.leave(channel["arn"])
