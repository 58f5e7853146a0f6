"""Plays a scenario on a simulator that runs: waits for each step, or moves time there.

The simulator has a time of its own. The scenario begins when it is played, and the spans between
its steps are kept.
"""

import time
from collections.abc import Callable, Iterator
from copy import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from ivs_simulator.control.client import Control, ControlRefused
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.scenario.channels import Channel
from streamwarden_cli.scenario.kinds.base import OnChannel
from streamwarden_cli.scenario.kinds.broadcasts import GoLive
from streamwarden_cli.scenario.performing import PutVerdict, add_channels, perform
from streamwarden_cli.scenario.raw_events import RawEvent, moved
from streamwarden_cli.scenario.timeline import Scenario, Step
from streamwarden_cli.sim.place import leave_command
from streamwarden_cli.sim.verdicts import NOT_SENT


class Timing(Protocol):
    """How a scenario gets from one step to the next."""

    def wait_until(self, at: timedelta) -> None:
        """Returns once this time has passed since the scenario began."""


class RealTime:
    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._began = now()

    def wait_until(self, at: timedelta) -> None:
        left = self._began + at.total_seconds() - self._now()
        if left > 0:
            self._sleep(left)


class Instantly:
    """The simulator lives through the time between the steps; we do not."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._reached = timedelta(0)

    def wait_until(self, at: timedelta) -> None:
        if at > self._reached:
            self._control.advance(at - self._reached)
            self._reached = at


def play(
    scenario: Scenario,
    control: Control,
    timing: Timing,
    state_dir: Path | None = None,
    put_verdict: PutVerdict | None = None,
) -> Iterator[str]:
    """One line for each step, as it has been done. Remedies name `state_dir`, where one was given.

    Raises DocumentErrors for a channel that cannot be, and for a step that is refused; nothing
    after it is played.
    """
    began_at = datetime.fromisoformat(control.whole_state()["now"])
    by = began_at - scenario.starts_at
    moved_channels = tuple(_moved_channel(each, by) for each in scenario.channels)
    add_channels(control, replace(scenario.fleet, channels=moved_channels))
    for step in scenario.steps:
        since = step.at - scenario.starts_at
        timing.wait_until(since)
        message = _perform(control, _moved_step(step, by), state_dir, put_verdict)
        yield f"{_clock(since)}  {_who(step)}{step.name}: {message}"
    timing.wait_until(scenario.ends_at - scenario.starts_at)


def _perform(
    control: Control, step: Step, state_dir: Path | None, put_verdict: PutVerdict | None
) -> str:
    """Raises DocumentErrors. A channel may be live since the scenario was played before."""
    try:
        return perform(control, step, put_verdict)
    except NOT_SENT as error:
        raise DocumentErrors([step.problem(f"{step.name}: {error}")]) from error
    except DocumentErrors as error:
        cause = error.__cause__
        is_taken = isinstance(cause, ControlRefused) and cause.code == "StreamKeyRefused"
        if not (is_taken and isinstance(step.does, GoLive)):
            raise
        remedy = f"end its stream first: {leave_command(step.does.channel, state_dir)}"
        raise DocumentErrors([step.problem(f"{step.name}: {cause}; {remedy}")]) from error


def _moved_channel(channel: Channel, by: timedelta) -> Channel:
    """What is on the air at first has been there for as long as the scenario says."""
    if channel.live is None:
        return channel
    start = channel.live.start_time + by
    return channel.model_copy(
        update={"live": channel.live.model_copy(update={"start_time": start})}
    )


def _moved_step(step: Step, by: timedelta) -> Step:
    """Events say when they happened."""
    if not isinstance(step.does, RawEvent):
        return step
    return replace(step, does=replace(step.does, value=moved(step.does.value, by)))


def _who(step: Step) -> str:
    return f"{step.does.channel}  " if isinstance(step.does, OnChannel) else ""


def _clock(since: timedelta) -> str:
    """`+1:02:30`"""
    return f"+{since}"
