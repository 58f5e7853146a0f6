"""`streamwarden sim` plays on a simulator and says what came of it; nothing is started here."""

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.in_process import InProcessControl
from ivs_simulator.reference import BEGIN
from ivs_simulator.runtime.clock import Clock
from ivs_simulator.runtime.rate_limits import RateLimits
from ivs_simulator.world import World
from streamwarden_cli.aws import AwsAccount
from streamwarden_cli.local import server
from streamwarden_cli.local.access import ACCOUNT_ID, ROOT
from streamwarden_cli.local.access import REGION as LOCAL_REGION
from streamwarden_cli.local.access import STATE as LOCAL_STATE
from streamwarden_cli.main import main
from streamwarden_cli.scenario.reading import read_scenario
from streamwarden_cli.sim import place
from streamwarden_cli.sim.playing import RealTime
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION

RUNNING = server.LocalAws(pid=4711, port=4566, control_port=4567)
EVENING = ROOT / "scenarios" / "evening.yaml"

type Sim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def events() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def world(events: list[dict[str, Any]]) -> World:
    return World(Clock(lambda: NOW), events.append, rate_limits=RateLimits())


@pytest.fixture
def sim(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sim:
    """Runs the command: its exit code, and what it said on stdout and stderr."""
    clock = world.now
    assert isinstance(clock, Clock)
    context = ControlContext(world, ACCOUNT, REGION, clock=clock)
    monkeypatch.setattr(server, "running", lambda it: None if it == LOCAL_STATE else RUNNING)
    monkeypatch.setattr(place, "Control", lambda _: InProcessControl(context))

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["sim", *words])
        message = capsys.readouterr()
        return code, message.out, message.err

    return run


@pytest.fixture
def arena(world: World) -> str:
    return channel(world, "arena")


def channel(world: World, name: str, **fields: Any) -> str:
    made = world.call("CreateChannel", {"name": name, **fields}, account=ACCOUNT, region=REGION)
    return str(made["channel"]["arn"])


def live(world: World, arn: str) -> Any:
    return world.account_region(ACCOUNT, REGION).on_air(arn)


def scenario(tmp_path: Path, text: str) -> str:
    file = tmp_path / "scenario.yaml"
    file.write_text(text)
    return str(file)


# Servers


def test_up_starts_a_simulator_and_says_how_to_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[Path] = []

    def start(state_dir: Path) -> server.LocalAws:
        started.append(state_dir)
        return RUNNING

    monkeypatch.setattr(server, "start", start)

    assert main(["sim", "up", "--state-dir", str(tmp_path)]) == 0
    message = capsys.readouterr().out
    assert started == [tmp_path]
    assert "control   http://127.0.0.1:4567" in message
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:4566" in message
    assert "streamwarden keys" not in message  # there is no stack whose keys could be read


def test_status_and_down_where_nothing_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sim", "status", "--state-dir", str(tmp_path)]) == 3
    assert main(["sim", "down", "--state-dir", str(tmp_path)]) == 0
    message = capsys.readouterr().out
    start = f"streamwarden sim up --state-dir {tmp_path}"
    assert message == f"not running: start it with `{start}`\nnothing ran\n"


def test_where_none_runs_the_message_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sim", "state", "--state-dir", str(tmp_path)]) == 1
    start = f"`streamwarden sim up --state-dir {tmp_path}`"
    assert capsys.readouterr().err.endswith(f"start one with {start}\n")


def test_the_simulator_that_is_meant_by_default_is_started_without_saying_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "running", lambda state_dir: None)

    assert (main(["sim", "status"]), main(["sim", "state"])) == (3, 1)
    message = capsys.readouterr()
    assert message.out == "not running: start it with `streamwarden sim up`\n"
    assert message.err.endswith("no simulator runs: start one with `streamwarden sim up`\n")


