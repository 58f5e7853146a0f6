"""Whatever broadcasters do and whenever one looks, the same happens, and in a sensible order."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.state.options import Options, Quotas
from ivs_simulator.wire.errors import IvsError, StreamKeyRefused
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox
from tests.unit.simulator.lifecycle import REALISTIC_OPTIONS, Made

type Step = tuple[int, int, str]

ACTS: dict[str, Callable[[Sandbox, Made], object]] = {
    "go live": lambda sandbox, made: sandbox.world.go_live(made.key),
    "go live to stay": lambda sandbox, made: sandbox.world.go_live(made.key, reconnects=True),
    "take over": lambda sandbox, made: sandbox.world.go_live(made.key, priority=1, reconnects=True),
    "take over again": lambda sandbox, made: sandbox.world.go_live(made.key, priority=2),
    "stall": lambda sandbox, made: Broadcast(
        sandbox.world, account_region(sandbox), made.arn
    ).stall(),
    "resume": lambda sandbox, made: Broadcast(
        sandbox.world, account_region(sandbox), made.arn
    ).resume(),
    "crash": lambda sandbox, made: Broadcast(
        sandbox.world, account_region(sandbox), made.arn
    ).crash(),
    "fail": lambda sandbox, made: Broadcast(
        sandbox.world, account_region(sandbox), made.arn
    ).fail(),
    "leave": lambda sandbox, made: Broadcast(
        sandbox.world, account_region(sandbox), made.arn
    ).leave(),
    "send too much": lambda sandbox, made: Broadcast(
        sandbox.world, account_region(sandbox), made.arn
    ).change(video_bitrate=9_000_000),
    "send less": lambda sandbox, made: Broadcast(
        sandbox.world, account_region(sandbox), made.arn
    ).change(video_bitrate=3_000_000),
    "stop": lambda sandbox, made: call(sandbox, "StopStream", channelArn=made.arn),
    "revoke": lambda sandbox, made: call(sandbox, "DeleteStreamKey", arn=made.key_arn),
}
STEPS = st.lists(
    st.tuples(st.integers(0, 45), st.integers(0, 1), st.sampled_from(sorted(ACTS))), max_size=14
)


def account_region(sandbox: Sandbox) -> Any:
    return sandbox.world.account_region(ACCOUNT, REGION)


def call(sandbox: Sandbox, operation: str, **params: Any) -> dict[str, Any]:
    return sandbox.world.call(operation, params, account=ACCOUNT, region=REGION)


def played(steps: list[Step], glance: float | None) -> list[dict[str, Any]]:
    """The events of a lifecycle, with one jump of the clock or a look every `glance` seconds."""
    sandbox = Sandbox()
    sandbox.world.options = Options(
        latencies=REALISTIC_OPTIONS.latencies, quotas=Quotas(concurrent_streams=1)
    )
    made = [_made(call(sandbox, "CreateChannel", name=f"cam-{number}")) for number in range(2)]
    for wait, which, act in steps:
        _wait(sandbox, wait, glance)
        with suppress(IvsError, StreamKeyRefused):
            ACTS[act](sandbox, made[which])
    _wait(sandbox, 300, glance)
    sandbox.world.tick()
    return sandbox.events


def _made(answer: dict[str, Any]) -> Made:
    key = answer["streamKey"]
    return Made(answer["channel"]["arn"], key["arn"], key["value"])


def _wait(sandbox: Sandbox, seconds: int, glance: float | None) -> None:
    goal = sandbox.now + timedelta(seconds=seconds)
    while glance is not None and sandbox.now < goal:
        sandbox.now = min(goal, sandbox.now + timedelta(seconds=glance))
        sandbox.world.tick()
    sandbox.now = goal


@given(STEPS, st.sampled_from([0.5, 1.0, 2.5, 7.0]))
def test_what_happens_does_not_depend_on_when_one_looks(steps: list[Step], glance: float) -> None:
    events = played(steps, glance=None)

    assert events == played(steps, glance)
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)


@given(STEPS)
def test_the_events_of_every_session_are_in_a_sensible_order(steps: list[Step]) -> None:
    once = {"Session Created", "Stream Start", "Session Ended", "Stream End"}
    order = ["Session Created", "Stream Start", "Session Ended", "Stream End"]
    lifecycles: dict[str, list[str]] = {}
    for event in played(steps, glance=None):
        detail = event["detail"]
        if event["detail-type"] in ("IVS Stream State Change", "IVS Stream Health Change"):
            lifecycles.setdefault(detail["stream_id"], []).append(detail["event_name"])

    for lifecycle in lifecycles.values():
        marks = [name for name in lifecycle if name in once]
        assert marks == [name for name in order if name in marks]
        assert ("Stream End" in marks) <= ("Stream Start" in marks)
        health = [name for name in lifecycle if name.startswith("Starvation")]
        assert health == (["Starvation Start", "Starvation End"] * len(health))[: len(health)]
