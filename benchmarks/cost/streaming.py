"""What people do with channels: streams of two hours, reconnecting all day, nothing at all."""

from datetime import datetime, timedelta
from math import pi, sin
from typing import Final

from benchmarks.cost.meter import Meter
from benchmarks.cost.stack import ACCOUNT, REGION, Stack

CHANNEL: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/abcdEFGH1234"
_CONFIGURATION: Final = f"arn:aws:ivs:{REGION}:{ACCOUNT}:recording-configuration/abcdEFGH5678"
_DAY: Final = timedelta(days=1)
_SWEEP_INTERVAL: Final = timedelta(minutes=5)
_START_HOURS: Final = (1, 7, 13, 19)
_SHOW: Final = timedelta(hours=2)
_MOST_VIEWERS: Final = 1_000
# Of so many stream keys a sweep reads the tags.
_KEYS_A_SWEEP: Final = 20
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


def idle_sweep(stack: Stack, channels: int) -> Meter:
    """A sweep of an account in which nothing happens, once all is known."""
    for number in range(channels):
        arn = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/abcdEFGH{number:04}"
        stack.world.add_channel(arn=arn, name=f"studio-{number}", tags={"team": "news"})
    for _ in range(channels // _KEYS_A_SWEEP + 5):
        _sweep_at(stack, stack.now + _SWEEP_INTERVAL)
    stack.measure()
    swept = _sweep_at(stack, stack.now + _SWEEP_INTERVAL)
    assert not stack.inputs  # it found nothing
    return swept


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


def _sweep_at(stack: Stack, at: datetime) -> Meter:
    stack.advance(at)
    return stack.sweep()
