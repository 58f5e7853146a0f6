"""Whatever broadcasters do and whenever one looks, the same happens, and in a sensible order."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.state.options import Behaviour, Quotas
from ivs_simulator.wire.errors import IvsError, StreamKeyRefused
from tests.unit.simulator.conftest import ACCOUNT, REGION, Scene
from tests.unit.simulator.storyline import LIFELIKE_BEHAVIOUR, Made

type Step = tuple[int, int, str]

ACTS: dict[str, Callable[[Scene, Made], object]] = {
    "go live": lambda scene, made: scene.world.go_live(made.key),
    "go live to stay": lambda scene, made: scene.world.go_live(made.key, reconnects=True),
    "take over": lambda scene, made: scene.world.go_live(made.key, priority=1, reconnects=True),
    "take over again": lambda scene, made: scene.world.go_live(made.key, priority=2),
    "stall": lambda scene, made: Broadcast(scene.world, realm(scene), made.arn).stall(),
    "resume": lambda scene, made: Broadcast(scene.world, realm(scene), made.arn).resume(),
    "crash": lambda scene, made: Broadcast(scene.world, realm(scene), made.arn).crash(),
    "fail": lambda scene, made: Broadcast(scene.world, realm(scene), made.arn).fail(),
    "leave": lambda scene, made: Broadcast(scene.world, realm(scene), made.arn).leave(),
    "send too much": lambda scene, made: Broadcast(scene.world, realm(scene), made.arn).change(
        video_bitrate=9_000_000
    ),
    "send less": lambda scene, made: Broadcast(scene.world, realm(scene), made.arn).change(
        video_bitrate=3_000_000
    ),
    "stop": lambda scene, made: call(scene, "StopStream", channelArn=made.arn),
    "revoke": lambda scene, made: call(scene, "DeleteStreamKey", arn=made.key_arn),
}
STEPS = st.lists(
    st.tuples(st.integers(0, 45), st.integers(0, 1), st.sampled_from(sorted(ACTS))), max_size=14
)


def realm(scene: Scene) -> Any:
    return scene.world.realm(ACCOUNT, REGION)


def call(scene: Scene, operation: str, **params: Any) -> dict[str, Any]:
    return scene.world.call(operation, params, account=ACCOUNT, region=REGION)


def played(steps: list[Step], glance: float | None) -> list[dict[str, Any]]:
    """Every event of a story, told with the clock jumping, or looked at every `glance` seconds."""
    scene = Scene()
    scene.world.behaviour = Behaviour(
        pace=LIFELIKE_BEHAVIOUR.pace, quotas=Quotas(concurrent_streams=1)
    )
    made = [_made(call(scene, "CreateChannel", name=f"cam-{number}")) for number in range(2)]
    for wait, which, act in steps:
        _wait(scene, wait, glance)
        with suppress(IvsError, StreamKeyRefused):
            ACTS[act](scene, made[which])
    _wait(scene, 300, glance)
    scene.world.tick()
    return scene.events


def _made(answer: dict[str, Any]) -> Made:
    key = answer["streamKey"]
    return Made(answer["channel"]["arn"], key["arn"], key["value"])


def _wait(scene: Scene, seconds: int, glance: float | None) -> None:
    goal = scene.now + timedelta(seconds=seconds)
    while glance is not None and scene.now < goal:
        scene.now = min(goal, scene.now + timedelta(seconds=glance))
        scene.world.tick()
    scene.now = goal


@given(STEPS, st.sampled_from([0.5, 1.0, 2.5, 7.0]))
def test_what_happens_does_not_depend_on_when_one_looks(steps: list[Step], glance: float) -> None:
    events = played(steps, glance=None)

    assert events == played(steps, glance)
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)


@given(STEPS)
def test_every_session_is_told_of_in_a_sensible_order(steps: list[Step]) -> None:
    once = {"Session Created", "Stream Start", "Session Ended", "Stream End"}
    order = ["Session Created", "Stream Start", "Session Ended", "Stream End"]
    stories: dict[str, list[str]] = {}
    for event in played(steps, glance=None):
        detail = event["detail"]
        if event["detail-type"] in ("IVS Stream State Change", "IVS Stream Health Change"):
            stories.setdefault(detail["stream_id"], []).append(detail["event_name"])

    for story in stories.values():
        marks = [name for name in story if name in once]
        assert marks == [name for name in order if name in marks]
        assert ("Stream End" in marks) <= ("Stream Start" in marks)
        health = [name for name in story if name.startswith("Starvation")]
        assert health == (["Starvation Start", "Starvation End"] * len(health))[: len(health)]
