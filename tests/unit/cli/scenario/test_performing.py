"""Each kind of step does to the simulated IVS what it says; nothing is forged."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.in_process import InProcessControl
from ivs_simulator.world import World
from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from streamwarden_cli.scenario.kinds.table import STEP_KINDS
from streamwarden_cli.scenario.performing import add_channels, perform
from streamwarden_cli.scenario.reading import scenarios_of

RECORDING = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:recording-configuration/aVault"
BY = f"arn:aws:iam::{ACCOUNT_ID}:user/kim"
LIVE = "{do: go-live}"


class Bench:
    """A simulator in memory that performs scenarios, and all the events that it sent."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        world = World(lambda: datetime(2026, 1, 5, 12, tzinfo=UTC), self.events.append)
        self.control = InProcessControl(ControlContext(world, ACCOUNT_ID, REGION))

    def perform(self, *steps: str, channels: str = "{name: hall}") -> list[str]:
        timed = ", ".join(each.replace("{", "{at: 12:00, ", 1) for each in steps)
        source = read_source(f"channels: {channels}\nsteps: [{timed}]", "s", clock_times=True)
        (scenario,), _ = scenarios_of(source, Path())
        add_channels(self.control, scenario.fleet)
        return [perform(self.control, each) for each in scenario.steps]

    @property
    def names(self) -> list[str]:
        return [_name_of(each["detail"]) or each["detail-type"] for each in self.events]


def _name_of(detail: dict[str, Any]) -> str:
    members = ("event_name", "recording_status", "limit_name", "eventName")
    return next((str(detail[each]) for each in members if each in detail), "")


@pytest.fixture
def bench() -> Bench:
    return Bench()


BEGUN = ["Session Created", "Stream Start"]
RECORDED = f"{{recordingConfigurationArn: {RECORDING!r}}}"


CAUSED: Final[list[tuple[list[str], list[str]]]] = [
    ([LIVE], BEGUN),
    (
        [LIVE, "{do: change, bitrate: 9M}"],
        [*BEGUN, "Ingest Bitrate", "Session Ended", "Stream End"],
    ),
    ([LIVE, "{do: stall}", "{do: resume}"], [*BEGUN, "Starvation Start", "Starvation End"]),
    ([LIVE, "{do: crash}"], [*BEGUN, "Session Ended", "Stream End"]),
    ([LIVE, "{do: leave}"], [*BEGUN, "Session Ended", "Stream End"]),
    ([LIVE, "{do: fail}"], [*BEGUN, "Stream Failure", "Session Ended", "Stream End"]),
    (
        ["{do: go-live, reconnect: true}", "{do: crash}", "{do: reconnect}"],
        [*BEGUN, "Session Ended", "Stream End", *BEGUN],
    ),
    (
        ["{do: go-live, priority: 1}", "{do: go-live, priority: 2}"],
        [*BEGUN, "Stream Takeover"],
    ),
    (
        ["{do: go-live, priority: 2}", "{do: go-live, priority: 1, refused: true}"],
        [*BEGUN, "Stream Takeover Failure"],
    ),
    (
        [LIVE, "{do: exceed-limit, limit: Ingest Bitrate, value: 1, exceeded-by: 1, unit: b}"],
        [*BEGUN, "Ingest Bitrate"],
    ),
    (
        [LIVE, "{do: quotas, concurrent-viewers: 1}", "{do: viewers, count: 2}"],
        [*BEGUN, "Concurrent Viewers"],
    ),
    (
        [LIVE, "{do: verdict, label: Violence, confidence: 0.9}"],
        [*BEGUN, "Streamwarden External Verdict"],
    ),
    (["{do: latencies, stream-start: 1m}", LIVE], ["Session Created"]),
    (["{do: chaos, loss: 1}", LIVE], []),
    (["{do: limits, enabled: true}", LIVE], BEGUN),
    (["{do: create, channel: b}"], ["CreateChannel"]),
    (["{do: update, type: BASIC}"], ["UpdateChannel"]),
    (["{do: delete}"], ["DeleteChannel"]),
    (["{do: tag, tags: {a: b}}", "{do: untag, keys: [a]}"], ["TagResource", "UntagResource"]),
    (["{do: delete-key}", "{do: create-key}"], ["DeleteStreamKey", "CreateStreamKey"]),
    (
        ["{do: call, operation: CreateChannel, request: {name: c}}"],
        ["CreateChannel"],
    ),
]