@pytest.mark.parametrize("state_dir", [place.STATE, LOCAL_STATE])
def test_the_one_simulator_that_runs_is_taken(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "running", {state_dir: RUNNING}.get)

    assert place.simulator_of(None) == RUNNING


def test_of_two_simulators_one_has_to_be_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = server.LocalAws(pid=4712, port=4568, control_port=4569)
    monkeypatch.setattr(server, "running", {place.STATE: RUNNING, LOCAL_STATE: other}.get)

    assert main(["sim", "create", "arena"]) == 1
    assert capsys.readouterr().err == (
        "streamwarden: two simulators run, of `sim up` and of `local up`: "
        "stop the first with `streamwarden sim down`, or name one: "
        f"--state-dir {place.STATE} or --state-dir {LOCAL_STATE}\n"
    )
    assert place.simulator_of(LOCAL_STATE) == other


# Channels


def test_a_channel_is_made_once(sim: Sim, world: World) -> None:
    made = sim(
        "create", "hall", "--type", "BASIC", "--latency-mode", "NORMAL", "--authorized",
        "--tag", "team=events", "--tag", "note=a=b",
    )  # fmt: skip

    (arena,) = world.account_region(ACCOUNT, REGION).channels.values()
    assert made == (0, f"hall: created as {arena.arn}\n", "")
    assert (arena.settings["type"], arena.settings["latencyMode"]) == ("BASIC", "NORMAL")
    assert (arena.settings["authorized"], arena.settings["insecureIngest"]) == (True, False)
    assert arena.tags == {"team": "events", "note": "a=b"}
    assert sim("create", "hall") == (0, "hall: is there already\n", "")


# Broadcasters


def test_an_encoder_goes_live_with_what_was_asked(sim: Sim, world: World, arena: str) -> None:
    code, out, _ = sim(
        "go-live", "arena", "--bitrate", "6M", "--resolution", "1920x1080", "--framerate", "60",
        "--codec", "avc1.640028", "--reconnect",
    )  # fmt: skip

    session = live(world, arena)
    ingest = session.ingest
    assert (code, out) == (0, f"arena: live as {session.stream_id}\n")
    assert (ingest.video_bitrate, ingest.width, ingest.height) == (6_000_000, 1920, 1080)
    assert (ingest.framerate, ingest.video_codec) == (60, "avc1.640028")
    assert world.account_region(ACCOUNT, REGION).encoders[arena].reconnects


def test_a_higher_priority_takes_over(sim: Sim, world: World, arena: str) -> None:
    sim("go-live", arena, "--priority", "1")

    assert sim("go-live", arena)[0] == 1
    assert sim("go-live", arena, "--priority", "2")[0] == 0
    assert live(world, arena).takeovers == 1


def test_a_stream_is_played_through(sim: Sim, world: World, arena: str) -> None:
    sim("go-live", "arena")

    assert sim("stall", "arena")[1] == "arena: silent: STARVING\n"
    assert sim("resume", "arena")[1] == "arena: sends again: HEALTHY\n"
    assert sim("viewers", "arena", "12")[1] == "arena: watched by 12\n"
    assert sim("change", "arena", "--framerate", "60")[1].endswith("the stream goes on\n")
    assert sim("change", "arena", "--bitrate", "20M")[1].endswith("the stream has ended\n")
    for end in (["crash"], ["fail"], ["leave"]):
        sim("go-live", "arena")
        assert sim(*end, "arena")[0] == 0
        assert live(world, arena) is None


