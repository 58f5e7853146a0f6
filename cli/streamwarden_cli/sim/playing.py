"""Plays a scenario: waits for the time of each step, or moves the simulator's time there."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol

from ivs_simulator.control.client import Control, ControlRefused
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.sim.actions import OnChannel
from streamwarden_cli.sim.channels import NotPlayable
from streamwarden_cli.sim.execution import execute
from streamwarden_cli.sim.scenario import Scenario, Step


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


def play(scenario: Scenario, control: Control, timing: Timing) -> Iterator[str]:
    """One line for each step, as it has been done.

    Raises DocumentErrors for a step that is refused; nothing after it is played.
    """
    for step in scenario.steps:
        timing.wait_until(step.at)
        try:
            text = execute(control, step.action)
        except (ControlRefused, NotPlayable) as error:
            raise DocumentErrors([scenario.problem(step, f"{step.name}: {error}")]) from error
        yield f"{_clock(step.at)}  {_who(step)}{step.name}: {text}"


def _who(step: Step) -> str:
    return f"{step.action.channel}  " if isinstance(step.action, OnChannel) else ""


def _clock(at: timedelta) -> str:
    """`+1:02:30`"""
    return f"+{at}"
