"""`streamwarden sim` as its users type it, on a running local AWS."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from ivs_simulator.control.client import Control
from streamwarden_cli.local import server
from tests.stack.simulated_aws import SimulatedAws

_STREAMWARDEN: Final = Path(sys.executable).with_name("streamwarden")
_SCENARIO: Final = """
steps:
  - {at: 12:00:00, do: create, channel: sim-command, type: BASIC}
  - {at: 12:00:01, do: go-live, bitrate: 2M, resolution: 1280x720}
  - {at: 12:00:30, do: stall}
  - {at: 12:00:40, do: resume}
  - {at: 12:01:30, do: viewers, count: 3}
"""

type Sim = Callable[..., str]


@pytest.fixture(scope="module")
def simulated(state: Path) -> Iterator[SimulatedAws]:
    """Not the session's: time that was moved on here cannot be moved back for the others."""
    directory = state / "sim-command"
    try:
        local = server.start(directory)
        yield SimulatedAws(directory, local, Control(local.control_url))
    finally:
        server.stop(directory)


@pytest.fixture
def sim(simulated: SimulatedAws) -> Sim:
    """Runs the command and answers what it printed; it must succeed."""

    def run(action: str, *words: str, entered: str = "") -> str:
        ran = subprocess.run(  # noqa: S603 (our own command)
            [_STREAMWARDEN, "sim", action, *words, "--state-dir", str(simulated.state_dir)],
            input=entered, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, "")
        return ran.stdout

    return run


@pytest.fixture(autouse=True)
def _left_as_it_was(simulated: SimulatedAws) -> Iterator[None]:
    yield
    simulated.control.reset()
    simulated.control.set_chaos(loss=0)
    simulated.control.set_rate_limits(enabled=True)
    simulated.control.set_options(latencies="instant")


def test_a_scenario_is_played_and_its_stream_is_seen_by_boto3(
    simulated: SimulatedAws, sim: Sim, tmp_path: Path
) -> None:
    ivs = simulated.client("ivs")
    file = tmp_path / "scenario.yaml"
    file.write_text(_SCENARIO)

    lines = sim("play", str(file), "--instantly").splitlines()

    assert [line.partition("  ")[0] for line in lines[1:]] == [
        "+0:00:00", "+0:00:01", "+0:00:30", "+0:00:40", "+0:01:30"
    ]  # fmt: skip
    (channel,) = ivs.list_channels(filterByName="sim-command")["channels"]
    stream = ivs.get_stream(channelArn=channel["arn"])["stream"]
    session = ivs.get_stream_session(channelArn=channel["arn"])["streamSession"]
    assert (channel["type"], stream["viewerCount"], stream["health"]) == ("BASIC", 3, "HEALTHY")
    events = {event["name"]: event["eventTime"] for event in session["truncatedEvents"]}
    silent = events["Starvation End"] - events["Starvation Start"]
    assert 10 <= silent.total_seconds() < 20
    assert sim("leave", "sim-command") == "sim-command: left\n"


def test_a_key_on_standard_input_lets_an_encoder_in(simulated: SimulatedAws, sim: Sim) -> None:
    made = simulated.client("ivs").create_channel(name="by-its-key")

    output = sim("go-live", "--key-from-stdin", entered=made["streamKey"]["value"] + "\n")

    assert output.startswith(f"{made['channel']['arn']}: live as st-")


def test_conditions_are_set_and_shown(sim: Sim) -> None:
    sim("chaos", "--loss", "0.5")
    sim("limits", "off")
    sim("latencies", "realistic")

    state: dict[str, Any] = json.loads(sim("state", "--json"))

    assert (state["chaos"]["loss"], state["rateLimits"], state["latencies"]) == (
        0.5,
        False,
        "realistic",
    )
    assert "loss 0.5" in sim("state")


def test_a_reset_leaves_nothing_but_the_conditions(simulated: SimulatedAws, sim: Sim) -> None:
    sim("create", "sim-command", "--tag", "team=events")
    sim("go-live", "sim-command")
    sim("limits", "off")

    simulated.control.reset()

    assert simulated.client("ivs").list_channels()["channels"] == []
    assert sim("limits") == "off\n"


def test_time_is_moved_for_ivs_alone(simulated: SimulatedAws, sim: Sim) -> None:
    before = simulated.control.whole_state()["clockOffsetSeconds"]

    sim("advance", "1m30s")

    assert simulated.control.whole_state()["clockOffsetSeconds"] == before + 90


def test_boto3_waits_out_the_rate_limits(simulated: SimulatedAws) -> None:
    ivs = simulated.client("ivs")
    channel = ivs.create_channel(name="often-asked")["channel"]["arn"]
    refused = 0

    def count(parsed: dict[str, Any], **_: Any) -> None:
        nonlocal refused
        refused += parsed["ResponseMetadata"]["HTTPStatusCode"] == 429

    ivs.meta.events.register("response-received.ivs.GetChannel", lambda **event: count(
        event["parsed_response"]) if event["parsed_response"] else None)  # fmt: skip
    for _ in range(12):
        ivs.get_channel(arn=channel)

    assert refused