def test_a_viewer_watches_or_the_refusal_says_why(
    sim: Sim, world: World, arena: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sim("watch", "arena") == (1, "", "streamwarden: the channel is not live\n")
    sim("go-live", "arena")
    assert sim("watch", "arena", "--country", "DE")[1].startswith("arena: watched as view ")

    channel(world, "members", authorized=True)
    sim("go-live", "members")
    monkeypatch.setattr("sys.stdin", io.StringIO("no.such.token\n"))
    code, out, err = sim("watch", "members", "--token-from-stdin")
    assert (code, out) == (1, "")
    assert "no.such.token" not in err


def test_the_reason_of_a_failure_is_in_the_event(
    sim: Sim, events: list[dict[str, Any]], arena: str
) -> None:
    sim("go-live", "arena")
    sim("fail", "arena", "--reason", "out of chips")

    (reason,) = [each["detail"]["reason"] for each in events if "reason" in each["detail"]]
    assert reason == "out of chips"


def test_a_stream_that_ends_at_once_is_reported(sim: Sim, arena: str) -> None:
    code, out, err = sim("go-live", "arena", "--bitrate", "20M")

    assert (code, out) == (1, "")
    assert "its stream ended: Session Created, Ingest Bitrate, Session Ended" in err


def test_a_key_comes_on_standard_input_only(
    sim: Sim, world: World, arena: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = world.key_value(arena)
    assert value
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{value}\n"))

    code, out, err = sim("go-live", "--key-from-stdin")

    assert (code, err) == (0, "")
    assert out.startswith(f"{arena}: live as st-")
    assert value not in out


@pytest.mark.parametrize("words", [["go-live"], ["stall"], ["go-live", "--key-from-stdin"]])
def test_a_key_at_the_place_of_a_channel_is_not_repeated(sim: Sim, words: list[str]) -> None:
    code, out, err = sim(*words, "sk_eu-west-1_notakey_notakeyeither")

    assert (code, out) == (1, "")
    assert "sk_" not in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["stall", "arenna"], "there is no channel 'arenna'; did you mean 'arena'?"),
        (["stall", "arena"], "not currently online"),
        (["stall", "twin"], "several channels are called 'twin': arn:aws:ivs:"),
        (["go-live"], "a CHANNEL or --key-from-stdin"),
        (["go-live", "--key-from-stdin"], "no stream key came on standard input"),
        (["go-live", "arena", "--framerate", "0"], "framerate: Input should be greater than 0"),
        (["change", "arena"], "nothing to change"),
        (["chaos", "--loss", "2"], "loss: Input should be less than or equal to 1"),
    ],
)
def test_what_cannot_be_done_is_reported_on_stderr(
    sim: Sim, world: World, arena: str, words: list[str], message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    channel(world, "twin")
    channel(world, "twin")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    code, out, err = sim(*words)

    assert (code, out) == (1, "")
    assert err.startswith("streamwarden: ")
    assert message in err


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["go-live", "arena", "--bitrate", "fast"],
        ["go-live", "arena", "--resolution", "1080p"],
        ["advance", "yesterday"],
        ["advance", "0s"],
        ["latencies", "slow"],
        ["limits", "maybe"],
        ["create"],
        ["create", "hall", "--type", "HUGE"],
        ["create", "hall", "--tag", "events"],
    ],
)
def test_wrong_usage_exits_with_2(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sim", *wrong])

    assert ended.value.code == 2


# Conditions


def test_time_is_advanced(sim: Sim, world: World) -> None:
    assert sim("advance", "2h30m")[1] == (
        "it is 2026-03-14 20:32:11 UTC in IVS, 2h 30m ahead of the real clock, "
        "which a stack keeps\n"
    )
    assert world.now() == NOW + timedelta(hours=2, minutes=30)


def test_a_time_whose_events_the_stack_refuses_is_warned_of(sim: Sim) -> None:
    assert sim("advance", "1d")[2] == ""
    assert sim("advance", "1s")[2] == (
        "warning: the simulator is 1d 1s ahead of the real clock; the stack refuses events that "
        "are more than 1d ahead\n"
    )


def test_knobs_are_turned_one_by_one_and_all_off(sim: Sim, world: World) -> None:
    assert sim("chaos")[1] == "off\n"
    sim("chaos", "--loss", "0.1")
    assert sim("chaos", "--delay", "0.2", "--longest-delay", "3h")[1] == (
        "loss 0.1, delay 0.2 up to 3h\n"
    )
    assert world.chaos.longest_delay == timedelta(hours=3)
    assert sim("chaos", "--off", "--reordering", "0.5")[1] == "reordering 0.5\n"
    assert sim("chaos", "--off")[1] == "off\n"


def test_latencies_and_limits_are_shown_and_set(sim: Sim, world: World) -> None:
    assert (sim("latencies")[1], sim("limits")[1]) == ("instant\n", "on\n")
    assert (sim("latencies", "realistic")[1], sim("limits", "off")[1]) == ("realistic\n", "off\n")
    assert (sim("latencies")[1], sim("limits")[1]) == ("realistic\n", "off\n")
    assert world.rate_limits is None


def test_the_state_is_readable(sim: Sim, world: World, arena: str) -> None:
    channel(world, "quiet")
    sim("go-live", "arena")
    sim("viewers", "arena", "12")
    sim("advance", "1h")

    lines = sim("state")[1].splitlines()

    stream = live(world, arena).stream_id
    assert lines == [
        "time       2026-03-14 19:02:11 UTC, 1h ahead",
        "latencies  instant",
        "limits     on",
        "chaos      off",
        "",
        f"account {ACCOUNT} in {REGION}: 2 channels, 2 stream keys, 1 live stream",
        "",
        f"arena  live since 2026-03-14 18:02:11 UTC as {stream}, HEALTHY; 1280x720 at 30/s, "
        "3.66 Mbit/s; watched by 12",
        "quiet  off air",
    ]


def test_a_stream_that_is_played_out_began_and_is_not_ending_since(sim: Sim, arena: str) -> None:
    sim("latencies", "realistic")
    sim("go-live", "arena")
    sim("advance", "1h")
    sim("leave", "arena")

    assert "arena  ending, began 2026-03-14 18:02:11 UTC as st-" in sim("state")[1]


def test_the_state_is_readable_by_programs_and_without_keys(
    sim: Sim, world: World, arena: str
) -> None:
    out = sim("state", "--json")[1]

    assert [each["arn"] for each in json.loads(out)["channels"]] == [arena]
    assert str(world.key_value(arena)) not in out


# Scenarios


def test_a_scenario_is_played_at_its_own_times(
    sim: Sim, events: list[dict[str, Any]], arena: str, tmp_path: Path
) -> None:
    del events[:]
    file = scenario(tmp_path, """
        steps:
        - {at: 12:00, do: create, channel: fresh}
        - {at: 12:00:10, do: go-live, channel: fresh, bitrate: 2M}
        - {at: 13:00, do: crash, channel: fresh}
    """)  # fmt: skip

    code, out, err = sim("play", file, "--instantly")

    assert (code, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()] == [file, "+0", "+0", "+1"]
    assert [event["time"] for event in events] == [
        "2026-03-14T18:02:11Z",
        *["2026-03-14T18:02:21Z"] * 2,
        *["2026-03-14T19:02:11Z"] * 2,
    ]


def test_the_evening_plays(sim: Sim, world: World) -> None:
    code, out, err = sim("play", str(EVENING), "--instantly")

    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 1 + len(read_scenario(EVENING).steps)
    # Played again on channels that are there, it plays again.
    assert sim("play", str(EVENING), "--instantly")[0] == 0
    assert len(world.account_region(ACCOUNT, REGION).channels) == 2


def test_a_step_that_is_refused_ends_the_scenario(sim: Sim, arena: str, tmp_path: Path) -> None:
    file = scenario(tmp_path, """\
steps:
- {at: 12:00, do: go-live, channel: arena}
- {at: +1s, do: resume}
- {at: +1s, do: leave}
- {at: +1s, do: stall}
- {at: +1s, do: go-live}
""")  # fmt: skip

    code, out, err = sim("play", file, "--instantly")

    assert (code, len(out.splitlines())) == (1, 4)
    assert err == f"{file}:5:3: steps[3]: stall: The channel is not currently online\n"


@pytest.mark.parametrize("place", ["", " --state-dir elsewhere"])
def test_a_channel_that_is_still_live_is_told_how_it_ends(
    sim: Sim, arena: str, tmp_path: Path, place: str
) -> None:
    file = scenario(tmp_path, "steps: [{at: 12:00, do: go-live, channel: arena}]")
    sim("play", file, "--instantly")

    code, _, err = sim("play", file, "--instantly", *place.split())

    assert (code, err) == (
        1,
        f"{file}:1:9: steps[0]: go-live: already live: {arena}; "
        f"end its stream first: streamwarden sim leave arena{place}\n",
    )


def test_what_a_scenario_expects_is_not_judged_on_the_simulator(
    sim: Sim, arena: str, tmp_path: Path
) -> None:
    steps = "steps: [{at: 12:00, do: go-live, channel: arena}]"
    file = scenario(tmp_path, f"{{{steps}, expect: {{no-marathons: breach}}}}")

    code, _, err = sim("play", file, "--instantly")

    assert (code, err) == (
        0,
        f"{file}: what it expects of a policy is not judged here; use streamwarden policy test\n",
    )


class Stack:
    """As much of the AWS beside a simulator as a verdict needs."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.entries: list[dict[str, Any]] = []
        self.answer = {"EventId": "e-1"}

    def describe_stacks(self, *, StackName: str) -> Any:  # noqa: N803  # the API's name
        if StackName not in self.names:
            raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStacks")
        output = {"OutputKey": "VerdictBusName", "OutputValue": f"{StackName}-verdicts"}
        return {"Stacks": [{"Outputs": [output]}]}

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803  # the API's name
        self.entries += Entries
        return {"Entries": [self.answer]}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    deployed = Stack("streamwarden", "second")
    monkeypatch.setattr(AwsAccount, "client", lambda *_, **__: deployed)
    return deployed


JUDGED = """\
steps:
  - {at: 12:00, do: go-live, channel: arena}
  - {at: +10s, do: verdict, channel: arena, label: Violence, confidence: 1}
"""


@pytest.mark.parametrize("name", ["streamwarden", "second"])
def test_a_verdict_goes_to_the_bus_of_the_stack_and_no_other_event_does(
    sim: Sim, events: list[dict[str, Any]], arena: str, tmp_path: Path, stack: Stack, name: str
) -> None:
    del events[:]
    options = [] if name == "streamwarden" else ["--stack-name", name]

    code, out, err = sim("play", scenario(tmp_path, JUDGED), "--instantly", *options)

    assert (code, err) == (0, "")
    assert out.splitlines()[2] == "+0:00:10  arena  verdict: moderation says 'Violence'"
    (entry,) = stack.entries
    assert (entry["EventBusName"], entry["Resources"]) == (f"{name}-verdicts", [arena])
    assert entry["Time"] == NOW + timedelta(seconds=10)
    assert json.loads(entry["Detail"])["label"] == "Violence"
    assert [each["detail"]["event_name"] for each in events] == ["Session Created", "Stream Start"]


def test_a_verdict_of_a_file_goes_to_that_bus_too(
    sim: Sim, events: list[dict[str, Any]], tmp_path: Path, stack: Stack
) -> None:
    sample = ROOT / "events" / "external-verdict"

    code, _, err = sim("play", scenario(tmp_path, f"steps: [{{file: {sample}}}]"), "--instantly")

    assert (code, err, events) == (0, "", [])
    assert [each["Time"] for each in stack.entries] == [NOW]


def test_without_a_stack_a_verdict_is_refused_before_anything_is_played(
    sim: Sim, world: World, arena: str, tmp_path: Path, stack: Stack
) -> None:
    stack.names = ()
    file = scenario(tmp_path, JUDGED)

    code, out, err = sim("play", file, "--instantly")

    assert (code, out) == (1, "")
    assert err.startswith(f"{file}:3:5: steps[1]: verdict: no stack streamwarden takes external ")
    assert "; deploy one with `streamwarden local up` and play the scenario there" in err
    assert live(world, arena) is None


def test_a_verdict_that_the_bus_does_not_take_ends_the_scenario(
    sim: Sim, arena: str, tmp_path: Path, stack: Stack
) -> None:
    stack.answer = {"ErrorCode": "NotAuthorized", "ErrorMessage": "no"}
    file = scenario(tmp_path, JUDGED)

    code, _, err = sim("play", file, "--instantly")

    assert (code, err) == (
        1,
        f"{file}:3:5: steps[1]: verdict: events:PutEvents: NotAuthorized: no\n",
    )


def test_missing_channels_are_reported_before_anything_is_played(
    sim: Sim, world: World, arena: str, tmp_path: Path
) -> None:
    file = scenario(tmp_path, """\
steps:
- {at: 12:00, do: go-live, channel: arena}
- {at: 12:01, do: stall, channel: arenna}
- {at: 12:02, do: stall, channel: later}
- {at: 12:03, do: create, channel: later}
- {at: 12:03, do: stall, channel: twin}
""")  # fmt: skip
    twins = [channel(world, "twin"), channel(world, "twin")]

    code, out, err = sim("play", file)

    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"{file}:3:35: steps[1].channel: there is no channel 'arenna'; did you mean 'arena'?",
        f"{file}:4:35: steps[2].channel: there is no channel 'later'",
        f"{file}:6:35: steps[4].channel: several channels are called 'twin': {', '.join(twins)}",
    ]
    assert live(world, arena) is None


def test_the_channels_of_a_scenario_are_there_and_on_the_air_before_it_begins(
    sim: Sim, world: World, events: list[dict[str, Any]], tmp_path: Path
) -> None:
    file = scenario(tmp_path, """\
channels: {name: hall, tags: {tier: free}, live: {startTime: 11:00}}
from: 12:00
steps: [{at: 12:10, do: stall}]
until: 12:30
""")  # fmt: skip

    code, _, err = sim("play", file, "--instantly")

    there = world.account_region(ACCOUNT_ID, LOCAL_REGION)
    (hall,) = there.channels.values()
    session = there.on_air(hall.arn)
    assert (code, err, hall.tags) == (0, "", {"tier": "free"})
    assert session is not None
    assert session.started_at == NOW - timedelta(hours=1)
    assert [each["detail"]["event_name"] for each in events] == ["Starvation Start"]
    assert world.now() == NOW + timedelta(minutes=30)


def test_a_channel_of_which_a_stack_knows_no_key_has_none_here(
    sim: Sim, world: World, tmp_path: Path
) -> None:
    file = scenario(tmp_path, """\
channels: {name: hall, record: {streamKeys: [], lastOnAirAt: 11:00}}
steps: [{at: 12:00, do: go-live, refused: true}, {at: +1m, do: create-key}, {at: +1m, do: go-live}]
""")  # fmt: skip

    code, _, err = sim("play", file, "--instantly")

    assert code == 0
    assert err.startswith(f"{file}: what a record says of a channel is not played here, but that")


def test_events_of_a_file_are_delivered_as_if_their_day_were_today(
    sim: Sim, world: World, events: list[dict[str, Any]], tmp_path: Path
) -> None:
    sample = ROOT / "events" / "stream-state" / "stream-start.json"
    file = scenario(tmp_path, f"steps: [{{file: {sample}}}]\nuntil: 1m")

    code, _, err = sim("play", file, "--instantly")

    assert (code, err) == (0, "")
    assert [each["time"] for each in events] == [f"{NOW:%Y-%m-%dT%H:%M:%SZ}"]
    assert world.account_region(ACCOUNT_ID, LOCAL_REGION).streaming


def test_an_event_that_the_simulator_cannot_follow_is_delivered_all_the_same(
    sim: Sim, events: list[dict[str, Any]], tmp_path: Path
) -> None:
    """As in a replay: an answer of CloudTrail that says less than the API promises."""
    sample = json.loads((ROOT / "events" / "api-calls" / "create-channel.json").read_text())
    sample["detail"]["responseElements"] = {"channel": {"name": "hall"}}
    (tmp_path / "short.json").write_text(json.dumps(sample))
    file = scenario(tmp_path, "steps: [{file: short.json}]")

    code, _, err = sim("play", file, "--instantly")

    assert (code, err, len(events)) == (0, "", 1)


def test_of_several_scenarios_one_is_named(sim: Sim, tmp_path: Path) -> None:
    file = scenario(tmp_path, """\
scenarios:
- {name: one, steps: [{at: 12:00, do: go-live}]}
- {name: two, steps: [{at: 12:00, do: go-live}, {at: +1m, do: leave}]}
""")  # fmt: skip

    code, _, err = sim("play", file)
    named = sim("play", file, "--scenario", "two", "--instantly")

    assert (code, err) == (1, f"{file}: name one of its scenarios:\n  one\n  two\n")
    assert named[1].startswith(f"{file}: 2 steps, 1m\n")


def test_a_scenario_that_cannot_be_read_is_reported(sim: Sim) -> None:
    code, _, err = sim("play", "no-such.yaml")

    assert (code, err) == (
        1,
        "no-such.yaml:1:1: the file cannot be read: No such file or directory\n",
    )


def test_real_time_waits_for_what_is_left() -> None:
    now, slept = [100.0], list[float]()
    timing = RealTime(lambda: now[0], slept.append)

    timing.wait_until(timedelta(seconds=30))
    now[0] += 31
    timing.wait_until(timedelta(seconds=30))
    timing.wait_until(timedelta(seconds=40))

    assert slept == [30, 9]


# The page


def lines_of_the_page() -> list[list[str]]:
    """Every `streamwarden sim` line of docs/simulator.md but those that start and stop servers."""
    given = (ROOT / "docs" / "simulator.md").read_text().partition(BEGIN)[0]
    blocks = re.findall(r"```sh\n(.*?)```", given, flags=re.DOTALL)
    command = "streamwarden sim "
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(command)]
    played = [shlex.split(line.removeprefix(command), comments=True) for line in lines]
    return [words for words in played if words[0] not in {"up", "down", "status"}]


def test_what_the_page_shows_can_be_typed_in_its_order(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    lines = lines_of_the_page()
    assert [
        "play",
        "scenarios/evening.yaml",
        "--instantly",
    ] in lines

    for words in lines:
        code, out, err = sim(*words)

        assert (words, code, err) == (words, 0, "")
        assert words[0] == "play" or "ended" not in out


@pytest.mark.parametrize("options", [[], ["-u"]], ids=["at the end", "on the way"])
@pytest.mark.parametrize("command", ["sim status --state-dir {tmp_path}", "replay events/ad-break"])
def test_a_reader_who_leaves_gets_no_error(
    tmp_path: Path, options: list[str], command: str
) -> None:
    """As in `streamwarden … | head`."""
    script = "import sys; from streamwarden_cli.main import main; sys.exit(main())"
    words = command.format(tmp_path=tmp_path).split()
    reading, writing = os.pipe()
    os.close(reading)

    with os.fdopen(writing, "wb") as output:
        ran = subprocess.run(  # noqa: S603 - a fixed script
            [sys.executable, *options, "-c", script, *words],
            stdout=output, stderr=subprocess.PIPE, check=False, cwd=ROOT,
        )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (128 + signal.SIGPIPE, b"")
