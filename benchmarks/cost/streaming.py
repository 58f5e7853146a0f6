"""What people do with a channel: streams of two hours, and an encoder that reconnects all day."""

from datetime import datetime, timedelta
from math import pi, sin
from typing import Final

from benchmarks.cost.stack import ACCOUNT, REGION, Stack

CHANNEL: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/abcdEFGH1234"
_CONFIGURATION: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT}:recording-configuration/abcdEFGH5678"
_DAY: Final = timedelta(days=1)
_SWEEP_INTERVAL: Final = timedelta(minutes=5)
_START_HOURS: Final = (1, 7, 13, 19)
_SHOW: Final = timedelta(hours=2)
_MOST_VIEWERS: Final = 1_000
# How much of the time between two sessions an encoder is on the air.
_ON_AIR: Final = 0.6


def settle(stack: Stack) -> None:
    """A channel that records, and that sweeps have found; its key has its tags."""
    stack.world.add_channel(
        arn=CHANNEL,
        name="studio",
        tags={"team": "news"},
        recordingConfigurationArn=_CONFIGURATION,
    )
    for _ in range(3):
        _sweep_at(stack, stack.now + _SWEEP_INTERVAL)


def ordinary_day(stack: Stack) -> None:
    """Four recorded streams of two hours with up to a thousand viewers, and all sweeps."""
    midnight = stack.now
    starts = [midnight + timedelta(hours=hour) for hour in _START_HOURS]
    at = midnight
    while at < midnight + _DAY:
        at += _SWEEP_INTERVAL
        stack.advance(at)
        if at in starts:
            _go_live(stack)
        for start in starts:
            if start < at <= start + _SHOW:
                _show(stack, (at - start) / _SHOW)
        _sweep_at(stack, at)


def reconnecting(stack: Stack, interval: timedelta, until: datetime) -> None:
    """One session after the other, in this interval, until that moment."""
    while stack.now < until:
        begins = stack.now
        _go_live(stack)
        stack.advance(begins + interval * _ON_AIR)
        stack.world.broadcast(CHANNEL).leave()
        stack.handle()
        stack.advance(begins + interval)


def _go_live(stack: Stack) -> None:
    key = stack.world.key_value(CHANNEL)
    assert key is not None
    stack.world.go_live(key)
    stack.handle()


def _show(stack: Stack, part: float) -> None:
    """As far as a show has come, from 0 to 1."""
    live = stack.world.broadcast(CHANNEL)
    if part < 1:
        live.watched_by(int(_MOST_VIEWERS * sin(pi * part)))
    else:
        live.leave()
    stack.handle()


def _sweep_at(stack: Stack, at: datetime) -> None:
    stack.advance(at)
    stack.sweep()