@pytest.mark.parametrize(("steps", "caused"), CAUSED)
def test_a_step_causes_the_events_that_ivs_sends(
    bench: Bench, steps: list[str], caused: list[str]
) -> None:
    bench.perform(*steps)

    assert bench.names == caused


BROKEN_RECORDINGS: Final[list[tuple[list[str], list[str]]]] = [
    ([LIVE, "{do: fail-recording}"], ["Recording Start", "Recording End Failure"]),
    (["{do: fail-recording}", LIVE], ["Recording Start Failure"]),
    (
        ["{do: fail-recording}", LIVE, "{do: leave}", LIVE],
        ["Recording Start Failure", "Recording Start"],
    ),
]


@pytest.mark.parametrize(("steps", "caused"), BROKEN_RECORDINGS)
def test_a_recording_breaks_off_or_fails_to_start(
    bench: Bench, steps: list[str], caused: list[str]
) -> None:
    bench.perform(*steps, channels=RECORDED)

    assert [each for each in bench.names if each.startswith("Recording")] == caused


def test_every_kind_of_step_is_performed_here() -> None:
    performed = {_kind_of(step) for steps, _ in CAUSED + BROKEN_RECORDINGS for step in steps}

    assert performed == set(STEP_KINDS)


def _kind_of(step: str) -> str:
    return step.removeprefix("{do: ").rstrip("}").partition(",")[0]


def test_a_call_is_made_by_the_caller_that_is_named(bench: Bench) -> None:
    bench.perform(f"{{do: tag, tags: {{a: b}}, by: '{BY}'}}", "{do: untag, keys: [a]}")

    named, default = (each["detail"]["userIdentity"]["arn"] for each in bench.events)
    assert (named, default) == (BY, f"arn:aws:iam::{ACCOUNT_ID}:root")


def test_channels_are_there_without_an_event_and_stay_when_they_are_there(bench: Bench) -> None:
    channels = "{name: hall, tags: {a: b}, live: {startTime: 11:00, streamId: st-x}}"
    bench.perform(channels=channels)
    bench.perform("{do: stall}", channels=channels)

    (hall,) = bench.control.state()
    assert (hall["tags"], hall["live"]["streamId"]) == ({"a": "b"}, "st-x")
    assert bench.names == ["Starvation Start"]


def test_an_event_of_a_file_is_mirrored_and_delivered(bench: Bench) -> None:
    sample = Path(__file__).parents[4] / "events" / "stream-state" / "stream-start.json"
    bench.perform(f"{{file: {sample}}}")

    assert bench.names == ["Stream Start"]
    assert [each["live"] is not None for each in bench.control.state()] == [False, True]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("{do: stall}", "s:2:9: steps[0]: stall: The channel is not currently online"),
        ("{do: stall, channel: hal}", "stall: there is no channel 'hal'; did you mean 'hall'?"),
        ("{do: call, operation: Dance}", "call: operation is one of the IVS API"),
        ("{do: update, preset: X}", "update: "),
        ("{do: verdict, label: x, confidence: 1, channel: hal}", "no channel 'hal'"),
        ("{do: go-live, refused: true}", "go-live: expected to be refused; live as st-"),
    ],
)
def test_a_step_that_ivs_refuses_ends_the_scenario(bench: Bench, step: str, message: str) -> None:
    with pytest.raises(DocumentErrors) as caught:
        bench.perform(step)

    assert message in str(caught.value)
