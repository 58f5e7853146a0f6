"""`streamwarden sim state` shows every channel, also one that is being recorded."""

import json
from typing import Any

import pytest

from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.server import answer
from ivs_simulator.runtime.call_log import CallLog
from ivs_simulator.runtime.clock import Clock
from streamwarden_cli.sim.text import format_state
from tests.unit.simulator.broadcasting.studio import Studio
from tests.unit.simulator.conftest import ACCOUNT, REGION


def shown(studio: Any) -> str:
    clock = Clock(lambda: studio.now)
    context = ControlContext(studio.world, ACCOUNT, REGION, CallLog(), clock=clock)
    _, state = answer(context, "GET", "/state", b"")
    return "\n".join(format_state(json.loads(json.dumps(state))))


@pytest.mark.parametrize(
    ("is_cut_off", "output"), [(False, "recorded: s3://"), (True, "interrupted")]
)
def test_a_recording_is_shown(is_cut_off: bool, output: str) -> None:
    studio = Studio()
    live = studio.go_live(studio.channel(window=60))
    studio.later(seconds=30)
    if is_cut_off:
        live.leave()
        studio.later(seconds=10)

    assert output in shown(studio)
